// Package hosttest is a host in the test's own process, of which a test writes the services that it needs.
package hosttest

import (
	"context"
	"net"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/test/bufconn"
)

// Serve serves what `register` adds until the test ends, and connects to it.
func Serve(t *testing.T, register func(grpc.ServiceRegistrar), options ...grpc.DialOption) *grpc.ClientConn {
	t.Helper()
	pipe := bufconn.Listen(1 << 20)
	server := grpc.NewServer()
	register(server)
	go func() { _ = server.Serve(pipe) }()
	conn, err := grpc.NewClient("passthrough:///host", append(options,
		grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) { return pipe.Dial() }),
		grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		server.Stop()
	})
	return conn
}

// Said is what a call brought in its metadata under a name.
func Said(ctx context.Context, name string) string {
	pairs, _ := metadata.FromIncomingContext(ctx)
	if values := pairs.Get(name); len(values) > 0 {
		return values[len(values)-1]
	}
	return ""
}
