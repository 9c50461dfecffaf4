package hosttest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/failure"
)

// Uploads keeps files in memory and answers as the library does.
type Uploads struct {
	pb.UnimplementedUploadServiceServer
	lock    sync.Mutex
	uploads map[string]*pb.Upload
	bytes   map[string][]byte
	Photos  map[string][]byte // by photo id
	Headers []*pb.UploadHeader
	Busy    int   // so many appends are refused, as long as another is under way
	Broken  error // what completing answers, once
}

// NewUploads is an empty library.
func NewUploads() *Uploads {
	return &Uploads{uploads: map[string]*pb.Upload{}, bytes: map[string][]byte{}, Photos: map[string][]byte{}}
}

// CreateUpload see the contract.
func (u *Uploads) CreateUpload(_ context.Context, request *pb.CreateUploadRequest) (*pb.CreateUploadResponse, error) {
	u.lock.Lock()
	defer u.lock.Unlock()
	if request.GetHeader().GetFileName() == "notes.txt" {
		return nil, failure.New(codes.InvalidArgument, pb.ErrorReason_ERROR_REASON_UNSUPPORTED_MEDIA, "no picture")
	}
	made := &pb.Upload{UploadId: fmt.Sprintf("u-%d", len(u.uploads)), Header: request.GetHeader()}
	u.uploads[made.GetUploadId()] = made
	u.Headers = append(u.Headers, request.GetHeader())
	return &pb.CreateUploadResponse{Upload: made}, nil
}

// GetUpload see the contract.
func (u *Uploads) GetUpload(_ context.Context, request *pb.GetUploadRequest) (*pb.GetUploadResponse, error) {
	u.lock.Lock()
	defer u.lock.Unlock()
	found, err := u.find(request.GetUploadId())
	return &pb.GetUploadResponse{Upload: found}, err
}

// AppendUpload see the contract.
func (u *Uploads) AppendUpload(stream grpc.ClientStreamingServer[pb.AppendUploadRequest, pb.AppendUploadResponse]) error {
	var into *pb.Upload
	for {
		request, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return stream.SendAndClose(&pb.AppendUploadResponse{DurableOffset: into.GetDurableOffset()})
		}
		if err != nil {
			return err
		}
		if into, err = u.append(into, request); err != nil {
			return err
		}
	}
}

func (u *Uploads) append(into *pb.Upload, request *pb.AppendUploadRequest) (*pb.Upload, error) {
	u.lock.Lock()
	defer u.lock.Unlock()
	if into == nil {
		found, err := u.find(request.GetUploadId())
		if err != nil {
			return nil, err
		}
		if u.Busy > 0 {
			u.Busy--
			return nil, failure.New(codes.Aborted, pb.ErrorReason_ERROR_REASON_UPLOAD_BUSY, "busy")
		}
		into = found
	}
	chunk := request.GetChunk()
	if crc32.Checksum(chunk.GetData(), crc32.MakeTable(crc32.Castagnoli)) != chunk.GetCrc32C() {
		return nil, failure.New(codes.DataLoss, pb.ErrorReason_ERROR_REASON_CHUNK_CORRUPT, "damaged")
	}
	if chunk.GetOffset() != into.GetDurableOffset() {
		return nil, failure.New(codes.OutOfRange, pb.ErrorReason_ERROR_REASON_OFFSET_MISMATCH, "elsewhere")
	}
	u.bytes[into.GetUploadId()] = append(u.bytes[into.GetUploadId()], chunk.GetData()...)
	into.DurableOffset = int64(len(u.bytes[into.GetUploadId()]))
	return into, nil
}

// CompleteUpload see the contract.
func (u *Uploads) CompleteUpload(_ context.Context, request *pb.CompleteUploadRequest) (*pb.CompleteUploadResponse, error) {
	u.lock.Lock()
	defer u.lock.Unlock()
	found, err := u.find(request.GetUploadId())
	if err != nil {
		return nil, err
	}
	if err := u.Broken; err != nil {
		u.Broken = nil
		return nil, err
	}
	data := u.bytes[found.GetUploadId()]
	if declared := found.GetHeader().GetSha256(); declared != "" && declared != hashOf(data) {
		return nil, failure.New(codes.DataLoss, pb.ErrorReason_ERROR_REASON_CHECKSUM_MISMATCH, "other bytes")
	}
	photo, existed := u.keep(data)
	found.PhotoId = photo.GetPhotoId()
	return &pb.CompleteUploadResponse{Photo: photo, AlreadyExisted: existed}, nil
}

// CancelUpload see the contract.
func (u *Uploads) CancelUpload(_ context.Context, request *pb.CancelUploadRequest) (*pb.CancelUploadResponse, error) {
	u.lock.Lock()
	defer u.lock.Unlock()
	delete(u.uploads, request.GetUploadId())
	return &pb.CancelUploadResponse{}, nil
}

// UploadPhoto see the contract.
func (u *Uploads) UploadPhoto(stream grpc.ClientStreamingServer[pb.UploadPhotoRequest, pb.UploadPhotoResponse]) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	var data []byte
	for {
		request, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		data = append(data, request.GetChunk().GetData()...)
	}
	u.lock.Lock()
	defer u.lock.Unlock()
	u.Headers = append(u.Headers, first.GetHeader())
	if first.GetHeader().GetSha256() != hashOf(data) || first.GetHeader().GetSizeBytes() != int64(len(data)) {
		return failure.New(codes.DataLoss, pb.ErrorReason_ERROR_REASON_CHECKSUM_MISMATCH, "other bytes")
	}
	photo, existed := u.keep(data)
	return stream.SendAndClose(&pb.UploadPhotoResponse{Photo: photo, AlreadyExisted: existed})
}

func (u *Uploads) find(id string) (*pb.Upload, error) {
	found, ok := u.uploads[id]
	if !ok {
		return nil, failure.New(codes.NotFound, pb.ErrorReason_ERROR_REASON_UPLOAD_NOT_FOUND, "no such upload")
	}
	return found, nil
}

func (u *Uploads) keep(data []byte) (*pb.Photo, bool) {
	id := "p-" + hashOf(data)[:8]
	_, existed := u.Photos[id]
	u.Photos[id] = data
	return &pb.Photo{PhotoId: id}, existed
}

func hashOf(data []byte) string {
	hash := sha256.Sum256(data)
	return hex.EncodeToString(hash[:])
}
