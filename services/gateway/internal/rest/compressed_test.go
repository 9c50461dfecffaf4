package rest

import (
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	pb "tintype.dev/gateway/gen/tintype/v1"
)

func pageOf(titles int) *library {
	return &library{answer: func(reply proto.Message) error {
		for range titles {
			page := reply.(*pb.ListPhotosResponse)
			page.Photos = append(page.Photos, &pb.Photo{Title: strings.Repeat("sea ", 40)})
		}
		return nil
	}}
}

func TestLongAnswersAreCompressedForClientsThatTakeIt(t *testing.T) {
	plain := ask(t, pageOf(100), "GET", "/v1/photos", "")
	if plain.Header().Get("Content-Encoding") != "" || plain.Body.Len() < worthIt {
		t.Fatalf("%v, %d bytes", plain.Header(), plain.Body.Len())
	}
	answer := ask(t, pageOf(100), "GET", "/v1/photos", "", "Accept-Encoding", "br, gzip")
	if answer.Code != 200 || answer.Header().Get("Content-Encoding") != "gzip" || answer.Body.Len()*5 > plain.Body.Len() {
		t.Fatalf("%d %v, %d bytes", answer.Code, answer.Header(), answer.Body.Len())
	}
	reader, err := gzip.NewReader(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(reader); err != nil || string(body) != plain.Body.String() {
		t.Errorf("%v: another answer: %d bytes instead of %d", err, len(body), plain.Body.Len())
	}
}

func TestShortAnswersGoOutAsTheyAre(t *testing.T) {
	for name, accepted := range map[string]string{"short": "gzip", "refused": "gzip;q=0"} {
		answer := ask(t, pageOf(1), "GET", "/v1/photos", "", "Accept-Encoding", accepted)
		if answer.Header().Get("Content-Encoding") != "" || !strings.Contains(answer.Body.String(), "sea") {
			t.Errorf("%s: %v %s", name, answer.Header(), answer.Body)
		}
	}
}
