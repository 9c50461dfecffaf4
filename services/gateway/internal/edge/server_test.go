package edge_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"tintype.dev/gateway/internal/edge"
)

func TestADrainLetsCallsEndAndCutsWhatIsLeft(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	begun, draining := make(chan struct{}), make(chan struct{})
	routes := http.NewServeMux()
	routes.HandleFunc("/slow", func(w http.ResponseWriter, _ *http.Request) {
		begun <- struct{}{}
		<-draining
		_, _ = io.WriteString(w, "done")
	})
	routes.Handle("/endless", edge.Endless(draining, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		begun <- struct{}{}
		<-r.Context().Done()
	})))
	server := &edge.Server{Handler: routes, Grace: time.Minute, Draining: draining, Log: slog.New(slog.DiscardHandler)}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, listener) }()
	answers := make(chan string, 2)
	for _, path := range []string{"/slow", "/endless"} {
		go func() {
			answer, err := http.Get("http://" + listener.Addr().String() + path)
			if err != nil {
				answers <- err.Error()
				return
			}
			body, _ := io.ReadAll(answer.Body)
			answers <- string(body)
		}()
	}
	<-begun
	<-begun
	stop()
	if got := []string{<-answers, <-answers}; strings.Join(got, "") != "done" {
		t.Error(got)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
