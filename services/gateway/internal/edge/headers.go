package edge

import (
	"net/http"
	"strings"
)

// year is how long a browser remembers to come by TLS only.
const year = "max-age=31536000"

// Secured says with every answer what a browser may do with it. A handler that needs another policy sets its own.
//
// `pictures` are other origins that pictures come from: an object store that signed addresses lead to, map tiles.
func Secured(pictures []string, next http.Handler) http.Handler {
	policy := contentPolicy(pictures)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "same-origin") // an address of ours may name a photo or hold a query
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Permissions-Policy", "camera=(), microphone=(), payment=(), usb=(), geolocation=(self)")
		if IsSecure(r) {
			header.Set("Strict-Transport-Security", year)
		}
		if strings.HasPrefix(r.URL.Path, "/v1/") || strings.HasPrefix(r.URL.Path, "/session") {
			header.Set("Cache-Control", "no-store") // somebody's own data, unless its route knows better
		}
		next.ServeHTTP(w, r)
	})
}

// contentPolicy lets a page load what comes from here and nothing else, and nobody frame it.
func contentPolicy(pictures []string) string {
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src " + strings.Join(append([]string{"'self'", "blob:", "data:"}, pictures...), " "),
		"font-src 'self'",
		"connect-src " + strings.Join(append([]string{"'self'"}, pictures...), " "),
		"worker-src 'self'",
		"manifest-src 'self'",
		"media-src 'self' blob:",
		"form-action 'self'",
		"base-uri 'none'",
		"frame-ancestors 'none'",
	}, "; ")
}
