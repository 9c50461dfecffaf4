// Package sessions keeps people signed in with cookies that no script can read, and their requests from being forged.
package sessions

import (
	"context"
	"net/http"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/edge"
	"tintype.dev/gateway/internal/failure"
	"tintype.dev/gateway/internal/host"
)

// early is how long before its end an access token is renewed, so that none ends on its way to the host.
const early = 30 * time.Second

// Options are what sessions depend on.
type Options struct {
	Accounts   pb.AccountsServiceClient
	Origin     string // what browsers see, such as https://photos.example.org; empty where that is each request's host
	PerAddress Rate   // attempts to sign in or up
	PerAccount Rate
	Now        func() time.Time // time.Now, save in tests
}

// Sessions of browsers. It holds nothing that a restart may not lose.
type Sessions struct {
	accounts   pb.AccountsServiceClient
	origin     string
	origins    *http.CrossOriginProtection
	renewals   *renewals
	perAddress *throttle
	perAccount *throttle
	now        func() time.Time
}

// New makes them.
func New(o Options) *Sessions {
	return &Sessions{
		accounts:   o.Accounts,
		origin:     o.Origin,
		origins:    origins(o.Origin),
		renewals:   newRenewals(o.Accounts, o.Now),
		perAddress: newThrottle(o.PerAddress, o.Now),
		perAccount: newThrottle(o.PerAccount, o.Now),
		now:        o.Now,
	}
}

// Authenticated turns the session of a request into its Authorization, renewing it where it is due.
//
// A request that brings a credential of its own is left as it is, and needs no CSRF token: no browser adds one by itself.
func (s *Sessions) Authenticated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session, signedIn := readCookies(r)
		bare := withoutCookies(r)
		if !signedIn || r.Header.Get("Authorization") != "" || r.Header.Get("X-Api-Key") != "" {
			next.ServeHTTP(w, bare)
			return
		}
		if err := s.checkPage(r, session); err != nil {
			failure.Write(w, err)
			return
		}
		access, err := s.access(w, bare, session)
		if err != nil {
			failure.Write(w, err)
			return
		}
		if access != "" {
			ctx := withOffered(r.Context(), &offered{sessions: s, answer: w, request: bare.Clone(r.Context()), session: session})
			bare.Header.Set("Authorization", "Bearer "+access)
			bare = bare.WithContext(ctx)
		}
		next.ServeHTTP(w, bare)
	})
}

// Throttled slows down whoever signs in or up too often from one address, whatever the route.
func (s *Sessions) Throttled(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if wait := s.perAddress.take(edge.ClientNetwork(r)); wait > 0 {
			failure.Write(w, failure.Later("too many attempts from this address, try again later", wait))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// access is the access token of a session, empty if the session is over.
func (s *Sessions) access(w http.ResponseWriter, r *http.Request, session kept) (string, error) {
	if session.access != "" && s.now().Add(early).Before(session.expires) {
		return session.access, nil
	}
	return s.next(w, r, session)
}

// next is the access token that follows on that of a session, empty if the session is over; the browser gets to know it.
func (s *Sessions) next(w http.ResponseWriter, r *http.Request, session kept) (string, error) {
	tokens, err := s.renewals.renewed(anonymous(host.Outgoing(r)), session)
	if status.Code(err) == codes.Unauthenticated {
		clearCookies(w)
		return "", nil
	}
	if err != nil {
		return "", err
	}
	writeTokens(w, tokens, s.now())
	if session.csrf != "" {
		writeCSRF(w, session.csrf)
	}
	return tokens.GetAccessToken(), nil
}

// calling is the context of a call that the bridge makes itself with the access token of a session.
func (s *Sessions) calling(w http.ResponseWriter, r *http.Request, session kept, access string) context.Context {
	ctx := signedIn(host.Outgoing(r), access)
	return withOffered(ctx, &offered{sessions: s, answer: w, request: withoutCookies(r), session: session})
}

// signedIn is the context of a call with an access token, in the place of any other credential.
func signedIn(ctx context.Context, access string) context.Context {
	return withAuthorization(anonymous(ctx), access)
}
