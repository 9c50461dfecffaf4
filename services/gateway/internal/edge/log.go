package edge

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"google.golang.org/grpc/codes"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/failure"
)

// RequestID is the header that names a request, to clients and to the host.
const RequestID = "X-Request-Id"

const longestID = 64

// Logged names each request, notes what became of it, and turns a panic into an answer.
//
// The note holds no query, no body, no header, and of a path neither tokens nor the names of files.
func Logged(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := requestID(r)
		r.Header.Set(RequestID, id)
		w.Header().Set(RequestID, id)
		noted := &noted{ResponseWriter: w, method: r.Method}
		began := time.Now()
		defer func() {
			if found := recover(); found != nil && found != http.ErrAbortHandler {
				log.Error("request_panicked", "request_id", id, "cause", found, "stack", string(debug.Stack()))
				if noted.status == 0 {
					failure.Write(noted, failure.New(codes.Internal, pb.ErrorReason_ERROR_REASON_INTERNAL, "internal error"))
				}
			}
			log.Log(context.Background(), levelOf(noted.status), "request",
				"method", r.Method, "path", pathOf(r), "status", noted.status, "bytes", noted.bytes,
				"ms", time.Since(began).Milliseconds(), "request_id", id)
		}()
		next.ServeHTTP(noted, r)
	})
}

// requestID takes over what a client calls a request, if it can be a name.
func requestID(r *http.Request) string {
	said := r.Header.Get(RequestID)
	if said == "" || len(said) > longestID || strings.ContainsFunc(said, isOdd) {
		return rand.Text()
	}
	return said
}

func isOdd(each rune) bool {
	letter := 'a' <= each && each <= 'z' || 'A' <= each && each <= 'Z' || '0' <= each && each <= '9'
	return !letter && each != '-' && each != '_' && each != '.'
}

// pathOf is the path as far as it may be noted: a signed address is a credential, and a page's address is a person's.
func pathOf(r *http.Request) string {
	path := r.URL.Path
	switch {
	case strings.HasPrefix(path, "/media/"):
		return "/media/-"
	case strings.HasPrefix(path, "/v1/"), strings.HasPrefix(path, "/session"), strings.HasPrefix(path, "/assets/"):
		return path
	case path == "/", path == "/healthz":
		return path
	}
	return "/-"
}

func levelOf(status int) slog.Level {
	if status >= http.StatusInternalServerError {
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

// noted remembers what was answered.
type noted struct {
	http.ResponseWriter
	method string
	status int
	bytes  int64
}

func (n *noted) WriteHeader(status int) {
	if n.status == 0 && status >= http.StatusOK { // not what is said on the way
		n.status = status
	}
	n.ResponseWriter.WriteHeader(status)
}

func (n *noted) Write(part []byte) (int, error) {
	if n.status == 0 {
		n.status = http.StatusOK
	}
	written, err := n.ResponseWriter.Write(part)
	n.bytes += int64(written)
	return written, err
}

func (n *noted) Unwrap() http.ResponseWriter { return n.ResponseWriter }

// Flush is for libraries that look for the method instead of asking a ResponseController.
func (n *noted) Flush() {
	_ = http.NewResponseController(n.ResponseWriter).Flush()
}
