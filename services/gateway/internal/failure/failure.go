// Package failure says what went wrong as google.rpc.Status in JSON, the same for every kind of route.
package failure

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	pb "tintype.dev/gateway/gen/tintype/v1"
)

const (
	domain = "tintype"
	prefix = "ERROR_REASON_"
	shrug  = `{"code":13,"message":"internal error"}`
)

// Reason of the contract, by a shorter name.
type Reason = pb.ErrorReason

// New is a failure of the bridge itself, in the form of those of the host.
func New(code codes.Code, reason Reason, message string, more ...protoadapt.MessageV1) error {
	info := &errdetails.ErrorInfo{Reason: strings.TrimPrefix(reason.String(), prefix), Domain: domain}
	told, err := status.New(code, message).WithDetails(append([]protoadapt.MessageV1{info}, more...)...)
	if err != nil {
		return status.Error(code, message)
	}
	return told.Err()
}

// Invalid is a request that cannot be understood.
func Invalid(message string) error {
	return New(codes.InvalidArgument, pb.ErrorReason_ERROR_REASON_INVALID_ARGUMENT, message)
}

// Later is a request that comes too soon; the caller may come back after the pause.
func Later(message string, pause time.Duration) error {
	retry := &errdetails.RetryInfo{RetryDelay: durationpb.New(pause)}
	return New(codes.ResourceExhausted, pb.ErrorReason_ERROR_REASON_RATE_LIMITED, message, retry)
}

// TooLarge tells a body that was cut off from one that broke.
func TooLarge(err error) error {
	var cut *http.MaxBytesError
	if !errors.As(err, &cut) {
		return Invalid("the body could not be read")
	}
	return New(codes.ResourceExhausted, pb.ErrorReason_ERROR_REASON_FILE_TOO_LARGE, "the body is too large")
}

// ReasonOf is the reason that a failure states; empty if it states none.
func ReasonOf(err error) string {
	if info := detail[*errdetails.ErrorInfo](err); info != nil {
		return info.GetReason()
	}
	return ""
}

// Is says whether a failure states this reason.
func Is(err error, reason Reason) bool {
	return ReasonOf(err) == strings.TrimPrefix(reason.String(), prefix)
}

// StatusOf is the HTTP status of a failure.
func StatusOf(err error) int {
	if said, ok := byReason[ReasonOf(err)]; ok {
		return said
	}
	return runtime.HTTPStatusFromCode(status.Code(err))
}

// Where HTTP has a better word than the code of gRPC.
var byReason = map[string]int{
	"CONTENT_TYPE_INVALID": http.StatusUnsupportedMediaType,
	"ETAG_MISMATCH":        http.StatusPreconditionFailed,
	"METHOD_NOT_ALLOWED":   http.StatusMethodNotAllowed,
	"UNSUPPORTED_MEDIA":    http.StatusUnsupportedMediaType,
	"FILE_TOO_LARGE":       http.StatusRequestEntityTooLarge,
	"QUOTA_EXCEEDED":       http.StatusRequestEntityTooLarge,
}

// Body is a failure as JSON. What is no status of the contract is told as "internal error" and nothing else.
func Body(err error) []byte {
	told, ok := status.FromError(err)
	if !ok {
		return []byte(shrug)
	}
	message := proto.Clone(told.Proto())
	body, err := protojson.Marshal(message)
	if err != nil { // a detail of a type that is not linked in
		return []byte(shrug)
	}
	return body
}

// Write answers with a failure.
func Write(w http.ResponseWriter, err error) {
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", "no-store")
	if retry := detail[*errdetails.RetryInfo](err); retry != nil {
		header.Set("Retry-After", strconv.Itoa(int(retry.GetRetryDelay().AsDuration().Seconds()+1)))
	}
	code := StatusOf(err)
	if code == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", "Bearer") // RFC 9110 wants one with every 401
	}
	w.WriteHeader(code)
	_, _ = w.Write(Body(err))
}

func detail[T any](err error) T {
	var none T
	told, ok := status.FromError(err)
	if !ok {
		return none
	}
	for _, each := range told.Details() {
		if found, ok := each.(T); ok {
			return found
		}
	}
	return none
}
