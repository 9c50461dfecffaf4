package media_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/edge"
	"tintype.dev/gateway/internal/failure"
	"tintype.dev/gateway/internal/hosttest"
	"tintype.dev/gateway/internal/media"
)

const content = "the bytes of a picture"

// signer gives the address that a test says.
type signer struct {
	pb.UnimplementedMediaServiceServer
	url string
}

func (s *signer) SignMedia(ctx context.Context, request *pb.SignMediaRequest) (*pb.SignMediaResponse, error) {
	if hosttest.Said(ctx, "authorization") != "Bearer mine" {
		return nil, failure.New(codes.NotFound, pb.ErrorReason_ERROR_REASON_PHOTO_NOT_FOUND, "no such photo")
	}
	return &pb.SignMediaResponse{Url: s.url + "/" + strings.ToLower(request.GetVariant().String())}, nil
}

type world struct {
	*testing.T
	signer    *signer
	server    *httptest.Server
	told      http.Header // what the host was told last
	elsewhere bool        // whether it redirects to an object store
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, signer: &signer{url: "http://10.1.1.1:7461/media"}}
	files := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.told = r.Header
		if r.URL.Path == "/media/revoked" {
			out.WriteHeader(http.StatusUnauthorized)
			return
		}
		if w.elsewhere {
			out.Header().Set("Cache-Control", "no-store")
			http.Redirect(out, r, "https://store.example/bucket/key?X-Amz-Expires=60", http.StatusTemporaryRedirect)
			return
		}
		out.Header().Set("Etag", `"v1"`)
		out.Header().Set("Cache-Control", "private, max-age=300")
		out.Header().Set("Content-Security-Policy", "sandbox")
		out.Header().Set("X-Content-Type-Options", "nosniff")
		http.ServeContent(out, r, "", time.Time{}, strings.NewReader(content))
	}))
	t.Cleanup(files.Close)
	at, _ := url.Parse(files.URL)
	conn := hosttest.Serve(t, func(server grpc.ServiceRegistrar) { pb.RegisterMediaServiceServer(server, w.signer) })
	pictures := media.New(media.Options{
		Media: pb.NewMediaServiceClient(conn), HTTP: at, Transport: http.DefaultTransport, Log: slog.New(slog.DiscardHandler),
	})
	routes := http.NewServeMux()
	routes.Handle("GET /media/{token}", pictures.Signed())
	routes.Handle("GET /v1/photos/{photo_id}/media/{variant}", pictures.Stable())
	w.server = httptest.NewServer(edge.FromClient(nil, edge.Secured(nil, edge.Flowing(0, time.Minute, routes))))
	t.Cleanup(w.server.Close)
	return w
}

func (w *world) get(path string, headers ...string) (*http.Response, string) {
	w.Helper()
	request, _ := http.NewRequest("GET", w.server.URL+path, nil)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		w.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	return answer, string(body)
}

func TestASignedAddressServesWhatTheHostDoesAndSaysNothingTwice(t *testing.T) {
	w := newWorld(t)
	answer, body := w.get("/media/token", "Cookie", "a=b", "Authorization", "Bearer mine")
	if answer.StatusCode != 200 || body != content || answer.Header.Get("Cache-Control") != "private, max-age=300" {
		t.Error(answer.Status, body, answer.Header)
	}
	for name, values := range answer.Header {
		if len(values) != 1 {
			t.Error(name, "is said twice:", values)
		}
	}
	if answer.Header.Get("Content-Security-Policy") != "sandbox" {
		t.Error(answer.Header)
	}
	if w.told.Get("Cookie") != "" || w.told.Get("Authorization") != "" {
		t.Error("the host is told who asks:", w.told)
	}
}

func TestRangesAndWhatTheBrowserHasAreUnderstood(t *testing.T) {
	w := newWorld(t)
	if answer, body := w.get("/media/token", "Range", "bytes=4-8"); answer.StatusCode != 206 || body != content[4:9] {
		t.Error(answer.Status, body)
	}
	if answer, _ := w.get("/media/token", "If-None-Match", `"v1"`); answer.StatusCode != http.StatusNotModified {
		t.Error(answer.Status)
	}
	if answer, _ := w.get("/media/token", "Range", "bytes=900-"); answer.StatusCode != http.StatusRequestedRangeNotSatisfiable {
		t.Error(answer.Status)
	}
	if answer, _ := w.get("/media/revoked"); answer.StatusCode != http.StatusUnauthorized {
		t.Error(answer.Status)
	}
}

func TestADerivedPictureKeepsItsAddressAndStaysInTheBrowser(t *testing.T) {
	w := newWorld(t)
	answer, body := w.get("/v1/photos/p-1/media/thumbnail", "Authorization", "Bearer mine")
	if answer.StatusCode != 200 || body != content || !strings.Contains(answer.Header.Get("Cache-Control"), "immutable") {
		t.Error(answer.Status, answer.Header)
	}
	answer, _ = w.get("/v1/photos/p-1/media/original", "Authorization", "Bearer mine")
	if answer.StatusCode != 200 || strings.Contains(answer.Header.Get("Cache-Control"), "immutable") {
		t.Error(answer.Status, answer.Header)
	}
	for _, path := range []string{"/v1/photos/p-1/media/thumbnail", "/v1/photos/p-1/media/huge"} {
		answer, _ = w.get(path)
		if answer.StatusCode < 400 || answer.Header.Get("Cache-Control") != "no-store" {
			t.Error(path, answer.Status, answer.Header)
		}
	}
}

func TestAnAddressInAnObjectStoreIsRedirectedTo(t *testing.T) {
	w := newWorld(t)
	w.signer.url = "https://store.example/bucket/media?signature=x&name="
	answer, _ := w.get("/v1/photos/p-1/media/original", "Authorization", "Bearer mine")
	if answer.StatusCode != http.StatusFound || !strings.HasPrefix(answer.Header.Get("Location"), "https://store.example/bucket") {
		t.Error(answer.Status, answer.Header)
	}
	if answer.Header.Get("Cache-Control") != "no-store" {
		t.Error("an address that ends is kept:", answer.Header)
	}
}

func TestAHostThatRedirectsToItsObjectStoreIsHeard(t *testing.T) {
	w := newWorld(t)
	w.elsewhere = true
	for _, path := range []string{"/media/token", "/v1/photos/p-1/media/original"} {
		answer, _ := w.get(path, "Authorization", "Bearer mine", "Range", "bytes=1-2")
		if answer.StatusCode != http.StatusTemporaryRedirect || !strings.HasPrefix(answer.Header.Get("Location"), "https://store.example/") {
			t.Error(path, answer.Status, answer.Header)
		}
		if kept := answer.Header.Values("Cache-Control"); len(kept) != 1 || kept[0] != "no-store" {
			t.Error(path, "an address that ends is kept:", kept)
		}
	}
}

func TestAHostThatIsAwayIsToldAsSuch(t *testing.T) {
	nowhere, _ := url.Parse("http://127.0.0.1:1")
	away := media.New(media.Options{HTTP: nowhere, Transport: http.DefaultTransport, Log: slog.New(slog.DiscardHandler)})
	routes := http.NewServeMux()
	routes.Handle("GET /media/{token}", away.Signed())
	answer := httptest.NewRecorder()
	routes.ServeHTTP(answer, httptest.NewRequest("GET", "/media/token", nil))
	if answer.Code != http.StatusServiceUnavailable || !strings.Contains(answer.Body.String(), "UNAVAILABLE") {
		t.Error(answer.Code, answer.Body)
	}
}
