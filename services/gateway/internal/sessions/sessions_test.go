package sessions_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

const ask = "/v1/photos"

func TestCookiesCannotBeReadByScriptsNorSentByOtherSites(t *testing.T) {
	w := newWorld(t)
	answer := w.send("POST", "/session", `{"userName": "ada", "password": "right"}`)
	cookies := answer.Result().Cookies()
	if len(cookies) != 3 {
		t.Fatal(cookies)
	}
	for _, cookie := range cookies {
		safe := cookie.HttpOnly && cookie.Secure && cookie.SameSite == http.SameSiteStrictMode && cookie.Path == "/"
		if !safe || cookie.Domain != "" || !strings.HasPrefix(cookie.Name, "__Host-") || cookie.MaxAge <= 0 {
			t.Errorf("%s is not safe", cookie)
		}
	}
	if strings.Contains(answer.Body.String(), "refresh-") || strings.Contains(answer.Body.String(), "access.") {
		t.Error("the page sees a token")
	}
}

func TestASessionBecomesTheAuthorizationOfACall(t *testing.T) {
	w := newWorld(t)
	w.signIn()
	answer := w.send("GET", ask, "")
	w.wants(answer, http.StatusOK)
	if answer.Body.String() != "Bearer access.0.x" {
		t.Error(answer.Body)
	}
}

func TestAnUnsafeCallNeedsTheWordOfThePage(t *testing.T) {
	w := newWorld(t)
	w.signIn()
	for _, headers := range [][]string{
		{}, {"X-CSRF-Token", ""}, {"X-CSRF-Token", "guess"},
		{"X-CSRF-Token", w.csrf, "Sec-Fetch-Site", "cross-site"}, {"X-CSRF-Token", w.csrf, "Origin", "https://evil.example"},
	} {
		answer := w.send("PATCH", ask, "{}", headers...)
		w.wants(answer, http.StatusForbidden)
		w.says(answer, "CSRF_TOKEN_INVALID")
	}
	w.wants(w.send("PATCH", ask, "{}", "X-CSRF-Token", w.csrf, "Sec-Fetch-Site", "same-origin"), http.StatusOK)
}

func TestACredentialOfItsOwnNeedsNoWordAndNoCookie(t *testing.T) {
	w := newWorld(t)
	w.signIn()
	answer := w.send("POST", ask, "{}", "X-Api-Key", "key")
	w.wants(answer, http.StatusOK)
	if answer.Body.String() != "key" {
		t.Error("the session was used beside the key:", answer.Body)
	}
}

func TestParallelCallsRenewASessionOnce(t *testing.T) {
	w := newWorld(t)
	w.signIn()
	w.clock = w.clock.Add(15 * time.Minute)
	w.accounts.slowness = make(chan struct{})
	var calls sync.WaitGroup
	answers := make([]*httptest.ResponseRecorder, 20)
	for i := range answers {
		calls.Go(func() { answers[i] = w.answer("GET", ask, "") })
	}
	close(w.accounts.slowness)
	calls.Wait()
	for _, answer := range answers {
		w.says(answer, "Bearer access.1.x")
		if !strings.Contains(strings.Join(answer.Header()["Set-Cookie"], " "), "refresh-1") {
			t.Error("a call does not know the next token")
		}
	}
	if w.accounts.trades != 1 || w.accounts.over {
		t.Errorf("%d renewals, over: %v", w.accounts.trades, w.accounts.over)
	}
}

func TestACallThatSetOutWithTheOldTokenIsNoReplayForAWhile(t *testing.T) {
	w := newWorld(t)
	w.signIn()
	w.clock = w.clock.Add(15 * time.Minute)
	w.wants(w.answer("GET", ask, ""), http.StatusOK) // its cookies never arrive
	w.clock = w.clock.Add(30 * time.Second)
	w.says(w.send("GET", ask, ""), "Bearer access.1.x")
	w.clock = w.clock.Add(15 * time.Minute)
	w.says(w.send("GET", ask, ""), "Bearer access.2.x")
	if w.accounts.over {
		t.Error("the session is over")
	}
}

