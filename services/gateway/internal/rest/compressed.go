package rest

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"sync"
)

// worthIt is from what size on an answer is compressed: a page of photos gets to a tenth within a millisecond or two; a
// single photo fits into the packets that are sent anyway.
const worthIt = 8 << 10

var compressors = sync.Pool{New: func() any {
	fast, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // its only error is another level
	return fast
}}

// compressed sends long answers as gzip, to clients that take it. An answer of grpc-gateway is one Write, whose size
// decides; those of streams are small and go out as they are.
func compressed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead || !takesGzip(r) {
			next.ServeHTTP(w, r)
			return
		}
		long := &longAnswer{ResponseWriter: w}
		defer long.end()
		next.ServeHTTP(long, r)
	})
}

func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == "gzip" {
			return strings.ReplaceAll(weight, " ", "") != "q=0"
		}
	}
	return false
}

// longAnswer decides with its first Write, and sends the status then.
type longAnswer struct {
	http.ResponseWriter
	status  int
	decided bool
	gzip    *gzip.Writer
}

func (a *longAnswer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *longAnswer) Write(part []byte) (int, error) {
	a.decide(len(part))
	if a.gzip != nil {
		return a.gzip.Write(part)
	}
	return a.ResponseWriter.Write(part)
}

func (a *longAnswer) decide(size int) {
	if a.decided {
		return
	}
	a.decided = true
	header := a.Header()
	header.Add("Vary", "Accept-Encoding")
	if size >= worthIt && header.Get("Content-Encoding") == "" {
		header.Set("Content-Encoding", "gzip")
		header.Del("Content-Length")
		a.gzip = compressors.Get().(*gzip.Writer)
		a.gzip.Reset(a.ResponseWriter)
	}
	if a.status != 0 {
		a.ResponseWriter.WriteHeader(a.status)
	}
}

// Flush is for streams, which say with it that a message is whole.
func (a *longAnswer) Flush() {
	a.decide(0)
	if a.gzip != nil {
		_ = a.gzip.Flush()
	}
	_ = http.NewResponseController(a.ResponseWriter).Flush()
}

func (a *longAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *longAnswer) end() {
	a.decide(0)
	if a.gzip != nil {
		_ = a.gzip.Close() // a client that went away
		compressors.Put(a.gzip)
	}
}
