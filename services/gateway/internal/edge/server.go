package edge

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

const (
	headersWithin = 10 * time.Second
	idleAfter     = 2 * time.Minute
	largestHeader = 64 << 10
)

// Server serves until it is told to stop, and then lets what is under way end.
type Server struct {
	Handler  http.Handler
	TLS      *tls.Config   // nil for plain HTTP
	Drain    time.Duration // how long balancers get to see that it is not ready before connections are refused
	Grace    time.Duration // how long requests in flight may still take
	Draining chan struct{} // closed when the drain begins: not ready, and endless streams end
	Log      *slog.Logger
}

// Serve serves on `listener` until `ctx` ends, drains, and returns. What is left after the grace is cut off.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler:           usually(s.Handler),
		TLSConfig:         s.TLS,
		ReadHeaderTimeout: headersWithin,
		IdleTimeout:       idleAfter,
		MaxHeaderBytes:    largestHeader,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug), // strangers' broken handshakes
	}
	ended := make(chan error, 1)
	go func() {
		if s.TLS != nil {
			ended <- server.ServeTLS(listener, "", "")
			return
		}
		ended <- server.Serve(listener)
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	close(s.Draining)
	pause(s.Drain)
	grace, cancel := context.WithTimeout(context.Background(), s.Grace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		s.Log.Warn("drain_cut_off")
		_ = server.Close()
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func pause(long time.Duration) {
	if long > 0 {
		time.Sleep(long)
	}
}
