package rest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
)

// library answers every call with nothing, or as told, and keeps what it was asked.
type library struct {
	grpc.ClientConnInterface
	method   string
	request  proto.Message
	metadata metadata.MD
	answer   func(reply proto.Message) error
}

func (l *library) Invoke(ctx context.Context, method string, request, reply any, _ ...grpc.CallOption) error {
	l.method, l.request = method, request.(proto.Message)
	l.metadata, _ = metadata.FromOutgoingContext(ctx)
	if l.answer != nil {
		return l.answer(reply.(proto.Message))
	}
	return nil
}

// ask sends one request to the bridge over `of`.
func ask(t *testing.T, of *library, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	handler, err := New(of, "")
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	if body == "" {
		request = httptest.NewRequest(method, path, http.NoBody)
	} else {
		request.Header.Set("Content-Type", "application/json")
	}
	for at := 0; at < len(headers); at += 2 {
		request.Header.Set(headers[at], headers[at+1])
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	return answer
}
