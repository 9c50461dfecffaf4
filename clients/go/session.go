package main

import (
	"context"
	"sync"
	"time"

	"google.golang.org/grpc"

	tintype "tintype.dev/example/gen/tintype/v1"
)

// early is how long before its end an access token is renewed, so that none ends on its way.
const early = time.Minute

// apiKey signs calls with a key that the user made for this program.
type apiKey struct {
	key   string
	local bool
}

// GetRequestMetadata implements credentials.PerRPCCredentials.
func (k apiKey) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"x-api-key": k.key}, nil
}

// RequireTransportSecurity implements credentials.PerRPCCredentials.
func (k apiKey) RequireTransportSecurity() bool { return !k.local }

// session signs calls with an access token, which lives 15 minutes and is renewed before it ends.
type session struct {
	accounts tintype.AccountsServiceClient
	userName string
	local    bool

	mutex  sync.Mutex // a refresh token works once: using it twice ends the session
	tokens *tintype.SessionTokens
}

func signIn(ctx context.Context, door *grpc.ClientConn, user, password string) (*session, error) {
	accounts := tintype.NewAccountsServiceClient(door)
	request := &tintype.SignInRequest{UserName: user, Password: password, Client: "example in Go"}
	answer, err := accounts.SignIn(ctx, request)
	if err != nil {
		return nil, err
	}
	return &session{
		accounts: accounts,
		userName: answer.GetUser().GetUserName(),
		local:    isLocal(door.Target()),
		tokens:   answer.GetTokens(),
	}, nil
}

// GetRequestMetadata implements credentials.PerRPCCredentials.
func (s *session) GetRequestMetadata(ctx context.Context, _ ...string) (map[string]string, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if time.Until(s.tokens.GetAccessExpireTime().AsTime()) < early {
		if err := s.renew(ctx); err != nil {
			return nil, err
		}
	}
	return map[string]string{"authorization": "Bearer " + s.tokens.GetAccessToken()}, nil
}

// RequireTransportSecurity implements credentials.PerRPCCredentials.
func (s *session) RequireTransportSecurity() bool { return !s.local }

// refresh renews the tokens now.
func (s *session) refresh(ctx context.Context) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.renew(ctx)
}

func (s *session) renew(ctx context.Context) error {
	request := &tintype.RefreshSessionRequest{RefreshToken: s.tokens.GetRefreshToken()}
	answer, err := s.accounts.RefreshSession(ctx, request)
	if err == nil {
		s.tokens = answer.GetTokens()
	}
	return err
}
