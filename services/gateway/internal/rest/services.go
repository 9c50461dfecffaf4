package rest

import (
	"context"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "tintype.dev/gateway/gen/tintype/v1"
)

// Elsewhere has the RPCs that no route of this package leads to, and why. A test holds the contract against it: every
// other RPC must answer here, save those between the library's own processes (scope `internal`).
var Elsewhere = map[protoreflect.FullName]string{
	"tintype.v1.EventService.WatchEvents":        "a stream without end: internal/feed sends it as server-sent events",
	"tintype.v1.MediaService.Download":           "bytes: internal/media takes them from the host's HTTP port",
	"tintype.v1.OperationService.WatchOperation": "a stream: a browser asks GetOperation again, which is cheap",
	"tintype.v1.UploadService.AppendUpload":      "bytes: internal/tusupload takes them by tus",
	"tintype.v1.UploadService.UploadPhoto":       "bytes: internal/multipartupload takes them as a form",
}

// register makes the routes of every service that has any.
func register(mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
	ctx := context.Background()
	for _, err := range []error{
		pb.RegisterAccountsServiceHandlerClient(ctx, mux, pb.NewAccountsServiceClient(conn)),
		pb.RegisterAdminServiceHandlerClient(ctx, mux, pb.NewAdminServiceClient(conn)),
		pb.RegisterAlbumServiceHandlerClient(ctx, mux, pb.NewAlbumServiceClient(conn)),
		pb.RegisterCatalogServiceHandlerClient(ctx, mux, pb.NewCatalogServiceClient(conn)),
		pb.RegisterEmbedServiceHandlerClient(ctx, mux, pb.NewEmbedServiceClient(conn)),
		pb.RegisterEventServiceHandlerClient(ctx, mux, pb.NewEventServiceClient(conn)),
		pb.RegisterMediaServiceHandlerClient(ctx, mux, pb.NewMediaServiceClient(conn)),
		pb.RegisterOperationServiceHandlerClient(ctx, mux, pb.NewOperationServiceClient(conn)),
		pb.RegisterSearchServiceHandlerClient(ctx, mux, pb.NewSearchServiceClient(conn)),
		pb.RegisterUploadServiceHandlerClient(ctx, mux, pb.NewUploadServiceClient(conn)),
		pb.RegisterUsersServiceHandlerClient(ctx, mux, pb.NewUsersServiceClient(conn)),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}
