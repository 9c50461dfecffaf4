// Package rest answers the calls of the contract as REST: JSON of grpc-gateway, made strict, with etags and right codes.
package rest

import (
	"compress/gzip"
	"context"
	"errors"
	"mime"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/klauspost/compress/gzhttp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/failure"
)

type requestKey struct{}

// worthIt is from how many bytes on an answer is compressed: a page of photos gets to a tenth within a millisecond or two;
// a single photo fits into the packets that are sent anyway.
const worthIt = 8 << 10

// New makes the handler of /v1/ over a connection to the library. `origin` is what browsers see of the bridge, such as
// https://photos.example.org; empty where that is each request's own host.
func New(conn grpc.ClientConnInterface, origin string) (http.Handler, error) {
	bindings, err := bindingsOfContract()
	if err != nil {
		return nil, err
	}
	mux := runtime.NewServeMux(
		runtime.WithMarshalerOption(runtime.MIMEWildcard, newCodec()),
		runtime.SetQueryParameterParser(&queries{}),
		runtime.WithIncomingHeaderMatcher(nothing), // what the library is told of a request is internal/host's to say
		runtime.WithOutgoingHeaderMatcher(nothing),
		runtime.WithForwardResponseOption(tagged),
		runtime.WithForwardResponseOption(addressed(origin)),
		runtime.WithErrorHandler(failing(bindings)),
		runtime.WithRoutingErrorHandler(unrouted(bindings)),
		runtime.WithDisablePathLengthFallback(), // a POST never turns into a GET
		runtime.WithDisableHTTPMethodOverride(),
	)
	if err := register(mux, &checked{ClientConnInterface: conn, bindings: bindings}); err != nil {
		return nil, err
	}
	compressed, err := gzhttp.NewWrapper(gzhttp.MinSize(worthIt), gzhttp.CompressionLevel(gzip.BestSpeed))
	if err != nil {
		return nil, err
	}
	return compressed(remembered(mux)), nil
}

// remembered lets what is called deeper down see the request as it came. HEAD is a GET whose body is not sent.
func remembered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); r.ContentLength != 0 && kind != "application/json" {
			failure.Write(w, failure.New(codes.InvalidArgument, pb.ErrorReason_ERROR_REASON_CONTENT_TYPE_INVALID,
				"a body has to be JSON, with the header Content-Type: application/json"))
			return
		}
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, r))
		if r.Method == http.MethodHead {
			r.Method = http.MethodGet
		}
		next.ServeHTTP(w, r)
	})
}

// requestOf is the request that a call is made for.
func requestOf(ctx context.Context) *http.Request {
	return ctx.Value(requestKey{}).(*http.Request)
}

func nothing(string) (string, bool) { return "", false }

// failing answers with what went wrong; grpc-gateway's own complaints get a reason too.
func failing(bindings bindings) runtime.ErrorHandlerFunc {
	return func(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, err error) {
		if errors.Is(err, errMethod) {
			w.Header().Set("Allow", bindings.allowed(r.URL.Path))
		}
		if status.Code(err) == codes.InvalidArgument && failure.ReasonOf(err) == "" {
			said := plain(status.Convert(err).Message())
			err = failure.Invalid(said)
			if cut := new(http.MaxBytesError); said == cut.Error() { // grpc-gateway keeps no more of it than its words
				err = failure.TooLarge(cut)
			}
		}
		failure.Write(w, err)
	}
}

// unrouted answers 404 and 405 as a Status, where grpc-gateway alone says 501 for the latter.
func unrouted(bindings bindings) runtime.RoutingErrorHandlerFunc {
	return func(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, code int) {
		allowed := bindings.allowed(r.URL.Path)
		switch {
		case code == http.StatusMethodNotAllowed, code == http.StatusNotFound && allowed != "": // served by another package
			w.Header().Set("Allow", allowed)
			failure.Write(w, errMethod)
		case code == http.StatusNotFound:
			failure.Write(w, failure.New(codes.NotFound, pb.ErrorReason_ERROR_REASON_NOT_FOUND,
				"the contract has no such address: see /openapi.json"))
		default:
			failure.Write(w, failure.Invalid("the address cannot be read"))
		}
	}
}
