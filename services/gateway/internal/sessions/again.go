package sessions

import (
	"context"
	"net/http"

	"google.golang.org/grpc"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/failure"
)

// offered is the session whose access token a call offers to the host, and the request that the call is made for.
type offered struct {
	sessions *Sessions
	answer   http.ResponseWriter
	request  *http.Request // without a credential
	session  kept
}

type offeredKey struct{}

func withOffered(ctx context.Context, session *offered) context.Context {
	return context.WithValue(ctx, offeredKey{}, session)
}

// Again belongs on the connection to the host. A call whose access token the host does not take is made once more with
// the one that follows: when a token ends is for the host's clock to say, and ours, or that of the bridge which gave the
// browser its cookies, may go wrong. The host looks at the token before it does anything, so that twice is safe.
func Again(ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker,
	options ...grpc.CallOption,
) error {
	refused := invoke(ctx, method, request, reply, conn, options...)
	from, ours := ctx.Value(offeredKey{}).(*offered)
	if !ours || !failure.Is(refused, pb.ErrorReason_ERROR_REASON_CREDENTIAL_INVALID) {
		return refused
	}
	access, err := from.sessions.next(from.answer, from.request, from.session)
	switch {
	case err != nil:
		return err
	case access == "":
		return refused
	}
	return invoke(signedIn(ctx, access), method, request, reply, conn, options...)
}
