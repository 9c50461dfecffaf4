// Package multipartupload takes one file in with one request, for shell scripts: curl -F file=@beach.jpg.
package multipartupload

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"

	"google.golang.org/protobuf/encoding/protojson"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/chunks"
	"tintype.dev/gateway/internal/failure"
	"tintype.dev/gateway/internal/host"
)

const (
	mostField  = 32 << 10 // bytes of a field that is no file
	mostAtOnce = 8        // files held at once: each takes memory and a file
)

// Options are what uploads depend on.
type Options struct {
	Uploads pb.UploadServiceClient
	Folder  string // for files that are too big for memory; empty takes the system's
}

// Handler serves POST /v1/photos with multipart/form-data: one file, and before it the fields description, favourite
// and backlog. It answers as UploadPhoto does, 201 for a new photo and 200 for one that was there.
func Handler(o Options) http.Handler {
	places := make(chan struct{}, mostAtOnce)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
		case <-r.Context().Done():
			return
		}
		response, err := o.take(r)
		if err != nil {
			failure.Write(w, err)
			return
		}
		body, err := protojson.MarshalOptions{EmitDefaultValues: true}.Marshal(response)
		if err != nil {
			failure.Write(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if !response.GetAlreadyExisted() {
			w.Header().Set("Location", "/v1/photos/"+response.GetPhoto().GetPhotoId())
			w.WriteHeader(http.StatusCreated)
		}
		_, _ = w.Write(body)
	})
}

// take reads the form up to its file, and the file; a second file would have no answer of its own.
func (o Options) take(r *http.Request) (*pb.UploadPhotoResponse, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, failure.Invalid("the body has to be multipart/form-data with one file")
	}
	header := &pb.UploadHeader{}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, failure.Invalid("the form holds no file")
		}
		if err != nil {
			return nil, failure.TooLarge(err)
		}
		if part.FileName() == "" {
			if err := readField(part, header); err != nil {
				return nil, err
			}
			continue
		}
		kept, err := spooled(part, o.Folder)
		if err != nil {
			return nil, failure.TooLarge(err)
		}
		defer kept.close()
		if _, err := form.NextPart(); !errors.Is(err, io.EOF) {
			return nil, failure.Invalid("the form has to end with its file, and hold no other")
		}
		header.FileName, header.SizeBytes, header.Sha256 = part.FileName(), kept.size, kept.sha256
		return o.send(r, header, kept)
	}
}

func readField(part *multipart.Part, header *pb.UploadHeader) error {
	value, err := io.ReadAll(io.LimitReader(part, mostField+1))
	if err != nil || len(value) > mostField {
		return failure.Invalid("a field of the form is too long")
	}
	switch part.FormName() {
	case "description":
		header.Description = string(value)
	case "favourite":
		header.Favourite = string(value) == "true"
	case "backlog":
		header.Backlog = string(value) == "true"
	default:
		return failure.Invalid("the form has a field that is none of description, favourite, backlog and a file")
	}
	return nil
}

// send uploads the file in one stream, of which nothing is kept if it fails.
func (o Options) send(r *http.Request, header *pb.UploadHeader, kept *spool) (*pb.UploadPhotoResponse, error) {
	stream, err := o.Uploads.UploadPhoto(host.Outgoing(r))
	if err != nil {
		return nil, err
	}
	if stream.Send(&pb.UploadPhotoRequest{Header: header}) == nil {
		// Where sending fails, the end of the stream has the reason.
		_ = chunks.Send(kept.reader(), 0, func(chunk *pb.Chunk) error {
			return stream.Send(&pb.UploadPhotoRequest{Chunk: chunk})
		})
	}
	return stream.CloseAndRecv()
}
