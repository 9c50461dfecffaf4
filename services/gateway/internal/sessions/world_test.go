package sessions_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/edge"
	"tintype.dev/gateway/internal/failure"
	"tintype.dev/gateway/internal/host"
	"tintype.dev/gateway/internal/hosttest"
	"tintype.dev/gateway/internal/sessions"
)

const (
	accessLives  = 15 * time.Minute
	sessionLives = 30 * 24 * time.Hour
)

// accounts rotates refresh tokens, and ends the session where one comes twice.
type accounts struct {
	pb.UnimplementedAccountsServiceServer
	lock     sync.Mutex
	now      func() time.Time
	apart    time.Duration // how far this clock is before that of the bridge
	old      bool          // it does not tell lifetimes
	ends     time.Time     // when the access token does, by this clock
	number   int           // of the refresh token that works
	trades   int
	refusals int
	over     bool
	stern    bool // refuses every access token
	signIns  int
	slowness chan struct{} // renewals wait for it, if it is there
}

func (a *accounts) tokens() *pb.SessionTokens {
	now := a.now().Add(a.apart)
	a.ends = now.Add(accessLives)
	tokens := &pb.SessionTokens{
		AccessToken:       fmt.Sprintf("access.%d.x", a.number),
		AccessExpireTime:  timestamppb.New(a.ends),
		RefreshToken:      fmt.Sprintf("refresh-%d", a.number),
		RefreshExpireTime: timestamppb.New(now.Add(sessionLives)),
	}
	if !a.old {
		tokens.AccessLifetime, tokens.RefreshLifetime = durationpb.New(accessLives), durationpb.New(sessionLives)
	}
	return tokens
}

func (a *accounts) SignIn(_ context.Context, request *pb.SignInRequest) (*pb.SignInResponse, error) {
	a.lock.Lock()
	defer a.lock.Unlock()
	a.signIns++
	if request.GetPassword() != "right" {
		return nil, failure.New(codes.Unauthenticated, pb.ErrorReason_ERROR_REASON_SIGN_IN_REFUSED, "wrong")
	}
	return &pb.SignInResponse{User: &pb.User{UserName: request.GetUserName()}, Tokens: a.tokens()}, nil
}

func (a *accounts) RefreshSession(_ context.Context, request *pb.RefreshSessionRequest) (*pb.RefreshSessionResponse, error) {
	if a.slowness != nil {
		<-a.slowness
	}
	a.lock.Lock()
	defer a.lock.Unlock()
	a.trades++
	if a.over || request.GetRefreshToken() != fmt.Sprintf("refresh-%d", a.number) {
		a.over = true
		return nil, failure.New(codes.Unauthenticated, pb.ErrorReason_ERROR_REASON_REFRESH_TOKEN_INVALID, "used before")
	}
	a.number++
	return &pb.RefreshSessionResponse{Tokens: a.tokens()}, nil
}

func (a *accounts) GetAccount(ctx context.Context, _ *pb.GetAccountRequest) (*pb.GetAccountResponse, error) {
	a.lock.Lock()
	defer a.lock.Unlock()
	if err := a.admit(ctx); err != nil {
		return nil, err
	}
	return &pb.GetAccountResponse{User: &pb.User{UserName: "ada"}}, nil
}

func (a *accounts) admit(ctx context.Context) error {
	lives := a.now().Add(a.apart).Before(a.ends)
	known := hosttest.Said(ctx, "authorization") == fmt.Sprintf("Bearer access.%d.x", a.number)
	if a.over || a.stern || !lives || !known {
		a.refusals++
		return failure.New(codes.Unauthenticated, pb.ErrorReason_ERROR_REASON_CREDENTIAL_INVALID, "over")
	}
	return nil
}

func (a *accounts) SignOut(ctx context.Context, _ *pb.SignOutRequest) (*pb.SignOutResponse, error) {
	a.lock.Lock()
	defer a.lock.Unlock()
	if err := a.admit(ctx); err != nil {
		return nil, err
	}
	a.over = true
	return &pb.SignOutResponse{}, nil
}

// world is a bridge with nothing but sessions, and a clock.
type world struct {
	*testing.T
	accounts *accounts
	handler  http.Handler
	clock    time.Time
	cookies  map[string]string
	csrf     string
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, clock: time.Now(), cookies: map[string]string{}}
	now := func() time.Time { return w.clock }
	w.accounts = &accounts{now: now}
	conn := hosttest.Serve(t, func(server grpc.ServiceRegistrar) { pb.RegisterAccountsServiceServer(server, w.accounts) },
		grpc.WithUnaryInterceptor(sessions.Again))
	made := sessions.New(sessions.Options{
		Accounts: pb.NewAccountsServiceClient(conn), Now: now,
		PerAddress: sessions.Rate{PerMinute: 60, Burst: 5}, PerAccount: sessions.Rate{PerMinute: 60, Burst: 3},
	})
	routes := http.NewServeMux()
	routes.Handle("/session", made.Handler())
	routes.Handle("/session/", made.Handler())
	routes.Handle("/v1/", made.Authenticated(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Header.Get("Authorization"), r.Header.Get("X-Api-Key"), r.Header.Get("Cookie"))
	})))
	caller := pb.NewAccountsServiceClient(conn)
	routes.Handle("/v1/account", made.Authenticated(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := caller.GetAccount(host.Outgoing(r), &pb.GetAccountRequest{}); err != nil {
			failure.Write(w, err)
		}
	})))
	w.handler = edge.FromClient(nil, routes)
	return w
}

// send sends what a browser would, and keeps the cookies that come.
func (w *world) send(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	answer := w.answer(method, path, body, headers...)
	for _, cookie := range answer.Result().Cookies() {
		if cookie.MaxAge < 0 {
			delete(w.cookies, cookie.Name)
		} else {
			w.cookies[cookie.Name] = cookie.Value
		}
	}
	return answer
}

func (w *world) answer(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	for name, value := range w.cookies {
		request.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			request.Host = headers[i+1]
		}
	}
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, request)
	return answer
}

func (w *world) signIn() {
	w.Helper()
	answer := w.send("POST", "/session", `{"userName": "ada", "password": "right"}`)
	w.wants(answer, http.StatusCreated)
	var said struct {
		User      struct{ UserName string }
		CsrfToken string
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &said); err != nil || said.User.UserName != "ada" {
		w.Fatal(err, answer.Body)
	}
	w.csrf = said.CsrfToken
}

func (w *world) wants(answer *httptest.ResponseRecorder, status int) {
	w.Helper()
	if answer.Code != status {
		w.Fatalf("%d instead of %d: %s", answer.Code, status, answer.Body)
	}
}

func (w *world) says(answer *httptest.ResponseRecorder, text string) {
	w.Helper()
	if !strings.Contains(answer.Body.String(), text) {
		w.Fatalf("%q is not in %s", text, answer.Body)
	}
}
