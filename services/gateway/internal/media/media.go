// Package media hands out pictures: those that a signed address grants, and by their stable address those of the caller.
package media

import (
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"

	"google.golang.org/grpc/codes"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/failure"
	"tintype.dev/gateway/internal/host"
)

const (
	signedPath = "/media/"
	// forEver suits a derived picture: it is of bytes that never change, and its address names them.
	forEver = "private, max-age=31536000, immutable"
)

var variants = map[string]pb.Variant{
	"original":  pb.Variant_VARIANT_ORIGINAL,
	"preview":   pb.Variant_VARIANT_PREVIEW,
	"thumbnail": pb.Variant_VARIANT_THUMBNAIL,
}

// Options are what media depend on.
type Options struct {
	Media     pb.MediaServiceClient
	HTTP      *url.URL // the base of the host's HTTP port
	Transport http.RoundTripper
	Log       *slog.Logger
}

// Media serves pictures from the host's HTTP port. Never through a stream of gRPC, which takes more than twice as long.
type Media struct {
	media pb.MediaServiceClient
	proxy *httputil.ReverseProxy
}

// New makes it.
func New(o Options) *Media {
	return &Media{media: o.Media, proxy: &httputil.ReverseProxy{
		Rewrite:    func(r *httputil.ProxyRequest) { rewrite(r, o.HTTP) },
		Transport:  o.Transport,
		BufferPool: pool{},
		ErrorLog:   slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug), // clients that went away
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			failure.Write(w, failure.New(codes.Unavailable, pb.ErrorReason_ERROR_REASON_UNAVAILABLE,
				"the library cannot be reached"))
		},
	}}
}

// Signed serves GET and HEAD of /media/{token}: whoever has the address has the right.
func (m *Media) Signed() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.serve(&answer{ResponseWriter: w}, r, signedPath+r.PathValue("token"))
	})
}

// Stable serves GET and HEAD of /v1/photos/{photo_id}/media/{variant} to the owner.
//
// The library signs an address. Where that is the library's own, its bytes are passed on here and now, so that the
// browser keeps them under an address that lasts; one in an object store is redirected to.
func (m *Media) Stable() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		variant, known := variants[r.PathValue("variant")]
		if !known {
			failure.Write(w, failure.Invalid("a variant is original, preview or thumbnail"))
			return
		}
		request := &pb.SignMediaRequest{PhotoId: r.PathValue("photo_id"), Variant: variant}
		signed, err := m.media.SignMedia(host.Outgoing(r), request)
		if err != nil {
			failure.Write(w, err)
			return
		}
		at, err := url.Parse(signed.GetUrl())
		if err != nil {
			failure.Write(w, err)
			return
		}
		if !strings.HasPrefix(at.Path, signedPath) || at.RawQuery != "" {
			http.Redirect(w, r, signed.GetUrl(), http.StatusFound) // an object store's addresses have a query
			return
		}
		m.serve(&answer{ResponseWriter: w, lasts: variant != pb.Variant_VARIANT_ORIGINAL}, r, at.Path)
	})
}

func (m *Media) serve(w http.ResponseWriter, r *http.Request, path string) {
	inside := r.Clone(r.Context())
	inside.URL = &url.URL{Path: path}
	m.proxy.ServeHTTP(w, inside)
}

// passedOn are the headers that the host is told; it is not told who asks, for the address says what may be had.
var passedOn = []string{"Range", "If-Range", "If-None-Match", "X-Request-Id"}

func rewrite(r *httputil.ProxyRequest, to *url.URL) {
	base := *to
	base.Path = strings.TrimSuffix(to.Path, "/") + r.In.URL.Path
	r.Out.URL = &base
	r.Out.Host = to.Host
	r.Out.Header = http.Header{"User-Agent": nil}
	for _, name := range passedOn {
		if value := r.In.Header.Get(name); value != "" {
			r.Out.Header.Set(name, value)
		}
	}
}

// answer says what the host says of a file, in the place of what the edge says of a page, and nothing twice.
type answer struct {
	http.ResponseWriter
	lasts bool // whether a browser may keep the picture for ever, where there is one
}

func (a *answer) WriteHeader(status int) {
	header := a.Header()
	for name, values := range header {
		if len(values) > 1 && name != "Set-Cookie" { // that is of a session that was renewed on the way
			header[name] = values[len(values)-1:]
		}
	}
	switch status {
	case http.StatusOK, http.StatusPartialContent, http.StatusNotModified:
		if a.lasts {
			header.Set("Cache-Control", forEver)
		}
	}
	header.Del("Server")
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// buffer is how much is copied at once: with the 32 KiB of net/http downloads are half as fast.
const buffer = 512 << 10

var buffers = sync.Pool{New: func() any { return new([buffer]byte) }}

type pool struct{}

func (pool) Get() []byte     { return buffers.Get().(*[buffer]byte)[:] }
func (pool) Put(part []byte) { buffers.Put((*[buffer]byte)(part)) }
