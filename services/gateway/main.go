// Command tintype-gateway is the REST bridge: it turns HTTP and JSON into calls of the library, and holds no rule of its own.
package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"tintype.dev/gateway/internal/docs"
	"tintype.dev/gateway/internal/edge"
	"tintype.dev/gateway/internal/health"
	"tintype.dev/gateway/internal/host"
	"tintype.dev/gateway/internal/rest"
	"tintype.dev/gateway/internal/settings"
	"tintype.dev/gateway/internal/web"
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	set, err := settings.Read(os.LookupEnv)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if set.EndsWithStdin {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			stop()
		}()
	}
	if err := serve(ctx, set, log); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve listens until `ctx` ends, and then lets what is under way end.
func serve(ctx context.Context, set settings.Settings, log *slog.Logger) error {
	var secured *tls.Config
	if set.TLSCertificate != "" {
		var err error
		if secured, err = edge.TLS(set.TLSCertificate, set.TLSKey); err != nil {
			return err
		}
	}
	draining := make(chan struct{})
	handler, err := handlerOf(set, draining, log)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", set.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen (TINTYPE_GATEWAY_LISTEN): %w", err)
	}
	address := fmt.Sprintf("%s://%s", scheme(secured), listener.Addr())
	if err := announce(set.ReadyFile, address); err != nil {
		return err
	}
	log.Info("serving", "address", address)
	server := &edge.Server{Handler: handler, TLS: secured, Drain: set.Linger, Grace: set.Drain, Draining: draining, Log: log}
	return server.Serve(ctx, listener)
}

// announce tells whoever started the bridge where it listens: connections wait from here on, none is refused.
func announce(file, address string) error {
	if file == "" {
		return nil
	}
	stated, err := json.Marshal(map[string]any{"address": address, "pid": os.Getpid()})
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".new", stated, 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file) // whole or not at all
}

func scheme(secured *tls.Config) string {
	if secured != nil {
		return "https"
	}
	return "http"
}

// handlerOf wires everything that the bridge serves.
func handlerOf(set settings.Settings, draining chan struct{}, log *slog.Logger) (http.Handler, error) {
	conn, err := host.Dial(hostOptions(set))
	if err != nil {
		return nil, err
	}
	contract, err := rest.New(conn, set.Origin)
	if err != nil {
		return nil, err
	}
	routes := http.NewServeMux()
	browsers := newSessions(conn, set)
	calls := browsers.Authenticated(edge.Bounded(set.BodyBytes, set.Timeout, contract))
	routes.Handle("/v1/", calls)
	mountSessions(routes, browsers, set, calls)
	if err := mountStreams(routes, conn, set, browsers, draining, log); err != nil {
		return nil, err
	}
	docs.Mount(routes)
	health.New(conn, draining).Mount(routes, browsers.Authenticated)
	routes.Handle("GET /settings.json", web.Stated(map[string]any{"tiles": tilesOf(set)}))
	routes.Handle("/", gallery(set.Gallery))
	return edge.FromClient(set.TrustedProxies, edge.Logged(log, edge.Secured(set.PictureOrigins(), routes))), nil
}

// tilesOf is what the gallery is told of map tiles; null where there are none.
func tilesOf(set settings.Settings) *settings.Tiles {
	if set.Tiles.URL == "" {
		return nil
	}
	return &set.Tiles
}

// gallery serves the built gallery; without one the first page is that of the calls.
func gallery(folder string) http.Handler {
	if folder == "" {
		return http.RedirectHandler("/docs/", http.StatusTemporaryRedirect)
	}
	return web.Gallery(os.DirFS(folder))
}
