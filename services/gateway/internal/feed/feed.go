// Package feed tells browsers what happens in a library as server-sent events, each once it happens, none left out.
package feed

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/failure"
	"tintype.dev/gateway/internal/host"
)

const (
	reconnect  = 2 * time.Second  // after which a browser comes back
	heartbeat  = 15 * time.Second // proxies cut what is silent for a minute
	firstPause = 500 * time.Millisecond
	mostPause  = 10 * time.Second
	mostCursor = 512
)

// The events that are none of the library's. Each has a name, so that a page hears it only where it listens for it.
const (
	begins    = "begin"     // data: {"cursor"}. Every stream starts with it, and goes on from there
	expired   = "expired"   // what followed on the cursor is gone: list again. The stream goes on from before that
	signedOut = "signedOut" // the credential ended: do not come back with it
)

// Options are what the feed depends on.
type Options struct {
	Events    pb.EventServiceClient
	Heartbeat time.Duration // 0 takes the usual one
	Pause     time.Duration // before a host that is away is asked again, doubled each time; 0 takes the usual one
}

// Handler serves GET /v1/events:watch?cursor=&kinds=. Last-Event-ID wins over the cursor: it is what a browser sends
// when it comes back to an address that it opened with an older one.
func Handler(o Options) http.Handler {
	if o.Heartbeat == 0 {
		o.Heartbeat = heartbeat
	}
	if o.Pause == 0 {
		o.Pause = firstPause
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, err := requestOf(r)
		if err != nil {
			failure.Write(w, err)
			return
		}
		ctx, cancel := context.WithCancel(host.Outgoing(r))
		defer cancel()
		feed := &feed{options: o, out: w, flush: http.NewResponseController(w), request: request}
		feed.run(ctx)
	})
}

// feed is one browser that listens.
type feed struct {
	options Options
	out     http.ResponseWriter
	flush   *http.ResponseController
	request *pb.WatchEventsRequest // its cursor is that of what was written last
	open    bool                   // whether the answer has begun
	lapsed  []byte                 // why its cursor is of no use; told once the stream goes on, so that a list closes the gap
	pause   time.Duration
}

// run goes on until the browser leaves, the credential ends or the bridge drains; a host that is away is waited for.
func (f *feed) run(ctx context.Context) {
	for ctx.Err() == nil {
		err := f.watch(ctx)
		switch {
		case ctx.Err() != nil, errors.Is(err, errGone):
			return
		case failure.Is(err, pb.ErrorReason_ERROR_REASON_CURSOR_EXPIRED):
			f.request.Cursor, f.lapsed = "", failure.Body(err)
		case isPassing(err):
			f.start()
			if !f.wait(ctx) {
				return
			}
		case !f.open:
			failure.Write(f.out, err)
			return
		default:
			if status.Code(err) == codes.Unauthenticated {
				f.write(signedOut, "", failure.Body(err))
			}
			return
		}
	}
}

// errGone says that nobody listens any more.
var errGone = errors.New("the browser is gone")

// watch passes events on until the stream ends; returns why.
func (f *feed) watch(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := f.options.Events.WatchEvents(ctx, f.request)
	if err != nil {
		return err
	}
	facts, failed := received(ctx, stream)
	beat := time.NewTicker(f.options.Heartbeat)
	defer beat.Stop()
	for first := true; ; first = false {
		select {
		case fact := <-facts:
			err = f.tell(fact, first)
		case err = <-failed:
			return err
		case <-beat.C:
			err = f.comment()
		}
		if err != nil {
			return err
		}
	}
}

func received(ctx context.Context, stream grpc.ServerStreamingClient[pb.WatchEventsResponse]) (
	<-chan *pb.WatchEventsResponse, <-chan error,
) {
	facts, failed := make(chan *pb.WatchEventsResponse), make(chan error, 1)
	go func() {
		for {
			fact, err := stream.Recv()
			if err != nil {
				failed <- err
				return
			}
			select {
			case facts <- fact:
			case <-ctx.Done():
				return
			}
		}
	}()
	return facts, failed
}

// tell writes an event, where the stream begins, or only how far it is.
func (f *feed) tell(fact *pb.WatchEventsResponse, first bool) error {
	f.request.Cursor, f.pause = fact.GetCursor(), 0
	switch {
	case fact.GetEvent() != nil:
		return f.write("", fact.GetCursor(), encoded(fact))
	case first && f.lapsed != nil:
		why := f.lapsed
		f.lapsed = nil
		return errors.Join(f.write(expired, "", why), f.write(begins, fact.GetCursor(), encoded(fact)))
	case first:
		return f.write(begins, fact.GetCursor(), encoded(fact))
	default:
		return f.write("", fact.GetCursor(), nil) // an id alone: browsers remember it and tell nobody
	}
}

func (f *feed) write(name, cursor string, data []byte) error {
	f.start()
	text := ""
	if name != "" {
		text += "event: " + name + "\n"
	}
	if cursor != "" {
		text += "id: " + cursor + "\n"
	}
	if data != nil {
		text += "data: " + string(data) + "\n"
	}
	return f.send(text + "\n")
}

func (f *feed) comment() error {
	f.start()
	return f.send(": still here\n\n")
}

func (f *feed) send(text string) error {
	if _, err := f.out.Write([]byte(text)); err != nil {
		return errGone
	}
	if f.flush.Flush() != nil {
		return errGone
	}
	return nil
}

// start begins the answer. Not before it is known that there is one: browsers do not come back after a refusal.
func (f *feed) start() {
	if f.open {
		return
	}
	f.open = true
	header := f.out.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no")
	f.out.WriteHeader(http.StatusOK)
	_ = f.send(fmt.Sprintf("retry: %d\n\n", reconnect.Milliseconds()))
}

// wait lets a host come back, longer each time; false if the browser left meanwhile.
func (f *feed) wait(ctx context.Context) bool {
	f.pause = min(max(2*f.pause, f.options.Pause), mostPause)
	select {
	case <-time.After(f.pause):
		return f.comment() == nil
	case <-ctx.Done():
		return false
	}
}

// isPassing says whether the same call may succeed later.
func isPassing(err error) bool {
	switch status.Code(err) {
	case codes.Unavailable, codes.Internal, codes.Unknown, codes.Canceled, codes.DeadlineExceeded, codes.ResourceExhausted:
		return true
	}
	return false
}

func requestOf(r *http.Request) (*pb.WatchEventsRequest, error) {
	query := r.URL.Query()
	request := &pb.WatchEventsRequest{Cursor: query.Get("cursor")}
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		request.Cursor = last
	}
	for _, name := range query["kinds"] {
		kind, known := pb.LibraryEventKind_value[name]
		if !known {
			return nil, failure.Invalid("kinds names no LibraryEventKind")
		}
		request.Kinds = append(request.Kinds, pb.LibraryEventKind(kind))
	}
	delete(query, "cursor")
	delete(query, "kinds")
	if len(query) > 0 || len(request.Cursor) > mostCursor {
		return nil, failure.Invalid("the query has a cursor and kinds, and nothing else")
	}
	return request, nil
}

func encoded(message proto.Message) []byte {
	data, err := protojson.MarshalOptions{EmitDefaultValues: true}.Marshal(message)
	if err != nil {
		return []byte("{}")
	}
	return data
}
