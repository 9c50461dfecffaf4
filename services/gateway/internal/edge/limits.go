package edge

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// usual is how long an answer may take to be written whose route says nothing else.
const usual = 2 * time.Minute

func usually(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(usual))
		next.ServeHTTP(w, r)
	})
}

// Bounded lets a request bring so many bytes and take so long in all: for calls that answer at once.
func Bounded(most int64, within time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control, until := http.NewResponseController(w), time.Now().Add(within)
		_ = control.SetReadDeadline(until) // a writer of a test has none
		_ = control.SetWriteDeadline(until.Add(time.Second))
		ctx, cancel := context.WithDeadline(r.Context(), until)
		defer cancel()
		r = r.WithContext(ctx)
		r.Body = http.MaxBytesReader(w, r.Body, most)
		next.ServeHTTP(w, r)
	})
}

// Flowing lets a request take as long as bytes keep coming or going: for files, whose size says nothing of the line.
// `most` bounds what it brings; 0 lets it bring nothing.
func Flowing(most int64, silence time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		flow := &flow{ResponseWriter: w, control: http.NewResponseController(w), silence: silence}
		flow.extend()
		r.Body = &flowingBody{http.MaxBytesReader(w, r.Body, most), flow}
		next.ServeHTTP(flow, r)
	})
}

// flow puts off the end of a connection whenever a part got through.
type flow struct {
	http.ResponseWriter
	control *http.ResponseController
	silence time.Duration
	next    atomic.Int64 // nanoseconds: until then the deadlines are good enough
}

func (f *flow) Write(part []byte) (int, error) {
	n, err := f.ResponseWriter.Write(part)
	f.extend()
	return n, err
}

func (f *flow) Unwrap() http.ResponseWriter { return f.ResponseWriter }

func (f *flow) extend() {
	now := time.Now()
	if now.UnixNano() < f.next.Load() {
		return // to move a deadline costs more than to look at the clock
	}
	f.next.Store(now.Add(f.silence / 4).UnixNano())
	_ = f.control.SetReadDeadline(now.Add(f.silence))
	_ = f.control.SetWriteDeadline(now.Add(f.silence))
}

type flowingBody struct {
	io.ReadCloser
	flow *flow
}

func (b *flowingBody) Read(part []byte) (int, error) {
	n, err := b.ReadCloser.Read(part)
	if n > 0 {
		b.flow.extend()
	}
	return n, err
}

// errDraining is why streams without an end of their own end.
var errDraining = errors.New("the bridge is being stopped")

// Endless gives a request no limit of time, but ends it when the bridge drains: for streams, whose clients come back.
func Endless(draining <-chan struct{}, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
		ctx, cancel := context.WithCancelCause(r.Context())
		defer cancel(nil)
		go func() {
			select {
			case <-draining:
				cancel(errDraining)
			case <-ctx.Done():
			}
		}()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}
