package web

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
)

func packed(t *testing.T, text string) []byte {
	t.Helper()
	var into bytes.Buffer
	writer := gzip.NewWriter(&into)
	if _, err := writer.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return into.Bytes()
}

func TestAFileIsSentAsSmallAsTheClientTakesIt(t *testing.T) {
	files := fstest.MapFS{
		"index.html": {Data: []byte("page")}, "assets/a-1.js": {Data: []byte("plain")},
		"assets/a-1.js.br": {Data: []byte("br")}, "assets/a-1.js.gz": {Data: []byte("gz")},
		"assets/b-1.js.gz": {Data: packed(t, "only packed")},
	}
	for _, each := range []struct{ path, accept, body, encoding string }{
		{"/assets/a-1.js", "gzip, br", "br", "br"},
		{"/assets/a-1.js", "gzip;q=0.5, br;q=0", "gz", "gzip"},
		{"/assets/a-1.js", "", "plain", ""},
		{"/assets/b-1.js", "", "only packed", ""},
		{"/albums/7", "br", "page", ""},
		{"/../../etc", "", "page", ""},
	} {
		request := httptest.NewRequest("GET", "/", http.NoBody)
		request.URL.Path = each.path
		request.Header.Set("Accept-Encoding", each.accept)
		answer := httptest.NewRecorder()
		Gallery(files).ServeHTTP(answer, request)
		if answer.Body.String() != each.body || answer.Header().Get("Content-Encoding") != each.encoding {
			t.Errorf("%s for %q: %q as %q", each.path, each.accept, answer.Body, answer.Header().Get("Content-Encoding"))
		}
	}
}

func TestWhatIsMissingIsSaidSo(t *testing.T) {
	files := fstest.MapFS{"index.html": {Data: []byte("page")}}
	for path, code := range map[string]int{"/assets/gone.js": 404, "/sw.js": 404, "/albums": 200} {
		answer := httptest.NewRecorder()
		Gallery(files).ServeHTTP(answer, httptest.NewRequest("GET", path, http.NoBody))
		if answer.Code != code {
			t.Errorf("%s: %d", path, answer.Code)
		}
	}
	answer := httptest.NewRecorder()
	Gallery(files).ServeHTTP(answer, httptest.NewRequest("POST", "/", http.NoBody))
	if answer.Code != 405 {
		t.Errorf("POST: %d", answer.Code)
	}
}
