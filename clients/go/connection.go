package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

// serviceConfig gives calls a deadline and tries again what was UNAVAILABLE, the one answer that is safe to repeat.
// Signing in and AppendUpload are not repeated blindly; WatchEvents has no end, and so no deadline.
const serviceConfig = `{
  "methodConfig": [
    {
      "name": [
        {"service": "tintype.v1.SearchService"},
        {"service": "tintype.v1.UploadService", "method": "CreateUpload"},
        {"service": "tintype.v1.UploadService", "method": "GetUpload"},
        {"service": "tintype.v1.UploadService", "method": "CompleteUpload"}
      ],
      "timeout": "30s",
      "retryPolicy": {
        "maxAttempts": 4,
        "initialBackoff": "0.1s",
        "maxBackoff": "1s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"]
      }
    },
    {"name": [{"service": "tintype.v1.AccountsService"}, {"service": "tintype.v1.UploadService"}], "timeout": "30s"}
  ]
}`

// dial makes a connection whose calls carry the credential, if there is one: by TLS, unless the server is on this machine.
func dial(address string, credential credentials.PerRPCCredentials) (*grpc.ClientConn, error) {
	transport := credentials.NewTLS(nil)
	if isLocal(address) {
		transport = insecure.NewCredentials()
	}
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(transport),
		grpc.WithDefaultServiceConfig(serviceConfig),
	}
	if credential != nil {
		options = append(options, grpc.WithPerRPCCredentials(credential))
	}
	return grpc.NewClient(address, options...)
}

// isLocal says whether nothing that is sent leaves this machine, so that it may be plain text.
func isLocal(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && (host == "localhost" || net.ParseIP(host).IsLoopback())
}

// reasonOf is the machine-readable cause of a failed call: a value of ErrorReason without its prefix, or nothing.
func reasonOf(err error) string {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok && info.GetDomain() == "tintype" {
			return info.GetReason()
		}
	}
	return ""
}

func isUnavailable(err error) bool {
	return status.Code(err) == codes.Unavailable
}

// explain says what went wrong, with the reason where the server gave one.
func explain(err error) string {
	if reason := reasonOf(err); reason != "" {
		return fmt.Sprintf("%s: %s", reason, status.Convert(err).Message())
	}
	return err.Error()
}

// pause waits, but not longer than the context lives.
func pause(ctx context.Context, wait time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(wait):
	}
}
