// Package tusupload takes files in by tus 1.0, so that an upload goes on after whatever interrupted it.
package tusupload

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	tusd "github.com/tus/tusd/v2/pkg/handler"
	"github.com/tus/tusd/v2/pkg/memorylocker"
	"golang.org/x/exp/slog"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/host"
)

// Path is where uploads are made, and below which each has its address.
const Path = "/v1/uploads/tus/"

// What tells a client which photo its upload became, in the answer to the last byte and to every HEAD from then on.
const (
	PhotoID        = "Tintype-Photo-Id"
	AlreadyExisted = "Tintype-Already-Existed" // "true" if the library had the same bytes before
)

// Options are what uploads depend on.
type Options struct {
	Uploads pb.UploadServiceClient
	Most    int64         // bytes of a file, as clients are told beforehand; the library has the last word
	Silence time.Duration // after which a client that sends nothing is given up
}

// Handler serves Path. Locks are those of one bridge; between bridges the library's own decide.
func Handler(o Options) (http.Handler, error) {
	files := store{o.Uploads}
	composer := tusd.NewStoreComposer()
	composer.UseCore(files)
	composer.UseTerminater(files)
	composer.UseLocker(locker{memorylocker.New()})
	served, err := tusd.NewHandler(tusd.Config{
		BasePath:                Path,
		StoreComposer:           composer,
		MaxSize:                 o.Most,
		DisableDownload:         true,
		RespectForwardedHeaders: true, // the edge has dropped those that are not to be believed
		NetworkTimeout:          o.Silence,
		Cors:                    &tusd.CorsConfig{Disable: true},
		Logger:                  slog.New(slog.NewTextHandler(io.Discard, nil)), // it notes names of files; the edge notes requests
	})
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		told := &outcome{}
		ctx := context.WithValue(host.Outgoing(r), outcomeKey{}, told)
		inside := r.WithContext(ctx)
		inside.Body = &interruptible{ReadCloser: r.Body, told: told}
		told.stop = func() {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now()) // ends a read that waits for the client
			_ = r.Body.Close()
		}
		inside.URL.Path = strings.TrimPrefix(r.URL.Path, strings.TrimSuffix(Path, "/"))
		served.ServeHTTP(&telling{ResponseWriter: w, outcome: told}, inside)
	}), nil
}

type outcomeKey struct{}

// outcome is what became of the upload of a request.
type outcome struct {
	photoID     string
	existed     bool
	interrupted atomic.Bool // by another request for the same upload, whose goroutine says so
	stop        func()      // what comes of the body no more
}

func noteOutcome(ctx context.Context, photoID string, existed bool) {
	if told, ok := ctx.Value(outcomeKey{}).(*outcome); ok {
		told.photoID, told.existed = photoID, existed
	}
}

// telling adds the outcome to the answer, and keeps answers out of caches.
type telling struct {
	http.ResponseWriter
	outcome *outcome
}

func (t *telling) WriteHeader(status int) {
	if t.outcome.photoID != "" && status < http.StatusBadRequest {
		t.Header().Set(PhotoID, t.outcome.photoID)
		if t.outcome.existed {
			t.Header().Set(AlreadyExisted, "true")
		}
	}
	t.ResponseWriter.WriteHeader(status)
}

func (t *telling) Unwrap() http.ResponseWriter { return t.ResponseWriter }
