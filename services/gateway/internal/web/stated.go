package web

import (
	"encoding/json"
	"net/http"
)

// Stated answers with what an installation sets for its pages, which need not be signed in to know it.
func Stated(what any) http.Handler {
	body, err := json.Marshal(what)
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err != nil {
			http.Error(w, "the settings cannot be told", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", askAgain)
		_, _ = w.Write(body)
	})
}
