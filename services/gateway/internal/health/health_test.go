package health

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// front is a process that knows of catalog and accounts alone, and passes other calls on.
type front struct {
	grpc.ClientConnInterface
	search codes.Code // what comes back from the process of search
}

func (f front) Invoke(ctx context.Context, method string, request, reply any, _ ...grpc.CallOption) error {
	check, asked := request.(*grpc_health_v1.HealthCheckRequest)
	told, _ := metadata.FromOutgoingContext(ctx)
	switch {
	case asked && strings.Contains("tintype.v1.CatalogService tintype.v1.AccountsService", check.GetService()):
		reply.(*grpc_health_v1.HealthCheckResponse).Status = grpc_health_v1.HealthCheckResponse_SERVING
		return nil
	case asked:
		return status.Error(codes.NotFound, "unknown service")
	case len(told.Get("authorization")) == 0:
		return status.Error(codes.Unauthenticated, "who?")
	case strings.Contains(method, "SearchService") && f.search != codes.OK:
		return status.Error(f.search, "away")
	}
	return nil
}

func stateOfSearch(t *testing.T, search codes.Code, credential string) (string, int) {
	t.Helper()
	routes := http.NewServeMux()
	New(front{search: search}, make(chan struct{})).Mount(routes, func(next http.Handler) http.Handler { return next })
	request := httptest.NewRequest("GET", "/health.json", http.NoBody)
	if credential != "" {
		request.Header.Set("Authorization", credential)
	}
	answer := httptest.NewRecorder()
	routes.ServeHTTP(answer, request)
	var report Report
	if err := json.Unmarshal(answer.Body.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	for _, each := range report.Capabilities {
		if each.Name == "search" {
			return each.State, answer.Code
		}
	}
	t.Fatal("the report does not speak of search")
	return "", 0
}

func TestWhatAnotherProcessServesIsAskedWithTheVisitorsCredential(t *testing.T) {
	for _, each := range []struct {
		search     codes.Code
		credential string
		state      string
		code       int
	}{
		{codes.OK, "Bearer t", works, 200},
		{codes.PermissionDenied, "Bearer t", works, 200}, // it answered
		{codes.Unavailable, "Bearer t", fails, 503},
		{codes.Unimplemented, "Bearer t", fails, 503},
		{codes.OK, "", unknown, 200},
	} {
		if state, code := stateOfSearch(t, each.search, each.credential); state != each.state || code != each.code {
			t.Errorf("%v with %q: %s %d", each.search, each.credential, state, code)
		}
	}
}
