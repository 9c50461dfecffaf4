package rest

import (
	"context"
	"net/http"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/failure"
	"tintype.dev/gateway/internal/host"
)

// errMethod is a call of an address by a method that it does not take.
var errMethod = failure.New(codes.Unimplemented, pb.ErrorReason_ERROR_REASON_METHOD_NOT_ALLOWED,
	"this address takes other methods: see Allow")

// checked is the connection, as the routes see it: what grpc-gateway made of a request is checked against the request
// and completed before it is sent.
type checked struct {
	grpc.ClientConnInterface
	bindings bindings
}

// Invoke makes a call for the request in `ctx`, with that request's credential.
func (c *checked) Invoke(ctx context.Context, fullMethod string, request, reply any, options ...grpc.CallOption) error {
	came := requestOf(ctx)
	bound, ok := c.bindings.of(fullMethod, methodOf(came))
	if !ok {
		return errMethod
	}
	if !bound.path.MatchString(came.URL.Path) && c.bindings.allowed(came.URL.Path) != "" {
		return errMethod // grpc-gateway took a verb that another method has for the end of an id
	}
	if err := bound.prepare(came, request.(proto.Message).ProtoReflect()); err != nil {
		return err
	}
	told, _ := metadata.FromOutgoingContext(host.Outgoing(came))
	return c.ClientConnInterface.Invoke(metadata.NewOutgoingContext(ctx, told), fullMethod, request, reply, options...)
}

// NewStream refuses: streams are served elsewhere, and each says why in Elsewhere.
func (c *checked) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, failure.New(codes.Unimplemented, pb.ErrorReason_ERROR_REASON_METHOD_NOT_ALLOWED, "a stream has no such route")
}

func methodOf(r *http.Request) string {
	if r.Method == http.MethodHead {
		return http.MethodGet
	}
	return r.Method
}
