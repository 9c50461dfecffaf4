// Package docs serves the OpenAPI document and a page to read and try it: Swagger UI, from this binary.
package docs

import (
	"bytes"
	"embed"
	"io/fs"
	"net/http"
	"time"

	swagger "github.com/swaggest/swgui/v5/static"

	"tintype.dev/gateway/internal/web"
	"tintype.dev/gateway/openapi"
)

//go:embed page
var page embed.FS

// Mount adds /openapi.json, /openapi.yaml and /docs/.
func Mount(routes *http.ServeMux) {
	began := time.Now()
	routes.Handle("GET /openapi.json", document("application/json", openapi.JSON, began))
	routes.Handle("GET /openapi.yaml", document("application/yaml", openapi.YAML, began))
	routes.Handle("GET /docs", http.RedirectHandler("/docs/", http.StatusPermanentRedirect))
	routes.HandleFunc("GET /docs/{name...}", func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("name")
		if name == "" {
			name = "index.html"
		}
		own, err := fs.Sub(page, "page")
		if err != nil || !web.Serve(w, r, own, name, "no-cache") && !web.Serve(w, r, swagger.FS, name, "max-age=86400") {
			http.NotFound(w, r)
		}
	})
}

func document(kind string, content []byte, began time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeContent(w, r, "", began, bytes.NewReader(content))
	})
}
