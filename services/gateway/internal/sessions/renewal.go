package sessions

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"google.golang.org/grpc/metadata"

	pb "tintype.dev/gateway/gen/tintype/v1"
)

const (
	renewalTakes = 15 * time.Second
	// remembered is how long the answer to a renewal is kept for requests that set out with the token of before: a page
	// sends many at once, and a refresh token that comes back later ends its session.
	remembered = time.Minute
)

// renewals trades each refresh token once, however many requests of one browser bring it.
type renewals struct {
	accounts pb.AccountsServiceClient
	now      func() time.Time
	lock     sync.Mutex
	known    map[bringer]*renewal
}

// bringer is whose renewal is remembered: a refresh token together with the word of the session, which the same browser
// keeps beside it. A token that comes without its word is not of this browser, so the library has to judge it.
type bringer [sha256.Size]byte

func bringerOf(session kept) bringer {
	return sha256.Sum256([]byte(session.refresh + "\n" + session.csrf))
}

// renewal is one trade, under way until `done` closes.
type renewal struct {
	done   chan struct{}
	tokens *pb.SessionTokens
	err    error
	until  time.Time // forgotten then; zero while it is under way
}

func newRenewals(accounts pb.AccountsServiceClient, now func() time.Time) *renewals {
	return &renewals{accounts: accounts, now: now, known: map[bringer]*renewal{}}
}

// renewed is the pair that follows on a session's. It goes on when the request that began it ends, because the
// token is used up then and somebody has to know the next.
func (r *renewals) renewed(ctx context.Context, session kept) (*pb.SessionTokens, error) {
	found, first := r.meet(bringerOf(session))
	if first {
		go r.trade(context.WithoutCancel(ctx), session.refresh, found)
	}
	select {
	case <-found.done:
		return found.tokens, found.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// forget makes what was traded for a session's token unknown: it was signed out.
func (r *renewals) forget(session kept) {
	r.lock.Lock()
	defer r.lock.Unlock()
	delete(r.known, bringerOf(session))
}

func (r *renewals) meet(key bringer) (*renewal, bool) {
	now := r.now()
	r.lock.Lock()
	defer r.lock.Unlock()
	for each, old := range r.known {
		if !old.until.IsZero() && now.After(old.until) {
			delete(r.known, each)
		}
	}
	if found, ok := r.known[key]; ok {
		return found, false
	}
	fresh := &renewal{done: make(chan struct{})}
	r.known[key] = fresh
	return fresh, true
}

func (r *renewals) trade(ctx context.Context, token string, into *renewal) {
	ctx, cancel := context.WithTimeout(ctx, renewalTakes)
	defer cancel()
	response, err := r.accounts.RefreshSession(ctx, &pb.RefreshSessionRequest{RefreshToken: token})
	r.lock.Lock()
	defer r.lock.Unlock()
	into.tokens, into.err, into.until = response.GetTokens(), err, r.now()
	if err == nil {
		into.until = into.until.Add(remembered) // a failure is tried again by the next request
	}
	close(into.done)
}

// anonymous takes the credential out of the context of a call: a stale one would be refused where none is needed.
func anonymous(ctx context.Context) context.Context {
	pairs, _ := metadata.FromOutgoingContext(ctx)
	bare := pairs.Copy()
	delete(bare, "authorization")
	delete(bare, "x-api-key")
	return metadata.NewOutgoingContext(ctx, bare)
}
