package tusupload

import (
	"context"
	"errors"
	"io"

	tusd "github.com/tus/tusd/v2/pkg/handler"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/chunks"
	"tintype.dev/gateway/internal/failure"
)

// store is tusd's data store over UploadService. It keeps nothing, so that any bridge can go on where another was killed.
type store struct{ uploads pb.UploadServiceClient }

// upload is one file on its way, as the library knew it when it was asked last.
type upload struct {
	uploads pb.UploadServiceClient
	now     *pb.Upload
}

func (s store) NewUpload(ctx context.Context, info tusd.FileInfo) (tusd.Upload, error) {
	request, err := requestOf(info)
	if err != nil {
		return nil, refusal(err)
	}
	response, err := s.uploads.CreateUpload(ctx, request)
	if err != nil {
		return nil, refusal(err)
	}
	return &upload{s.uploads, response.GetUpload()}, nil
}

func (s store) GetUpload(ctx context.Context, id string) (tusd.Upload, error) {
	response, err := s.uploads.GetUpload(ctx, &pb.GetUploadRequest{UploadId: id})
	if err != nil {
		return nil, refusal(err)
	}
	return &upload{s.uploads, response.GetUpload()}, nil
}

func (s store) AsTerminatableUpload(u tusd.Upload) tusd.TerminatableUpload { return u.(*upload) }

// GetInfo says how far the upload is. One whose bytes are all there but which is no photo yet is completed first: a
// client that was told of the last byte asks for no more, so this is what it hears if the bridge died in between.
func (u *upload) GetInfo(ctx context.Context) (tusd.FileInfo, error) {
	size, offset := u.now.GetHeader().GetSizeBytes(), u.now.GetDurableOffset()
	if offset == size && size > 0 {
		if err := u.FinishUpload(ctx); err != nil {
			return tusd.FileInfo{}, err
		}
	}
	return tusd.FileInfo{
		ID: u.now.GetUploadId(), Size: size, Offset: offset, MetaData: metadataOf(u.now.GetHeader()),
	}, nil
}

// WriteChunk passes on what comes until the client has sent it or is gone; returns how much more is durable.
func (u *upload) WriteChunk(ctx context.Context, offset int64, source io.Reader) (int64, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := u.uploads.AppendUpload(ctx)
	if err != nil {
		return 0, refusal(err)
	}
	name := u.now.GetUploadId()
	// Where sending fails, the end of the stream has the reason. Where reading does, tusd keeps it.
	_ = chunks.Send(source, offset, func(chunk *pb.Chunk) error {
		request := &pb.AppendUploadRequest{UploadId: name, Chunk: chunk}
		name = "" // the first message alone carries it
		return stream.Send(request)
	})
	if name != "" { // no byte came, and a stream without a message names no upload
		return 0, interruption(ctx)
	}
	response, err := stream.CloseAndRecv()
	if err != nil {
		return 0, refusal(err)
	}
	u.now.DurableOffset = response.GetDurableOffset()
	if u.now.GetDurableOffset() == u.now.GetHeader().GetSizeBytes() { // interrupted or not: all of it is there
		return response.GetDurableOffset() - offset, nil
	}
	return response.GetDurableOffset() - offset, interruption(ctx)
}

// interruption is why a body ended before its time, if another request for the upload ended it.
func interruption(ctx context.Context) error {
	if !wasInterrupted(ctx) {
		return nil
	}
	return refusal(busy)
}

// FinishUpload makes the photo. Bytes that are not those declared stay wrong, so their upload is given up.
func (u *upload) FinishUpload(ctx context.Context) error {
	if u.now.GetPhotoId() != "" {
		noteOutcome(ctx, u.now.GetPhotoId(), false)
		return nil
	}
	response, err := u.uploads.CompleteUpload(ctx, &pb.CompleteUploadRequest{UploadId: u.now.GetUploadId()})
	if failure.Is(err, pb.ErrorReason_ERROR_REASON_CHECKSUM_MISMATCH) {
		return errors.Join(refusal(err), u.Terminate(ctx))
	}
	if err != nil {
		return refusal(err)
	}
	u.now.PhotoId = response.GetPhoto().GetPhotoId()
	noteOutcome(ctx, u.now.GetPhotoId(), response.GetAlreadyExisted())
	return nil
}

func (u *upload) Terminate(ctx context.Context) error {
	_, err := u.uploads.CancelUpload(ctx, &pb.CancelUploadRequest{UploadId: u.now.GetUploadId()})
	return refusal(err)
}

// GetReader belongs to downloads by tus, which are switched off.
func (u *upload) GetReader(context.Context) (io.ReadCloser, error) { return nil, tusd.ErrNotFound }

const (
	checksumMismatch = 460 // as the checksum extension of tus calls it
	locked           = 423
)

// refusal is a failure in tusd's form, with the body that it has on every other route.
func refusal(err error) error {
	if err == nil {
		return nil
	}
	code := failure.StatusOf(err)
	switch {
	case failure.Is(err, pb.ErrorReason_ERROR_REASON_CHECKSUM_MISMATCH):
		code = checksumMismatch
	case failure.Is(err, pb.ErrorReason_ERROR_REASON_UPLOAD_BUSY):
		code = locked
	case failure.Is(err, pb.ErrorReason_ERROR_REASON_OFFSET_MISMATCH):
		code = tusd.ErrMismatchOffset.HTTPResponse.StatusCode
	case status.Code(err) == codes.DataLoss: // a chunk that arrived damaged: the client goes on from what is durable
		code = tusd.ErrMismatchOffset.HTTPResponse.StatusCode
	}
	refused := tusd.NewError(failure.ReasonOf(err), "", code)
	refused.HTTPResponse.Body = string(failure.Body(err))
	refused.HTTPResponse.Header = tusd.HTTPHeader{"Content-Type": "application/json", "Cache-Control": "no-store"}
	return refused
}
