package sessions

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/failure"
	"tintype.dev/gateway/internal/host"
)

const mostCredentials = 16 << 10 // bytes of a body that signs in

var userJSON = protojson.MarshalOptions{EmitDefaultValues: true}

// Handler serves /session: POST signs in, GET tells who is signed in, DELETE signs out; POST /session/signUp signs up.
func (s *Sessions) Handler() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /session", s.tell)
	routes.HandleFunc("DELETE /session", s.signOut)
	routes.Handle("POST /session", s.Throttled(http.HandlerFunc(s.signIn)))
	routes.Handle("POST /session/signUp", s.Throttled(http.HandlerFunc(s.signUp)))
	return routes
}

func (s *Sessions) signIn(w http.ResponseWriter, r *http.Request) {
	request := &pb.SignInRequest{}
	err := s.admit(w, r, request)
	if err == nil {
		err = s.tooMany(request.GetUserName())
	}
	if err != nil {
		failure.Write(w, err)
		return
	}
	response, err := s.accounts.SignIn(anonymous(host.Outgoing(r)), request)
	if err != nil {
		failure.Write(w, err)
		return
	}
	s.begin(w, r, response.GetUser(), response.GetTokens())
}

func (s *Sessions) signUp(w http.ResponseWriter, r *http.Request) {
	request := &pb.SignUpRequest{}
	if err := s.admit(w, r, request); err != nil {
		failure.Write(w, err)
		return
	}
	response, err := s.accounts.SignUp(anonymous(host.Outgoing(r)), request)
	if err != nil {
		failure.Write(w, err)
		return
	}
	s.begin(w, r, response.GetUser(), response.GetTokens())
}

// begin hands a new session to the browser. One that it had before ends, or it would live on where nobody sees it.
func (s *Sessions) begin(w http.ResponseWriter, r *http.Request, user *pb.User, tokens *pb.SessionTokens) {
	if before, had := readCookies(r); had {
		s.endQuietly(r, before)
	}
	word := newCSRF()
	writeTokens(w, tokens, s.now())
	writeCSRF(w, word)
	writeSession(w, http.StatusCreated, user, word)
}

func (s *Sessions) tell(w http.ResponseWriter, r *http.Request) {
	session, had := readCookies(r)
	access, err := "", error(nil)
	if had {
		access, err = s.access(w, withoutCookies(r), session)
	}
	if err == nil && access == "" {
		err = failure.New(codes.Unauthenticated, pb.ErrorReason_ERROR_REASON_CREDENTIAL_MISSING, "nobody is signed in")
	}
	if err != nil {
		failure.Write(w, err)
		return
	}
	response, err := s.accounts.GetAccount(s.calling(w, r, session, access), &pb.GetAccountRequest{})
	if status.Code(err) == codes.Unauthenticated {
		clearCookies(w) // revoked
	}
	if err != nil {
		failure.Write(w, err)
		return
	}
	if session.csrf == "" { // a browser may drop one cookie and keep the others
		session.csrf = newCSRF()
		writeCSRF(w, session.csrf)
	}
	writeSession(w, http.StatusOK, response.GetUser(), session.csrf)
}

// signOut ends the session, or with ?all=true every session of the user. A session that is over is signed out already.
func (s *Sessions) signOut(w http.ResponseWriter, r *http.Request) {
	session, had := readCookies(r)
	if had {
		if err := s.checkPage(r, session); err != nil {
			failure.Write(w, err)
			return
		}
		if err := s.end(w, r, session, r.URL.Query().Get("all") == "true"); err != nil {
			failure.Write(w, err)
			return
		}
	}
	w.Header().Del("Set-Cookie") // of a renewal on the way
	clearCookies(w)
	w.Header().Set("Clear-Site-Data", `"cache"`) // pictures stay in it for a year otherwise
	w.WriteHeader(http.StatusNoContent)
}

func (s *Sessions) end(w http.ResponseWriter, r *http.Request, session kept, all bool) error {
	access, err := s.access(w, withoutCookies(r), session)
	if err != nil || access == "" {
		return err
	}
	_, err = s.accounts.SignOut(s.calling(w, r, session, access), &pb.SignOutRequest{All: all})
	s.renewals.forget(session)
	if status.Code(err) == codes.Unauthenticated {
		return nil
	}
	return err
}

// endQuietly signs out a session that another takes the place of; if that fails it ends by itself in time.
func (s *Sessions) endQuietly(r *http.Request, session kept) {
	if session.access != "" && s.now().Before(session.expires) {
		_, _ = s.accounts.SignOut(signedIn(host.Outgoing(r), session.access), &pb.SignOutRequest{})
	}
}

// admit reads the body of a request that begins a session.
func (s *Sessions) admit(w http.ResponseWriter, r *http.Request, into proto.Message) error {
	if err := s.checkSecure(r); err != nil {
		return err
	}
	if err := s.checkOrigin(r); err != nil {
		return err
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return failure.Invalid("the body has to be application/json") // what a form of another site cannot send
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostCredentials))
	if err != nil {
		return failure.TooLarge(err)
	}
	if err := protojson.Unmarshal(body, into); err != nil {
		return failure.Invalid("the body is no " + string(into.ProtoReflect().Descriptor().Name()))
	}
	return nil
}

func (s *Sessions) tooMany(userName string) error {
	if wait := s.perAccount.take(strings.ToLower(strings.TrimSpace(userName))); wait > 0 {
		return failure.Later("too many attempts for this account, try again later", wait)
	}
	return nil
}

func writeSession(w http.ResponseWriter, code int, user *pb.User, word string) {
	told, err := userJSON.Marshal(user)
	if err != nil {
		failure.Write(w, err)
		return
	}
	body, _ := json.Marshal(struct {
		User      json.RawMessage `json:"user"`
		CSRFToken string          `json:"csrfToken"`
	}{told, word})
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(body)
}

func withAuthorization(ctx context.Context, access string) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+access)
}
