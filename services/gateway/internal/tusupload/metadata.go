package tusupload

import (
	"strings"
	"time"

	tusd "github.com/tus/tusd/v2/pkg/handler"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/failure"
)

// requestOf reads what a client says of a file in Upload-Metadata: filename, and if it knows them sha256, captureTime
// (RFC 3339), description, favourite and backlog ("true"), and requestId, which makes creating repeatable. Other keys,
// such as the filetype that many clients send, say nothing that the file itself does not say better.
func requestOf(info tusd.FileInfo) (*pb.CreateUploadRequest, error) {
	said := info.MetaData
	header := &pb.UploadHeader{
		FileName:    said["filename"],
		SizeBytes:   info.Size,
		Sha256:      strings.ToLower(said["sha256"]),
		Description: said["description"],
		Favourite:   said["favourite"] == "true",
		Backlog:     said["backlog"] == "true",
	}
	if header.FileName == "" {
		header.FileName = said["name"] // as some clients call it
	}
	if taken := said["captureTime"]; taken != "" {
		at, err := time.Parse(time.RFC3339, taken)
		if err != nil {
			return nil, failure.Invalid("captureTime is not of RFC 3339")
		}
		header.CaptureTime = &pb.CaptureTime{Instant: timestamppb.New(at)}
	}
	return &pb.CreateUploadRequest{Header: header, RequestId: said["requestId"]}, nil
}

// metadataOf is what HEAD repeats of it.
func metadataOf(header *pb.UploadHeader) tusd.MetaData {
	said := tusd.MetaData{"filename": header.GetFileName()}
	if header.GetSha256() != "" {
		said["sha256"] = header.GetSha256()
	}
	return said
}
