// Package web serves files that were built beforehand: the gallery, and the page that shows the contract.
package web

import (
	"compress/gzip"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"google.golang.org/grpc/codes"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/failure"
)

const (
	index     = "index.html"
	assets    = "assets/" // the build puts a hash of the content into every name below it
	forever   = "public, max-age=31536000, immutable"
	askAgain  = "no-cache"
	manifests = ".webmanifest"
)

// Gallery serves a single-page application: what is no file is one of its own addresses, and gets its one page.
func Gallery(files fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			failure.Write(w, failure.New(codes.Unimplemented, pb.ErrorReason_ERROR_REASON_METHOD_NOT_ALLOWED,
				"pages are only read"))
		case name != "" && Serve(w, r, files, name, cacheOf(name)):
		case strings.HasPrefix(name, assets) || path.Ext(name) != "" || !Serve(w, r, files, index, askAgain):
			failure.Write(w, failure.New(codes.NotFound, pb.ErrorReason_ERROR_REASON_NOT_FOUND, "there is no such page"))
		}
	})
}

func cacheOf(name string) string {
	if strings.HasPrefix(name, assets) {
		return forever
	}
	return askAgain
}

// Serve answers with one file, as small as the client takes it: name.br, name.gz or the file itself. Says whether there
// is one.
func Serve(w http.ResponseWriter, r *http.Request, files fs.FS, name, cache string) bool {
	if !fs.ValidPath(name) || strings.HasSuffix(name, ".gz") || strings.HasSuffix(name, ".br") {
		return false
	}
	accepted := r.Header.Get("Accept-Encoding")
	for _, each := range []struct{ suffix, encoding string }{{".br", "br"}, {".gz", "gzip"}, {"", ""}} {
		if each.encoding != "" && !accepts(accepted, each.encoding) {
			continue
		}
		if send(w, r, files, name, each.suffix, each.encoding, cache) {
			return true
		}
	}
	return inflate(w, files, name, cache)
}

func send(w http.ResponseWriter, r *http.Request, files fs.FS, name, suffix, encoding, cache string) bool {
	opened, err := files.Open(name + suffix)
	if err != nil {
		return false
	}
	defer opened.Close()
	stat, err := opened.Stat()
	content, seeks := opened.(io.ReadSeeker)
	if err != nil || stat.IsDir() || !seeks {
		return false
	}
	describe(w, name, cache)
	if encoding != "" {
		w.Header().Set("Content-Encoding", encoding)
	}
	http.ServeContent(w, r, "", stat.ModTime(), content)
	return true
}

// inflate is for clients that take no compression where only the compressed file was built.
func inflate(w http.ResponseWriter, files fs.FS, name, cache string) bool {
	opened, err := files.Open(name + ".gz")
	if err != nil {
		return false
	}
	defer opened.Close()
	content, err := gzip.NewReader(opened)
	if err != nil {
		return false
	}
	describe(w, name, cache)
	_, _ = io.Copy(w, content)
	return true
}

func describe(w http.ResponseWriter, name, cache string) {
	kind := mime.TypeByExtension(path.Ext(name))
	if path.Ext(name) == manifests {
		kind = "application/manifest+json"
	}
	if kind == "" {
		kind = "application/octet-stream"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", cache)
	w.Header().Add("Vary", "Accept-Encoding")
}

func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == encoding && strings.ReplaceAll(weight, " ", "") != "q=0" {
			return true
		}
	}
	return false
}