func TestAStolenTokenIsNoticedEvenWhileItsRenewalIsRemembered(t *testing.T) {
	w := newWorld(t)
	w.signIn()
	thief := &world{T: t, handler: w.handler, cookies: map[string]string{}}
	for _, name := range []string{"__Host-tintype-refresh", "__Host-tintype-access"} {
		thief.cookies[name] = w.cookies[name]
	}
	w.clock = w.clock.Add(15 * time.Minute)
	w.says(w.send("GET", ask, ""), "Bearer access.1.x")
	if answer := thief.answer("GET", ask, ""); strings.Contains(answer.Body.String(), "Bearer") || !w.accounts.over {
		t.Error("whoever has the token alone gets the next one:", answer.Body)
	}
}

func TestACallThatIsGivenUpDoesNotLoseTheNextToken(t *testing.T) {
	w := newWorld(t)
	w.signIn()
	w.clock = w.clock.Add(15 * time.Minute)
	w.accounts.slowness = make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	request := httptest.NewRequestWithContext(ctx, "GET", "http://localhost"+ask, nil)
	for name, value := range w.cookies {
		request.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	cancel()
	w.handler.ServeHTTP(httptest.NewRecorder(), request)
	close(w.accounts.slowness)
	w.says(w.send("GET", ask, ""), "Bearer access.1.x")
}

func TestASessionThatIsOverIsForgotten(t *testing.T) {
	w := newWorld(t)
	w.signIn()
	w.accounts.over = true
	w.wants(w.send("GET", "/session", ""), http.StatusUnauthorized)
	if len(w.cookies) != 0 {
		t.Error(w.cookies)
	}
}

func TestTellingTheSessionRepeatsItsWord(t *testing.T) {
	w := newWorld(t)
	w.wants(w.send("GET", "/session", ""), http.StatusUnauthorized)
	w.signIn()
	answer := w.send("GET", "/session", "")
	w.wants(answer, http.StatusOK)
	w.says(answer, w.csrf)
}

func TestSigningOutEndsTheSessionAndClearsTheBrowser(t *testing.T) {
	w := newWorld(t)
	w.signIn()
	w.wants(w.send("DELETE", "/session", ""), http.StatusForbidden)
	answer := w.send("DELETE", "/session", "", "X-CSRF-Token", w.csrf)
	w.wants(answer, http.StatusNoContent)
	if !w.accounts.over || len(w.cookies) != 0 || answer.Header().Get("Clear-Site-Data") == "" {
		t.Error(w.accounts.over, w.cookies, answer.Header())
	}
	w.wants(w.send("DELETE", "/session", ""), http.StatusNoContent) // twice is once
}

func TestSigningInNeedsHttpsUnlessItIsThisMachine(t *testing.T) {
	w := newWorld(t)
	body := `{"userName": "ada", "password": "right"}`
	answer := w.send("POST", "/session", body, "Host", "photos.lan:7462")
	w.wants(answer, http.StatusBadRequest)
	w.says(answer, "HTTPS_REQUIRED")
	for _, host := range []string{"localhost:7462", "127.0.0.1:7462", "[::1]:7462"} {
		w.wants(w.send("POST", "/session", body, "Host", host), http.StatusCreated)
	}
}

func TestAnotherSiteCannotSignAPersonIn(t *testing.T) {
	w := newWorld(t)
	body := `{"userName": "eve", "password": "right"}`
	w.wants(w.send("POST", "/session", body, "Sec-Fetch-Site", "cross-site"), http.StatusForbidden)
	w.wants(w.send("POST", "/session", body, "Content-Type", "text/plain"), http.StatusBadRequest)
	w.wants(w.send("POST", "/session", `{"userName": "eve", "passwort": "right"}`), http.StatusBadRequest)
	if w.accounts.signIns != 0 {
		t.Error("the host was asked")
	}
}

func TestAttemptsAreLimitedPerAccountAndPerAddress(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		w.wants(w.send("POST", "/session", `{"userName": "ada", "password": "x"}`), http.StatusUnauthorized)
	}
	answer := w.send("POST", "/session", `{"userName": "ADA ", "password": "right"}`)
	w.wants(answer, http.StatusTooManyRequests)
	if answer.Header().Get("Retry-After") == "" {
		t.Error("it does not say when to come back")
	}
	w.wants(w.send("POST", "/session", `{"userName": "bob", "password": "x"}`), http.StatusUnauthorized)
	w.wants(w.send("POST", "/session", `{"userName": "cy", "password": "right"}`), http.StatusTooManyRequests)
	w.clock = w.clock.Add(time.Minute)
	w.wants(w.send("POST", "/session", `{"userName": "ada", "password": "right"}`), http.StatusCreated)
}
