package tusupload_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/hosttest"
	"tintype.dev/gateway/internal/tusupload"
)

var data = bytes.Repeat([]byte("a picture of 3 MB "), 170_000)

type world struct {
	*testing.T
	uploads *hosttest.Uploads
	server  *httptest.Server
	patched chan struct{} // holds one for each PATCH whose handling has ended
}

func newWorld(t *testing.T) *world {
	uploads := hosttest.NewUploads()
	conn := hosttest.Serve(t, func(server grpc.ServiceRegistrar) { pb.RegisterUploadServiceServer(server, uploads) })
	handler, err := tusupload.Handler(tusupload.Options{
		Uploads: pb.NewUploadServiceClient(conn), Most: 10 << 20, Silence: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	patched := make(chan struct{}, 8)
	server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		handler.ServeHTTP(answer, request)
		if request.Method == http.MethodPatch {
			patched <- struct{}{}
		}
	}))
	t.Cleanup(server.Close)
	return &world{t, uploads, server, patched}
}

func (w *world) send(method, path string, body io.Reader, headers ...string) *http.Response {
	w.Helper()
	if !strings.HasPrefix(path, "http") {
		path = w.server.URL + path
	}
	request, err := http.NewRequest(method, path, body)
	if err != nil {
		w.Fatal(err)
	}
	request.Header.Set("Tus-Resumable", "1.0.0")
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return &http.Response{Header: http.Header{}, Body: http.NoBody}
	}
	w.Cleanup(func() { _ = answer.Body.Close() })
	return answer
}

// handle is `send` without a network, whose buffers keep bytes that nobody has read.
func (w *world) handle(method, at string, body io.Reader, headers ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, at, body)
	request.Header.Set("Tus-Resumable", "1.0.0")
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	w.server.Config.Handler.ServeHTTP(answer, request)
	return answer
}

func (w *world) create(name string, more ...string) string {
	w.Helper()
	answer := w.send("POST", tusupload.Path, nil, "Upload-Length", strconv.Itoa(len(data)), "Upload-Metadata", said(name, more...))
	if answer.StatusCode != http.StatusCreated {
		w.Fatal(answer.Status)
	}
	return answer.Header.Get("Location")
}

func said(name string, more ...string) string {
	text := "filename " + base64.StdEncoding.EncodeToString([]byte(name))
	for i := 0; i < len(more); i += 2 {
		text += "," + more[i] + " " + base64.StdEncoding.EncodeToString([]byte(more[i+1]))
	}
	return text
}

func (w *world) patch(at string, offset int, body io.Reader) *http.Response {
	w.Helper()
	return w.send("PATCH", at, body, "Upload-Offset", strconv.Itoa(offset), "Content-Type", "application/offset+octet-stream")
}

func (w *world) whole(answer *http.Response) {
	w.Helper()
	id := answer.Header.Get(tusupload.PhotoID)
	if !bytes.Equal(w.uploads.Photos[id], data) || len(w.uploads.Photos) != 1 {
		w.Fatalf("%s, photo %q is not the file (%d photos)", answer.Status, id, len(w.uploads.Photos))
	}
}

func TestAFileBecomesAPhotoThatItsAnswerNames(t *testing.T) {
	w := newWorld(t)
	at := w.create("beach.jpg", "description", "at the sea", "favourite", "true", "filetype", "image/jpeg")
	w.whole(w.patch(at, 0, bytes.NewReader(data)))
	header := w.uploads.Headers[0]
	if header.GetFileName() != "beach.jpg" || header.GetDescription() != "at the sea" || !header.GetFavourite() {
		t.Error(header)
	}
	w.whole(w.send("HEAD", at, nil))
	again := w.patch(w.create("again.jpg"), 0, bytes.NewReader(data))
	w.whole(again)
	if again.Header.Get(tusupload.AlreadyExisted) != "true" {
		t.Error("it does not say that it was there")
	}
}

// breaking is a body whose sender disappears.
type breaking struct{ io.Reader }

func (b breaking) Read(part []byte) (int, error) {
	n, err := b.Reader.Read(part)
	if errors.Is(err, io.EOF) {
		err = errors.New("the sender is gone")
	}
	return n, err
}

func TestAnUploadGoesOnFromWhatIsDurable(t *testing.T) {
	w := newWorld(t)
	at := w.create("beach.jpg")
	w.patch(at, 0, breaking{bytes.NewReader(data[:1_500_000])})
	<-w.patched // its sender knows that it broke before the bridge has read what was under way
	offset, err := strconv.Atoi(w.send("HEAD", at, nil).Header.Get("Upload-Offset"))
	if err != nil || offset == 0 || offset >= len(data) {
		t.Fatal(offset, err)
	}
	if wrong := w.patch(at, offset+1, bytes.NewReader(data[offset+1:])); wrong.StatusCode != http.StatusConflict {
		t.Error(wrong.Status)
	}
	w.whole(w.patch(at, offset, bytes.NewReader(data[offset:])))
}

