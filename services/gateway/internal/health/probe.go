package health

import (
	"context"
	"net/http"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/host"
)

// probes are a cheap call of each service that may run in a process of its own; what it answers does not matter.
var probes = map[string]struct {
	method         string
	request, reply func() proto.Message
}{
	"tintype.v1.AccountsService": {
		pb.AccountsService_GetSignUp_FullMethodName,
		func() proto.Message { return &pb.GetSignUpRequest{} }, func() proto.Message { return &pb.GetSignUpResponse{} },
	},
	"tintype.v1.CatalogService": {
		pb.CatalogService_GetUsage_FullMethodName,
		func() proto.Message { return &pb.GetUsageRequest{} }, func() proto.Message { return &pb.GetUsageResponse{} },
	},
	"tintype.v1.UploadService": {
		pb.UploadService_GetUpload_FullMethodName,
		func() proto.Message { return &pb.GetUploadRequest{UploadId: "none"} },
		func() proto.Message { return &pb.GetUploadResponse{} },
	},
	"tintype.v1.SearchService": {
		pb.SearchService_GetIndexStatus_FullMethodName,
		func() proto.Message { return &pb.GetIndexStatusRequest{} },
		func() proto.Message { return &pb.GetIndexStatusResponse{} },
	},
	"tintype.v1.EmbedService": {
		pb.EmbedService_EmbedText_FullMethodName,
		func() proto.Message { return &pb.EmbedTextRequest{Texts: []string{"sea"}} },
		func() proto.Message { return &pb.EmbedTextResponse{} },
	},
}

// probe calls a service through the process that passes calls on to it, with the visitor's credential.
func (h *Health) probe(r *http.Request, service string) (state, because string) {
	each, known := probes[service]
	if !known {
		return unknown, "another process serves it"
	}
	ctx, cancel := context.WithTimeout(host.Outgoing(r), patience)
	defer cancel()
	switch err := h.conn.Invoke(ctx, each.method, each.request(), each.reply()); status.Code(err) {
	case codes.Unimplemented:
		return fails, "this part is not started"
	case codes.Unavailable, codes.DeadlineExceeded:
		return fails, "its process does not answer"
	case codes.Unauthenticated:
		return unknown, "another process serves it: sign in to have it asked"
	}
	return works, ""
}
