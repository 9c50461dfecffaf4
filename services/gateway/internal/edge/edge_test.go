package edge_test

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tintype.dev/gateway/internal/edge"
)

func network(t *testing.T, text string) []*net.IPNet {
	t.Helper()
	_, found, err := net.ParseCIDR(text)
	if err != nil {
		t.Fatal(err)
	}
	return []*net.IPNet{found}
}

func TestOnlyTrustedProxiesSayWhereARequestComesFrom(t *testing.T) {
	for _, each := range []struct{ peer, said, address string }{
		{"203.0.113.9:4711", "1.2.3.4", "203.0.113.9"},
		{"10.0.0.1:4711", "1.2.3.4", "1.2.3.4"},
		{"10.0.0.1:4711", "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"},
		{"10.0.0.1:4711", "", "10.0.0.1"},
		{"10.0.0.1:4711", "nonsense", "10.0.0.1"},
		{"10.0.0.1:4711", "2001:db8::1", "2001:db8::1"},
	} {
		request := httptest.NewRequest("GET", "/", nil)
		request.RemoteAddr = each.peer
		request.Header.Set("X-Forwarded-For", each.said)
		request.Header.Set("X-Forwarded-Proto", "https")
		inner := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if edge.ClientAddress(r) != each.address || r.Header.Get("X-Forwarded-For") != "" {
				t.Errorf("%s, %q: %s", each.peer, each.said, edge.ClientAddress(r))
			}
			if edge.IsSecure(r) != strings.HasPrefix(each.peer, "10.") {
				t.Errorf("%s is taken at its word", each.peer)
			}
		})
		edge.FromClient(network(t, "10.0.0.0/8"), inner).ServeHTTP(httptest.NewRecorder(), request)
	}
}

func TestLimitsCountACustomerNotAnAddress(t *testing.T) {
	for remote, want := range map[string]string{
		"203.0.113.9:0": "203.0.113.9", "[2001:db8:1:2:3:4:5:6]:0": "2001:db8:1:2::/64", "[2001:db8:1:2::9]:0": "2001:db8:1:2::/64",
	} {
		request := httptest.NewRequest("GET", "/", nil)
		request.RemoteAddr = remote
		if got := edge.ClientNetwork(request); got != want {
			t.Errorf("%s: %s instead of %s", remote, got, want)
		}
	}
}

func TestTheLogHoldsNoWordsTokensOrNames(t *testing.T) {
	var written bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&written, nil))
	handler := edge.Logged(log, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(418) }))
	for _, path := range []string{"/v1/photos:search?q=secret", "/media/secret", "/secret/place", "/v1/photos/p-1"} {
		request := httptest.NewRequest("GET", path, strings.NewReader("secret"))
		request.Header.Set("Authorization", "secret")
		request.Header.Set("X-Request-Id", "not a name: secret")
		handler.ServeHTTP(httptest.NewRecorder(), request)
	}
	if strings.Contains(written.String(), "secret") || !strings.Contains(written.String(), "/v1/photos/p-1") {
		t.Error(written.String())
	}
	if strings.Count(written.String(), `"status":418`) != 4 {
		t.Error("what was answered is not noted")
	}
}

func TestARequestKeepsItsNameAndGetsOneWhereItHasNone(t *testing.T) {
	handler := edge.Logged(slog.New(slog.DiscardHandler), http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	request := httptest.NewRequest("GET", "/", nil)
	request.Header.Set("X-Request-Id", "r-1")
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	if answer.Header().Get("X-Request-Id") != "r-1" {
		t.Error(answer.Header())
	}
	answer = httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest("GET", "/", nil))
	if answer.Header().Get("X-Request-Id") == "" {
		t.Error("it has no name")
	}
}

func TestAPanicIsAnAnswer(t *testing.T) {
	handler := edge.Logged(slog.New(slog.DiscardHandler), http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret") }))
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest("GET", "/", nil))
	if answer.Code != 500 || strings.Contains(answer.Body.String(), "secret") {
		t.Error(answer.Code, answer.Body)
	}
}

func TestABodyBeyondTheLimitIsCutOff(t *testing.T) {
	var failed error
	reading := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, failed = io.ReadAll(r.Body) })
	for name, handler := range map[string]http.Handler{
		"bounded": edge.Bounded(10, time.Minute, reading), "flowing": edge.Flowing(10, time.Minute, reading),
	} {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/", strings.NewReader("0123456789")))
		if failed != nil {
			t.Error(name, failed)
		}
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/", strings.NewReader("0123456789X")))
		if failed == nil {
			t.Error(name, "took it")
		}
	}
}

func TestASilentLineIsGivenUpAndASlowOneIsNot(t *testing.T) {
	send := func(silence time.Duration, speak func(line io.Writer, cut <-chan struct{})) int {
		cut := make(chan struct{})
		server := httptest.NewServer(edge.Flowing(1<<20, silence, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				w.WriteHeader(http.StatusRequestTimeout)
				close(cut)
			}
		})))
		defer server.Close()
		from, to := io.Pipe()
		go func() {
			speak(to, cut)
			_ = to.Close()
		}()
		answer, err := http.Post(server.URL, "text/plain", from)
		if err != nil {
			return 0
		}
		_ = answer.Body.Close()
		return answer.StatusCode
	}
	if code := send(2*time.Second, func(line io.Writer, _ <-chan struct{}) {
		for range 10 {
			_, _ = line.Write([]byte("part"))
			<-time.After(250 * time.Millisecond)
		}
	}); code != 200 {
		t.Error("a slow line was cut off:", code)
	}
	if code := send(50*time.Millisecond, func(line io.Writer, cut <-chan struct{}) {
		_, _ = line.Write([]byte("part"))
		<-cut
	}); code == 200 {
		t.Error("a silent line was waited for")
	}
}

func TestPagesMayLoadFromHereAndNothingElse(t *testing.T) {
	handler := edge.FromClient(nil, edge.Secured([]string{"https://tiles.example"}, http.NotFoundHandler()))
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest("GET", "/v1/photos", nil))
	policy := answer.Header().Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "https://tiles.example"} {
		if !strings.Contains(policy, part) {
			t.Error(part, "is not in", policy)
		}
	}
	if strings.Contains(policy, "unsafe") || answer.Header().Get("Strict-Transport-Security") != "" {
		t.Error(answer.Header())
	}
	if answer.Header().Get("Cache-Control") != "no-store" || answer.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Error(answer.Header())
	}
}
