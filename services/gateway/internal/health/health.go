// Package health says, per capability of the library, whether it works: for people as a page, for programs as JSON.
package health

import (
	"context"
	"embed"
	"encoding/json"
	"html/template"
	"net/http"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/host"
	"tintype.dev/gateway/internal/web"
)

// patience is how long an answer may take; the library's own checks of a dependency take 2 s.
const patience = 3 * time.Second

//go:embed page
var page embed.FS

var asHTML = template.Must(template.ParseFS(page, "page/health.html"))

// The states of a capability.
const (
	works   = "works"
	fails   = "fails"
	unknown = "unknown" // another process serves it, and only a caller with a credential gets as far as that
)

// capabilities are what a person calls the parts of the library, and the service that has to be there for each.
var capabilities = []struct{ name, title, service string }{
	{"accounts", "Signing in, accounts and keys", "tintype.v1.AccountsService"},
	{"timeline", "Timeline, viewing and editing", "tintype.v1.CatalogService"},
	{"pictures", "Pictures and downloads", "tintype.v1.MediaService"},
	{"uploads", "Uploads", "tintype.v1.UploadService"},
	{"albums", "Albums", "tintype.v1.AlbumService"},
	{"search", "Search", "tintype.v1.SearchService"},
	{"analysis", "Models: labels, faces, vectors of words", "tintype.v1.EmbedService"},
	{"events", "Live events and webhooks", "tintype.v1.EventService"},
	{"operations", "Long work: batches, purges, rebuilds", "tintype.v1.OperationService"},
}

// Report is the answer as JSON.
type Report struct {
	Works        bool         `json:"works"`
	Capabilities []Capability `json:"capabilities"`
	Findings     []Finding    `json:"findings,omitempty"`
}

// Capability is one part of the library.
type Capability struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	State   string `json:"state"`
	Because string `json:"because,omitempty"`
}

// Finding is what the library's own checks found; administrators see them.
type Finding struct {
	Service  string `json:"service"`
	Check    string `json:"check"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	Advice   string `json:"advice,omitempty"`
}

// Health asks the library.
type Health struct {
	conn     grpc.ClientConnInterface
	checks   grpc_health_v1.HealthClient
	admin    pb.AdminServiceClient
	draining <-chan struct{}
}

// New makes it; `draining` is closed when the bridge is told to stop.
func New(conn grpc.ClientConnInterface, draining <-chan struct{}) *Health {
	return &Health{conn, grpc_health_v1.NewHealthClient(conn), pb.NewAdminServiceClient(conn), draining}
}

// Mount adds /livez (this process), /healthz (it can be sent requests) and /health, /health.json (what works).
func (h *Health) Mount(routes *http.ServeMux, known func(http.Handler) http.Handler) {
	routes.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok\n") })
	routes.HandleFunc("GET /healthz", h.ready)
	routes.Handle("GET /health.json", known(http.HandlerFunc(h.asJSON)))
	routes.Handle("GET /health", known(http.HandlerFunc(h.asPage)))
	routes.HandleFunc("GET /health.css", func(w http.ResponseWriter, r *http.Request) {
		web.Serve(w, r, page, "page/health.css", "no-cache")
	})
}

func (h *Health) ready(w http.ResponseWriter, r *http.Request) {
	select {
	case <-h.draining:
		say(w, http.StatusServiceUnavailable, "stopping\n")
		return
	default:
	}
	if state, _ := h.check(r, ""); state != works {
		say(w, http.StatusServiceUnavailable, "the library does not answer\n")
		return
	}
	say(w, http.StatusOK, "ok\n")
}

func (h *Health) asJSON(w http.ResponseWriter, r *http.Request) {
	report := h.report(r)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(codeOf(report))
	_ = json.NewEncoder(w).Encode(report)
}

func (h *Health) asPage(w http.ResponseWriter, r *http.Request) {
	report := h.report(r)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(codeOf(report))
	_ = asHTML.Execute(w, report)
}

func codeOf(report Report) int {
	if report.Works {
		return http.StatusOK
	}
	return http.StatusServiceUnavailable
}

// report asks after everything at once; the findings of the library's checks only administrators get.
func (h *Health) report(r *http.Request) Report {
	found := Report{Works: true, Capabilities: make([]Capability, len(capabilities))}
	var asked sync.WaitGroup
	for at, each := range capabilities {
		asked.Go(func() {
			state, because := h.check(r, each.service)
			found.Capabilities[at] = Capability{each.name, each.title, state, because}
		})
	}
	asked.Go(func() { found.Findings = h.findings(r) })
	asked.Wait()
	for _, each := range found.Capabilities {
		found.Works = found.Works && each.State != fails
	}
	return found
}

// check asks the process that the bridge speaks to; of what other processes serve, that one does not know.
func (h *Health) check(r *http.Request, service string) (state, because string) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	answer, err := h.checks.Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: service})
	switch {
	case status.Code(err) == codes.NotFound:
		return h.probe(r, service)
	case err != nil:
		return fails, "the library does not answer"
	case answer.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING:
		return fails, "something that it needs is away"
	}
	return works, ""
}

func (h *Health) findings(r *http.Request) []Finding {
	if r.Header.Get("Authorization") == "" && r.Header.Get("X-Api-Key") == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(host.Outgoing(r), patience)
	defer cancel()
	answer, err := h.admin.Diagnose(ctx, &pb.DiagnoseRequest{})
	if err != nil {
		return nil
	}
	var all []Finding
	for _, each := range answer.GetFindings() {
		all = append(all, Finding{each.GetService(), each.GetCheck(), each.GetSeverity().String(), each.GetMessage(), each.GetAdvice()})
	}
	return all
}

func say(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_, _ = w.Write([]byte(text))
}
