package host_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/host"
)

func TestTheHostIsToldWhoCallsAndNothingElse(t *testing.T) {
	request := httptest.NewRequest("GET", "/", nil)
	request.RemoteAddr = "203.0.113.9:0"
	for name, value := range map[string]string{
		"Authorization": "Bearer mine", "X-Request-Id": "r-1", "Cookie": "secret", "X-Forwarded-For": "6.6.6.6",
	} {
		request.Header.Set(name, value)
	}
	told, _ := metadata.FromOutgoingContext(host.Outgoing(request))
	for name, want := range map[string]string{
		"authorization": "Bearer mine", "x-request-id": "r-1", "x-forwarded-for": "203.0.113.9",
	} {
		if got := told.Get(name); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q instead of %q", name, got, want)
		}
	}
	if len(told) != 3 {
		t.Error(told)
	}
}

// accounts notes how long it was given.
type accounts struct {
	pb.UnimplementedAccountsServiceServer
	within time.Duration
}

func (a *accounts) GetSignUp(ctx context.Context, _ *pb.GetSignUpRequest) (*pb.GetSignUpResponse, error) {
	until, _ := ctx.Deadline()
	a.within = time.Until(until)
	return &pb.GetSignUpResponse{}, nil
}

func TestAHostWithTLSIsSpokenToAndShownACertificate(t *testing.T) {
	folder := t.TempDir()
	cert, key := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	pair := certify(t, cert, key)
	authority := x509.NewCertPool()
	authority.AddCert(pair.Leaf)
	config := &tls.Config{
		Certificates: []tls.Certificate{pair}, ClientCAs: authority, ClientAuth: tls.RequireAndVerifyClientCert,
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := &accounts{}
	server := grpc.NewServer(grpc.Creds(credentials.NewTLS(config)))
	pb.RegisterAccountsServiceServer(server, served)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	options := host.Options{
		Address: listener.Addr().String(), HTTP: &url.URL{Scheme: "https", Host: "host"}, TLS: true,
		CAFile: cert, Cert: cert, Key: key, Name: "library.example", Cap: 7 * time.Second,
	}
	if err := ask(t, options); err != nil {
		t.Error(err)
	}
	if served.within > 7*time.Second || served.within < time.Second {
		t.Error("a call without a deadline was given", served.within)
	}
	options.Name = "another.example"
	if status.Code(ask(t, options)) != codes.Unavailable {
		t.Error("a certificate for another name was believed")
	}
	options.Name, options.Cert = "library.example", ""
	if status.Code(ask(t, options)) != codes.Unavailable {
		t.Error("the host was not shown a certificate, and did not mind")
	}
}

func TestFilesThatAreNoCertificatesAreToldAtTheStart(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	secure := &url.URL{Scheme: "https", Host: "host"}
	for _, options := range []host.Options{
		{TLS: true, HTTP: secure, CAFile: empty}, {TLS: true, HTTP: secure, CAFile: empty + ".absent"},
		{TLS: true, HTTP: secure, Cert: empty, Key: empty},
	} {
		if _, err := host.Dial(options); err == nil {
			t.Error("gRPC takes", options)
		}
		if _, err := host.Transport(options); err == nil {
			t.Error("HTTP takes", options)
		}
	}
}

func ask(t *testing.T, options host.Options) error {
	t.Helper()
	conn, err := host.Dial(options)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = pb.NewAccountsServiceClient(conn).GetSignUp(context.Background(), &pb.GetSignUpRequest{})
	return err
}

// certify writes a certificate that is its own authority, for the name library.example.
func certify(t *testing.T, cert, key string) tls.Certificate {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"library.example"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	made, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{
		cert: {Type: "CERTIFICATE", Bytes: made}, key: {Type: "PRIVATE KEY", Bytes: secret},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}
