package feed_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/failure"
	"tintype.dev/gateway/internal/feed"
	"tintype.dev/gateway/internal/hosttest"
)

// events answers each watch by the next step of a script.
type events struct {
	pb.UnimplementedEventServiceServer
	cursors chan string
	script  chan step
}

// step says how one watch goes: what it sends, and how it ends. Without an end it stays open.
type step struct {
	send []*pb.WatchEventsResponse
	end  error
}

func (e *events) WatchEvents(request *pb.WatchEventsRequest, stream grpc.ServerStreamingServer[pb.WatchEventsResponse]) error {
	e.cursors <- request.GetCursor()
	now := <-e.script
	for _, each := range now.send {
		if err := stream.Send(each); err != nil {
			return err
		}
	}
	if now.end == nil {
		<-stream.Context().Done()
	}
	return now.end
}

func at(cursor string) *pb.WatchEventsResponse { return &pb.WatchEventsResponse{Cursor: cursor} }

func event(cursor, photo string) *pb.WatchEventsResponse {
	return &pb.WatchEventsResponse{Cursor: cursor, Event: &pb.LibraryEvent{PhotoId: photo}}
}

type listener struct {
	*testing.T
	events *events
	server *httptest.Server
}

func newListener(t *testing.T, script ...step) *listener {
	served := &events{cursors: make(chan string, 10), script: make(chan step, 10)}
	for _, each := range script {
		served.script <- each
	}
	conn := hosttest.Serve(t, func(server grpc.ServiceRegistrar) { pb.RegisterEventServiceServer(server, served) })
	handler := feed.Handler(feed.Options{
		Events: pb.NewEventServiceClient(conn), Heartbeat: 20 * time.Millisecond, Pause: time.Millisecond,
	})
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return &listener{t, served, server}
}

// open listens; the lines come without those that are empty or only keep the line alive.
func (l *listener) open(query, last string) (*http.Response, func() string) {
	l.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	l.Cleanup(cancel)
	request, _ := http.NewRequestWithContext(ctx, "GET", l.server.URL+"/v1/events:watch"+query, nil)
	if last != "" {
		request.Header.Set("Last-Event-ID", last)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		l.Fatal(err)
	}
	l.Cleanup(func() { _ = answer.Body.Close() })
	lines := bufio.NewScanner(answer.Body)
	return answer, func() string {
		for lines.Scan() {
			if line := lines.Text(); line != "" && !strings.HasPrefix(line, ":") && !strings.HasPrefix(line, "retry:") {
				return line
			}
		}
		return "the end"
	}
}

func (l *listener) wants(next func() string, lines ...string) {
	l.Helper()
	for _, want := range lines {
		if got := next(); !strings.HasPrefix(got, want) {
			l.Fatalf("%q instead of %q", got, want)
		}
	}
}

func TestEventsCarryTheCursorToGoOnFrom(t *testing.T) {
	l := newListener(t, step{send: []*pb.WatchEventsResponse{at("c1"), event("c2", "p-1"), at("c3")}})
	answer, next := l.open("", "")
	if answer.Header.Get("Content-Type") != "text/event-stream" {
		t.Error(answer.Header)
	}
	l.wants(next, "event: begin", "id: c1", "data: {", "id: c2", `data: {`, "id: c3")
}

func TestTheLastEventWinsOverTheCursorOfTheAddress(t *testing.T) {
	l := newListener(t, step{send: []*pb.WatchEventsResponse{at("c9")}}, step{send: []*pb.WatchEventsResponse{at("c9")}})
	l.open("?cursor=old", "newer")
	l.open("?cursor=old", "")
	if first, second := <-l.events.cursors, <-l.events.cursors; first != "newer" || second != "old" {
		t.Error(first, second)
	}
}

func TestAnExpiredCursorIsAnEventAfterWhichTheStreamGoesOnFromNow(t *testing.T) {
	gone := failure.New(codes.OutOfRange, pb.ErrorReason_ERROR_REASON_CURSOR_EXPIRED, "gone")
	l := newListener(t, step{end: gone}, step{end: status.Error(codes.Unavailable, "away")}, step{send: []*pb.WatchEventsResponse{at("c7"), event("c8", "p-1")}})
	_, next := l.open("?cursor=ancient", "")
	l.wants(next, "event: expired", "data: {", "event: begin", "id: c7", "data:", "id: c8", "data:")
	if first, second, third := <-l.events.cursors, <-l.events.cursors, <-l.events.cursors; first != "ancient" || second+third != "" {
		t.Error(first, second, third)
	}
}

func TestAHostThatRestartsLeavesNoGap(t *testing.T) {
	away := status.Error(codes.Unavailable, "draining")
	l := newListener(t,
		step{send: []*pb.WatchEventsResponse{at("c1"), event("c2", "p-1")}, end: away},
		step{end: away},
		step{send: []*pb.WatchEventsResponse{at("c2"), event("c3", "p-2")}})
	_, next := l.open("", "")
	l.wants(next, "event: begin", "id: c1", "data:", "id: c2", "data:", "event: begin", "id: c2", "data:", "id: c3", "data:")
	if got := []string{<-l.events.cursors, <-l.events.cursors, <-l.events.cursors}; strings.Join(got, ",") != ",c2,c2" {
		t.Error(got)
	}
}

func TestAHostThatIsAwayIsWaitedForBecauseBrowsersDoNotComeBackAfterARefusal(t *testing.T) {
	l := newListener(t, step{end: status.Error(codes.Unavailable, "away")}, step{send: []*pb.WatchEventsResponse{at("c1")}})
	answer, next := l.open("", "")
	if answer.StatusCode != 200 {
		t.Error(answer.StatusCode)
	}
	l.wants(next, "event: begin", "id: c1")
}

func TestSigningOutEndsTheStream(t *testing.T) {
	over := failure.New(codes.Unauthenticated, pb.ErrorReason_ERROR_REASON_CREDENTIAL_INVALID, "revoked")
	l := newListener(t, step{send: []*pb.WatchEventsResponse{at("c1")}, end: over}, step{end: over})
	_, next := l.open("", "")
	l.wants(next, "event: begin", "id: c1", "data:", "event: signedOut", "data:", "the end")
	if answer, _ := l.open("", "c1"); answer.StatusCode != http.StatusUnauthorized {
		t.Error("it may come back:", answer.StatusCode)
	}
}

func TestAnUnknownQueryIsRefused(t *testing.T) {
	l := newListener(t)
	for _, query := range []string{"?curser=x", "?kinds=NOTHING", "?cursor=" + strings.Repeat("x", 600)} {
		if answer, _ := l.open(query, ""); answer.StatusCode != http.StatusBadRequest {
			t.Error(query, answer.StatusCode)
		}
	}
}

func TestASilentStreamIsKeptAlive(t *testing.T) {
	l := newListener(t, step{send: []*pb.WatchEventsResponse{at("c1")}})
	answer, err := http.Get(l.server.URL + "/v1/events:watch")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	beats := 0
	for lines := bufio.NewScanner(answer.Body); beats < 3 && lines.Scan(); {
		if strings.HasPrefix(lines.Text(), ":") {
			beats++
		}
	}
	if beats != 3 {
		t.Error(beats)
	}
}
