package sessions

import (
	"crypto/subtle"
	"net"
	"net/http"
	"net/url"
	"strings"

	"google.golang.org/grpc/codes"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/edge"
	"tintype.dev/gateway/internal/failure"
)

// CSRFHeader is the header in which a page repeats the word of its session.
const CSRFHeader = "X-CSRF-Token"

// origins refuses what another site makes a browser send, by what the browser says of it (Sec-Fetch-Site, Origin).
func origins(own string) *http.CrossOriginProtection {
	protection := http.NewCrossOriginProtection()
	if own != "" {
		_ = protection.AddTrustedOrigin(strings.TrimSuffix(own, "/")) // the settings have checked that it is one
	}
	return protection
}

// checkPage fails unless an unsafe request of a session comes from a page that knows the session's word.
func (s *Sessions) checkPage(r *http.Request, session kept) error {
	if isSafe(r.Method) {
		return nil
	}
	said := r.Header.Get(CSRFHeader)
	same := session.csrf != "" && subtle.ConstantTimeCompare([]byte(said), []byte(session.csrf)) == 1
	if !same || s.origins.Check(r) != nil {
		return failure.New(codes.PermissionDenied, pb.ErrorReason_ERROR_REASON_CSRF_TOKEN_INVALID,
			"the header X-CSRF-Token does not hold the csrfToken of GET /session")
	}
	return nil
}

// checkOrigin fails if another site makes a browser sign in here.
func (s *Sessions) checkOrigin(r *http.Request) error {
	if s.origins.Check(r) != nil {
		return failure.New(codes.PermissionDenied, pb.ErrorReason_ERROR_REASON_CSRF_TOKEN_INVALID,
			"the request comes from another site")
	}
	return nil
}

// checkSecure fails where browsers would drop the cookies of a session without a word.
func (s *Sessions) checkSecure(r *http.Request) error {
	if edge.IsSecure(r) || strings.HasPrefix(s.origin, "https://") || isLoopback(r.Host) {
		return nil
	}
	return failure.New(codes.FailedPrecondition, pb.ErrorReason_ERROR_REASON_HTTPS_REQUIRED,
		"browsers keep a session only over https (or with http://localhost): give the bridge a certificate, "+
			"or put a proxy with one before it")
}

func isSafe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

func isLoopback(host string) bool {
	name := (&url.URL{Host: host}).Hostname()
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	address := net.ParseIP(name)
	return address != nil && address.IsLoopback()
}