func TestAnUploadWhoseBridgeDiedBeforeTheEndIsCompletedWhenItIsAskedFor(t *testing.T) {
	w := newWorld(t)
	at := w.create("beach.jpg")
	w.uploads.Broken = status.Error(codes.Unavailable, "away")
	if answer := w.patch(at, 0, bytes.NewReader(data)); answer.StatusCode != http.StatusServiceUnavailable {
		t.Error(answer.Status)
	}
	w.whole(w.send("HEAD", at, nil))
}

func TestBytesThatAreNotThoseDeclaredMakeNoPhoto(t *testing.T) {
	w := newWorld(t)
	at := w.create("beach.jpg", "sha256", strings.Repeat("0", 64))
	if answer := w.patch(at, 0, bytes.NewReader(data)); answer.StatusCode != 460 || len(w.uploads.Photos) != 0 {
		t.Error(answer.Status)
	}
	if answer := w.send("HEAD", at, nil); answer.StatusCode != http.StatusNotFound {
		t.Error("a client goes on with it for ever:", answer.Status)
	}
}

func TestAClientWhoseUploadAnotherRequestTakesOverIsToldToComeBack(t *testing.T) {
	w := newWorld(t)
	at := w.create("beach.jpg")
	body, end := io.Pipe()
	defer end.Close()
	first := make(chan *httptest.ResponseRecorder)
	go func() {
		first <- w.handle("PATCH", at, body, "Upload-Offset", "0", "Content-Type", "application/offset+octet-stream")
	}()
	if _, err := end.Write(data[:1_500_000]); err != nil { // it was read, so the first request holds the upload
		t.Fatal(err)
	}
	head := w.handle("HEAD", at, http.NoBody)
	answer := <-first
	if answer.Code != http.StatusLocked || !strings.Contains(answer.Body.String(), "UPLOAD_BUSY") {
		t.Error("tus clients give up on", answer.Code, answer.Body)
	}
	offset, err := strconv.Atoi(head.Header().Get("Upload-Offset"))
	if err != nil || head.Code != http.StatusOK || offset != 1_500_000 {
		t.Fatal(head.Code, offset, err)
	}
	w.whole(w.patch(at, offset, bytes.NewReader(data[offset:])))
}

func TestAnInterruptedClientThatSentEverythingHasItsPhoto(t *testing.T) {
	w := newWorld(t)
	at := w.create("beach.jpg")
	body, end := io.Pipe()
	first := make(chan *httptest.ResponseRecorder)
	go func() {
		first <- w.handle("PATCH", at, body, "Upload-Offset", "0", "Content-Type", "application/offset+octet-stream")
	}()
	if _, err := end.Write(data); err != nil {
		t.Fatal(err)
	}
	head := w.handle("HEAD", at, http.NoBody)
	if answer := <-first; answer.Code != http.StatusNoContent || head.Header().Get(tusupload.PhotoID) == "" {
		t.Error(answer.Code, answer.Body, head.Header())
	}
}

func TestABusyUploadIsLocked(t *testing.T) {
	w := newWorld(t)
	at := w.create("beach.jpg")
	w.uploads.Busy = 1
	if answer := w.patch(at, 0, bytes.NewReader(data)); answer.StatusCode != http.StatusLocked {
		t.Error(answer.Status)
	}
	w.whole(w.patch(at, 0, bytes.NewReader(data)))
}

func TestRefusalsSayWhyAsOnEveryOtherRoute(t *testing.T) {
	w := newWorld(t)
	answer := w.send("POST", tusupload.Path, nil, "Upload-Length", "9", "Upload-Metadata", said("notes.txt"))
	body, _ := io.ReadAll(answer.Body)
	if answer.StatusCode != http.StatusUnsupportedMediaType || !strings.Contains(string(body), "UNSUPPORTED_MEDIA") {
		t.Error(answer.Status, string(body))
	}
	answer = w.send("POST", tusupload.Path, nil, "Upload-Length", strconv.Itoa(11<<20), "Upload-Metadata", said("big.jpg"))
	if answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Error(answer.Status)
	}
	if answer = w.send("HEAD", tusupload.Path+"u-77", nil); answer.StatusCode != http.StatusNotFound {
		t.Error(answer.Status)
	}
	bad := said("a.jpg", "captureTime", "yesterday")
	if answer = w.send("POST", tusupload.Path, nil, "Upload-Length", "9", "Upload-Metadata", bad); answer.StatusCode != http.StatusBadRequest {
		t.Error(answer.Status)
	}
}

func TestAnUploadIsGivenUpByDelete(t *testing.T) {
	w := newWorld(t)
	at := w.create("beach.jpg")
	if answer := w.send("DELETE", at, nil); answer.StatusCode != http.StatusNoContent {
		t.Error(answer.Status)
	}
	if answer := w.send("HEAD", at, nil); answer.StatusCode != http.StatusNotFound {
		t.Error(answer.Status)
	}
}

func TestWhatTusCanDoHereIsToldToWhoeverAsks(t *testing.T) {
	w := newWorld(t)
	answer := w.send("OPTIONS", tusupload.Path, nil)
	if answer.Header.Get("Tus-Version") != "1.0.0" || !strings.Contains(answer.Header.Get("Tus-Extension"), "termination") {
		t.Error(answer.Header)
	}
}
