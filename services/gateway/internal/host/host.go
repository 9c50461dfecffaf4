// Package host is the way to the library itself: one gRPC connection, its HTTP port, and what both are told of a caller.
package host

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
)

const (
	window      = 4 << 20 // bytes on their way in one stream: downloads stall on the default of 64 KiB
	largest     = 8 << 20 // of one message
	idleAfter   = 2 * time.Minute
	pingAfter   = time.Minute // the host ends connections that ping more often than every 30 s
	pingAnswer  = 20 * time.Second
	firstAnswer = 30 * time.Second // the host's HTTP port opens the file before it answers
)

// passedOn are the headers of a request that the host is told, as metadata of the same name.
var passedOn = []string{"authorization", "x-api-key", "x-request-id", "traceparent", "tracestate"}

// Options say where the host is and how it is spoken to.
type Options struct {
	Address string        // of gRPC, host:port
	HTTP    *url.URL      // the base of its HTTP port
	TLS     bool          // speak TLS with both
	CAFile  string        // what the host is checked against; empty takes the system's authorities
	Cert    string        // what the bridge shows of itself, and its key; empty shows nothing
	Key     string        //
	Name    string        // the name that the host's certificate is for, if not that of its address
	Cap     time.Duration // for unary calls that bring no deadline
	Unary   []grpc.UnaryClientInterceptor
}

// Dial makes the one connection of the bridge; it connects when it is first used, and again whenever it broke.
func Dial(o Options) (*grpc.ClientConn, error) {
	secured := insecure.NewCredentials()
	if o.TLS {
		config, err := o.tls()
		if err != nil {
			return nil, err
		}
		secured = credentials.NewTLS(config)
	}
	return grpc.NewClient(o.Address,
		grpc.WithTransportCredentials(secured),
		grpc.WithInitialWindowSize(window), grpc.WithInitialConnWindowSize(2*window),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(largest), grpc.MaxCallSendMsgSize(largest)),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: pingAfter, Timeout: pingAnswer}),
		grpc.WithChainUnaryInterceptor(append([]grpc.UnaryClientInterceptor{capped(o.Cap)}, o.Unary...)...),
	)
}

// Transport reaches the host's HTTP port.
func Transport(o Options) (*http.Transport, error) {
	transport := &http.Transport{
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		MaxIdleConnsPerHost:   64, // a page asks for that many thumbnails at once
		IdleConnTimeout:       idleAfter,
		ResponseHeaderTimeout: firstAnswer,
		DisableCompression:    true, // pictures are compressed, and a range is one of the bytes as they are
	}
	if o.HTTP != nil && o.HTTP.Scheme == "https" {
		config, err := o.tls()
		if err != nil {
			return nil, err
		}
		transport.TLSClientConfig = config
	}
	return transport, nil
}

// Outgoing is the context of a call on behalf of a request: its credential, its id and the address that it came from.
func Outgoing(r *http.Request) context.Context {
	pairs := make([]string, 0, 2*len(passedOn)+2)
	for _, name := range passedOn {
		if value := r.Header.Get(name); value != "" {
			pairs = append(pairs, name, value)
		}
	}
	if address, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		pairs = append(pairs, "x-forwarded-for", address)
	}
	return metadata.AppendToOutgoingContext(r.Context(), pairs...)
}

func capped(most time.Duration) grpc.UnaryClientInterceptor {
	return func(ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, next grpc.UnaryInvoker,
		options ...grpc.CallOption,
	) error {
		if _, bounded := ctx.Deadline(); !bounded && most > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, most)
			defer cancel()
		}
		return next(ctx, method, request, reply, conn, options...)
	}
}

func (o Options) tls() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: o.Name}
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, fmt.Errorf("the authority of the host cannot be read: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, errors.New("the file of the host's authority holds no certificate")
		}
	}
	if o.Cert != "" {
		if _, err := tls.LoadX509KeyPair(o.Cert, o.Key); err != nil {
			return nil, fmt.Errorf("the certificate for the host cannot be used: %w", err)
		}
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			pair, err := tls.LoadX509KeyPair(o.Cert, o.Key) // each time, so that a renewed one needs no restart
			return &pair, err
		}
	}
	return config, nil
}
