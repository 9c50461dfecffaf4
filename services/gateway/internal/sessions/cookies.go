package sessions

import (
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "tintype.dev/gateway/gen/tintype/v1"
)

// The prefix makes browsers hold the cookies to this host, to TLS and to the whole of the site.
const (
	accessCookie  = "__Host-tintype-access"
	refreshCookie = "__Host-tintype-refresh"
	csrfCookie    = "__Host-tintype-csrf"
)

// longest is how long browsers keep a cookie at most (RFC 6265bis).
const longest = 400 * 24 * time.Hour

// kept is what a browser keeps of a session.
type kept struct {
	access  string
	expires time.Time // of access, by the clock of the bridge
	refresh string
	csrf    string
}

// readCookies takes the session out of a request; without a refresh token there is none.
func readCookies(r *http.Request) (kept, bool) {
	found := kept{refresh: cookie(r, refreshCookie), csrf: cookie(r, csrfCookie)}
	seconds, access, _ := strings.Cut(cookie(r, accessCookie), ".")
	if at, err := strconv.ParseInt(seconds, 10, 64); err == nil {
		found.access, found.expires = access, time.Unix(at, 0)
	}
	return found, found.refresh != ""
}

func cookie(r *http.Request, name string) string {
	found, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return found.Value
}

// writeTokens hands a pair of tokens to the browser, where no script can read them.
func writeTokens(w http.ResponseWriter, tokens *pb.SessionTokens, now time.Time) {
	lives := left(tokens.GetAccessLifetime(), tokens.GetAccessExpireTime(), now)
	access := strconv.FormatInt(now.Add(lives).Unix(), 10) + "." + tokens.GetAccessToken()
	writeCookie(w, accessCookie, access, lives)
	writeCookie(w, refreshCookie, tokens.GetRefreshToken(),
		left(tokens.GetRefreshLifetime(), tokens.GetRefreshExpireTime(), now))
}

// left is what a token has left. The host's clock need not be ours, so its hour counts only where it tells no more.
func left(lifetime *durationpb.Duration, until *timestamppb.Timestamp, now time.Time) time.Duration {
	if lifetime == nil {
		return until.AsTime().Sub(now)
	}
	return lifetime.AsDuration()
}

// writeCSRF gives a session the word that its page has to repeat. It opens nothing by itself, so it may outlive the session.
func writeCSRF(w http.ResponseWriter, word string) {
	writeCookie(w, csrfCookie, word, longest)
}

func newCSRF() string { return rand.Text() }

// clearCookies makes the browser forget the session.
func clearCookies(w http.ResponseWriter) {
	for _, name := range []string{accessCookie, refreshCookie, csrfCookie} {
		writeCookie(w, name, "", -1)
	}
}

func writeCookie(w http.ResponseWriter, name, value string, long time.Duration) {
	age := int(long / time.Second)
	if age <= 0 {
		age = -1 // none at all would make it last as long as the browser
	}
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: age,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
}

// withoutCookies keeps the session from whoever answers the request; what they need of it is in its Authorization.
func withoutCookies(r *http.Request) *http.Request {
	bare := r.Clone(r.Context())
	bare.Header.Del("Cookie")
	return bare
}
