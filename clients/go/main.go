// Command example signs in, uploads a photo so that it survives a broken line, waits until it is processed and finds it by words.
//
//	TINTYPE_USER=ada TINTYPE_PASSWORD=... go run . 127.0.0.1:7460 barn.jpg red barn
//	TINTYPE_API_KEY=tt_... go run . 127.0.0.1:7460 barn.jpg red barn
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	tintype "tintype.dev/example/gen/tintype/v1"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: example ADDRESS FILE WORDS...")
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if err := run(ctx, os.Args[1], os.Args[2], strings.Join(os.Args[3:], " ")); err != nil {
		fmt.Fprintln(os.Stderr, explain(err))
		os.Exit(1)
	}
}

func run(ctx context.Context, address, file, words string) error {
	credential, err := credentialFromEnvironment(ctx, address)
	if err != nil {
		return err
	}
	library, err := dial(address, credential)
	if err != nil {
		return err
	}
	defer library.Close()

	cursor, err := currentCursor(ctx, library) // before the upload, so that no event of it is missed
	if err != nil {
		return err
	}
	photo, err := uploadFile(ctx, tintype.NewUploadServiceClient(library), file)
	if err != nil {
		return err
	}
	fmt.Println("uploaded", photo.GetPhotoId())
	if photo.GetState() == tintype.PhotoState_PHOTO_STATE_PROCESSING {
		if err := waitUntilReady(ctx, library, cursor, photo.GetPhotoId()); err != nil {
			return err
		}
	}
	fmt.Println("ready", photo.GetPhotoId())
	hit, err := find(ctx, library, words, photo.GetPhotoId())
	if err != nil {
		return err
	}
	fmt.Printf("found %s %s (relevance %.2f)\n", hit.GetPhoto().GetPhotoId(), hit.GetPhoto().GetFileName(), hit.GetRelevance())
	return nil
}

// credentialFromEnvironment takes an API key, or signs in.
func credentialFromEnvironment(ctx context.Context, address string) (credentials.PerRPCCredentials, error) {
	if key := os.Getenv("TINTYPE_API_KEY"); key != "" {
		return apiKey{key: key, local: isLocal(address)}, nil
	}
	door, err := dial(address, nil) // for the calls that need no credential; the session keeps it to refresh itself
	if err != nil {
		return nil, err
	}
	session, err := signIn(ctx, door, os.Getenv("TINTYPE_USER"), os.Getenv("TINTYPE_PASSWORD"))
	if err != nil {
		return nil, err
	}
	fmt.Println("signed in as", session.userName)
	return session, session.refresh(ctx) // GetRequestMetadata does so when it is time; here once, to show it
}

// currentCursor asks where the stream of events is now: the first message says it, and holds no event.
func currentCursor(ctx context.Context, library *grpc.ClientConn) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel() // ends the stream
	events, err := tintype.NewEventServiceClient(library).WatchEvents(ctx, &tintype.WatchEventsRequest{})
	if err != nil {
		return "", err
	}
	first, err := events.Recv()
	return first.GetCursor(), err
}

// waitUntilReady watches from the cursor on; a stream that breaks is taken up behind the last event that was seen.
func waitUntilReady(ctx context.Context, library *grpc.ClientConn, cursor, photoID string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ready := tintype.LibraryEventKind_LIBRARY_EVENT_KIND_PHOTO_READY
	for {
		request := &tintype.WatchEventsRequest{Cursor: cursor, Kinds: []tintype.LibraryEventKind{ready}}
		events, err := tintype.NewEventServiceClient(library).WatchEvents(ctx, request)
		for err == nil {
			var message *tintype.WatchEventsResponse
			if message, err = events.Recv(); err == nil {
				cursor = message.GetCursor()
				if message.GetEvent().GetPhotoId() == photoID { // a keep-alive has no event
					return nil
				}
			}
		}
		if !isUnavailable(err) && !errors.Is(err, io.EOF) {
			return err
		}
		pause(ctx, time.Second)
	}
}

// find searches until the photo is among the hits: it is READY a moment before the index has it.
func find(ctx context.Context, library *grpc.ClientConn, words, photoID string) (*tintype.SearchHit, error) {
	search := tintype.NewSearchServiceClient(library)
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); pause(ctx, time.Second/4) {
		answer, err := search.SearchPhotos(ctx, &tintype.SearchPhotosRequest{Words: words, PageSize: 10})
		if err != nil {
			return nil, err
		}
		for _, hit := range answer.GetHits() {
			if hit.GetPhoto().GetPhotoId() == photoID {
				return hit, nil
			}
		}
	}
	return nil, fmt.Errorf("%q does not find photo %s", words, photoID)
}
