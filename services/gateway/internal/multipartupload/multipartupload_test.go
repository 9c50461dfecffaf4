package multipartupload_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"google.golang.org/grpc"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/hosttest"
	"tintype.dev/gateway/internal/multipartupload"
)

type world struct {
	*testing.T
	uploads *hosttest.Uploads
	handler http.Handler
}

func newWorld(t *testing.T) *world {
	uploads := hosttest.NewUploads()
	conn := hosttest.Serve(t, func(server grpc.ServiceRegistrar) { pb.RegisterUploadServiceServer(server, uploads) })
	handler := multipartupload.Handler(multipartupload.Options{
		Uploads: pb.NewUploadServiceClient(conn), Folder: t.TempDir(),
	})
	return &world{t, uploads, handler}
}

// post sends pairs of a field's name and value; a name with a dot is that of a file.
func (w *world) post(pairs ...string) *httptest.ResponseRecorder {
	w.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(pairs); i += 2 {
		begin := form.CreateFormField
		if strings.Contains(pairs[i], ".") {
			begin = func(name string) (io.Writer, error) { return form.CreateFormFile("file", name) }
		}
		part, err := begin(pairs[i])
		if err != nil {
			w.Fatal(err)
		}
		_, _ = part.Write([]byte(pairs[i+1]))
	}
	_ = form.Close()
	request := httptest.NewRequest("POST", "/v1/photos", &body)
	request.Header.Set("Content-Type", form.FormDataContentType())
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, request)
	return answer
}

func TestAFileInAFormBecomesAPhoto(t *testing.T) {
	w := newWorld(t)
	answer := w.post("description", "at the sea", "beach.jpg", "bytes")
	if answer.Code != http.StatusCreated || !strings.Contains(answer.Body.String(), `"photoId"`) {
		t.Fatal(answer.Code, answer.Body)
	}
	if header := w.uploads.Headers[0]; header.GetFileName() != "beach.jpg" || header.GetDescription() != "at the sea" {
		t.Error(header)
	}
	if again := w.post("beach.jpg", "bytes"); again.Code != http.StatusOK || len(w.uploads.Photos) != 1 {
		t.Error(again.Code, again.Body)
	}
}

func TestAFileTooBigForMemoryArrivesWhole(t *testing.T) {
	w := newWorld(t)
	big := strings.Repeat("0123456789abcdef", 1<<20)
	for _, size := range []int{8<<20 - 1, 8 << 20, 8<<20 + 1, len(big)} {
		if answer := w.post("beach.jpg", big[:size]); answer.Code != http.StatusCreated {
			t.Error(size, answer.Code, answer.Body)
		}
	}
	if len(w.uploads.Photos) != 4 {
		t.Error(len(w.uploads.Photos))
	}
}

func TestWhatIsNoSingleFileIsRefusedAndNothingIsKept(t *testing.T) {
	w := newWorld(t)
	for _, pairs := range [][]string{
		{}, {"description", "alone"}, {"a.jpg", "one", "b.jpg", "two"}, {"colour", "red", "a.jpg", "one"},
		{"a.jpg", "one", "description", "too late"}, {"description", strings.Repeat("x", 40_000), "a.jpg", "one"},
	} {
		if answer := w.post(pairs...); answer.Code != http.StatusBadRequest {
			t.Error(pairs, answer.Code)
		}
	}
	request := httptest.NewRequest("POST", "/v1/photos", strings.NewReader("{}"))
	request.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, request)
	if answer.Code != http.StatusBadRequest || len(w.uploads.Photos) != 0 {
		t.Error(answer.Code, len(w.uploads.Photos))
	}
}
