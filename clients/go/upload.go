package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"time"

	"google.golang.org/grpc"

	tintype "tintype.dev/example/gen/tintype/v1"
)

const (
	chunkBytes = 32 << 10 // up to 1 MiB; small here, so that a small picture has several
	tries      = 8
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// uploadFile sends a file and goes on where it was when the line breaks; it breaks it once itself, to show that.
func uploadFile(ctx context.Context, uploads tintype.UploadServiceClient, file string) (*tintype.Photo, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	name, digest := filepath.Base(file), hexDigest(data)
	created, err := uploads.CreateUpload(ctx, &tintype.CreateUploadRequest{
		Header:    &tintype.UploadHeader{FileName: name, SizeBytes: int64(len(data)), Sha256: digest},
		RequestId: hexDigest([]byte(name + digest)), // so that another run of this program meets the upload that this one began
	})
	if err != nil {
		return nil, err
	}
	upload := created.GetUpload()
	if upload.GetPhotoId() == "" {
		if err := appendAll(ctx, uploads, upload.GetUploadId(), data); err != nil {
			return nil, err
		}
	}
	request := &tintype.CompleteUploadRequest{UploadId: upload.GetUploadId(), Sha256: digest}
	completed, err := uploads.CompleteUpload(ctx, request)
	return completed.GetPhoto(), err
}

func hexDigest(data []byte) string {
	digest := sha256.Sum256(data)
	return hex.EncodeToString(digest[:])
}

// appendAll asks for the durable offset and sends what follows on it, until all is there.
func appendAll(ctx context.Context, uploads tintype.UploadServiceClient, uploadID string, data []byte) error {
	for try := 0; ; try++ {
		offset, err := durableOffset(ctx, uploads, uploadID)
		if err != nil {
			return err
		}
		if try == 0 {
			err = breakOff(ctx, uploads, uploadID, data, offset)
		} else {
			fmt.Printf("going on at byte %d of %d\n", offset, len(data))
			err = appendRest(ctx, uploads, uploadID, data, offset)
		}
		if err == nil || try == tries || !goesOn(err) {
			return err
		}
		pause(ctx, time.Second/4)
	}
}

var errBroken = errors.New("the line broke")

// goesOn says whether asking for the durable offset and sending the rest can help.
func goesOn(err error) bool {
	switch reasonOf(err) {
	case "OFFSET_MISMATCH", "CHUNK_CORRUPT", "UPLOAD_BUSY": // the last: the broken stream is not yet gone
		return true
	}
	return isUnavailable(err) || errors.Is(err, errBroken)
}

func durableOffset(ctx context.Context, uploads tintype.UploadServiceClient, uploadID string) (int, error) {
	answer, err := uploads.GetUpload(ctx, &tintype.GetUploadRequest{UploadId: uploadID})
	return int(answer.GetUpload().GetDurableOffset()), err
}

// appendRest sends the bytes from an offset to the end.
func appendRest(ctx context.Context, uploads tintype.UploadServiceClient, uploadID string, data []byte, offset int) error {
	stream, err := uploads.AppendUpload(ctx)
	if err != nil {
		return err
	}
	send(stream, uploadID, data, offset)
	_, err = stream.CloseAndRecv()
	return err
}

// breakOff sends half of them; once some are safe, it drops the stream as if the line broke.
func breakOff(ctx context.Context, uploads tintype.UploadServiceClient, uploadID string, data []byte, offset int) error {
	line, drop := context.WithCancel(ctx)
	defer drop()
	stream, err := uploads.AppendUpload(line)
	if err != nil {
		return err
	}
	send(stream, uploadID, data[:(offset+len(data))/2], offset)
	for range 50 {
		if safe, err := durableOffset(ctx, uploads, uploadID); err != nil || safe > offset {
			break
		}
		pause(ctx, 20*time.Millisecond)
	}
	return errBroken
}

// send sends the bytes from an offset on; the first message names the upload.
func send(stream grpc.ClientStreamingClient[tintype.AppendUploadRequest, tintype.AppendUploadResponse], uploadID string, data []byte, offset int) {
	for chunk := range slices.Chunk(data[offset:], chunkBytes) {
		request := &tintype.AppendUploadRequest{UploadId: uploadID, Chunk: &tintype.Chunk{
			Offset: int64(offset), Data: chunk, Crc32C: crc32.Checksum(chunk, castagnoli),
		}}
		if stream.Send(request) != nil {
			return // the answer of the stream says why
		}
		uploadID = ""
		offset += len(chunk)
	}
}
