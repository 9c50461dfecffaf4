package main

import (
	"log/slog"
	"net/http"
	"time"

	"google.golang.org/grpc"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/edge"
	"tintype.dev/gateway/internal/feed"
	"tintype.dev/gateway/internal/host"
	"tintype.dev/gateway/internal/media"
	"tintype.dev/gateway/internal/multipartupload"
	"tintype.dev/gateway/internal/sessions"
	"tintype.dev/gateway/internal/settings"
	"tintype.dev/gateway/internal/tusupload"
	"tintype.dev/gateway/internal/zipdownload"
)

// silence is how long a line may be quiet in the midst of a file before it is taken for dead.
const silence = time.Minute

// hostOptions say how the host is reached.
func hostOptions(set settings.Settings) host.Options {
	return host.Options{
		Address: set.Host, HTTP: set.HostHTTP, Cap: set.Timeout,
		TLS: set.HostTLS(), CAFile: set.HostCA, Name: set.HostName,
		Cert: set.HostCertificate, Key: set.HostKey,
		Unary: []grpc.UnaryClientInterceptor{sessions.Again},
	}
}

// newSessions are the browsers' sessions.
func newSessions(conn grpc.ClientConnInterface, set settings.Settings) *sessions.Sessions {
	return sessions.New(sessions.Options{
		Accounts:   pb.NewAccountsServiceClient(conn),
		Origin:     set.Origin,
		PerAddress: sessions.Rate{PerMinute: float64(set.SignInsPerAddress), Burst: set.SignInsPerAddress},
		PerAccount: sessions.Rate{PerMinute: float64(set.SignInsPerAccount), Burst: set.SignInsPerAccount},
		Now:        time.Now,
	})
}

// mountSessions adds signing in and out, which no session stands before, and slows down the calls that do the same.
func mountSessions(routes *http.ServeMux, browsers *sessions.Sessions, set settings.Settings, calls http.Handler) {
	bounded := edge.Bounded(set.BodyBytes, set.Timeout, browsers.Handler())
	routes.Handle("/session", bounded)
	routes.Handle("/session/", bounded)
	routes.Handle("POST /v1/signIn", browsers.Throttled(calls))
	routes.Handle("POST /v1/signUp", browsers.Throttled(calls))
}

// mountStreams adds what is no plain call: files on their way in and out, and events.
func mountStreams(routes *http.ServeMux, conn grpc.ClientConnInterface, set settings.Settings, browsers *sessions.Sessions,
	draining <-chan struct{}, log *slog.Logger,
) error {
	transport, err := host.Transport(hostOptions(set))
	if err != nil {
		return err
	}
	pictures := media.New(media.Options{
		Media: pb.NewMediaServiceClient(conn), HTTP: set.HostHTTP, Transport: transport, Log: log,
	})
	uploads := pb.NewUploadServiceClient(conn)
	tus, err := tusupload.Handler(tusupload.Options{Uploads: uploads, Most: set.UploadBytes, Silence: silence})
	if err != nil {
		return err
	}
	form := multipartupload.Handler(multipartupload.Options{Uploads: uploads})
	events := feed.Handler(feed.Options{Events: pb.NewEventServiceClient(conn)})
	routes.Handle("GET /media/{token}", edge.Flowing(0, silence, pictures.Signed()))
	routes.Handle("GET /v1/photos/{photo_id}/media/{variant}",
		browsers.Authenticated(edge.Flowing(0, silence, pictures.Stable())))
	zips := zipdownload.Handler(zipdownload.Options{
		Catalog: pb.NewCatalogServiceClient(conn), Media: pb.NewMediaServiceClient(conn), Now: time.Now,
	})
	routes.Handle("GET "+zipdownload.Path, browsers.Authenticated(edge.Flowing(0, silence, zips)))
	routes.Handle(tusupload.Path, browsers.Authenticated(edge.Flowing(set.UploadBytes, silence, tus)))
	routes.Handle("POST /v1/photos", browsers.Authenticated(edge.Flowing(set.UploadBytes+formBytes, silence, form)))
	routes.Handle("GET /v1/events:watch", browsers.Authenticated(edge.Endless(draining, events)))
	return nil
}

// formBytes is what a form may have around its file.
const formBytes = 64 << 10
