package rest

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "tintype.dev/gateway/gen/tintype/v1"
)

const inside = "http://127.0.0.1:7461/media/token.x"

func TestSignedAddressesLeadThroughTheBridge(t *testing.T) {
	photo := &pb.Photo{PhotoId: "p", ThumbnailUrl: inside}
	for path, told := range map[string]proto.Message{
		"GET /v1/photos/p?thumbnailUrl=true":         &pb.GetPhotoResponse{Photo: photo},
		"GET /v1/photos?thumbnailUrls=true":          &pb.ListPhotosResponse{Photos: []*pb.Photo{{}, photo}},
		"GET /v1/photos:search?q=sea":                &pb.SearchPhotosResponse{Hits: []*pb.SearchHit{{Photo: photo}}},
		"GET /v1/albums/a?coverThumbnailUrl=true":    &pb.GetAlbumResponse{Album: &pb.Album{CoverThumbnailUrl: inside}},
		"GET /v1/albums/a/photos?thumbnailUrls=true": &pb.ListAlbumPhotosResponse{Photos: []*pb.Photo{photo}},
		"POST /v1/photos/p:sign":                     &pb.SignMediaResponse{Url: inside},
	} {
		asked := &library{answer: func(reply proto.Message) error {
			proto.Merge(reply, told)
			return nil
		}}
		method, path, _ := strings.Cut(path, " ")
		body := map[string]string{"POST": "{}"}[method]
		answer := ask(t, asked, method, path, body)
		if said := answer.Body.String(); answer.Code != 200 || !strings.Contains(said, `"http://example.com/media/token.x"`) {
			t.Errorf("%s %s: %d %s", method, path, answer.Code, said)
		}
	}
}

func TestAnAddressIsThatOfTheBridgeAsBrowsersSeeItOrOfTheObjectStore(t *testing.T) {
	store := "https://s3.example.org/tintype/media/a?X-Amz-Signature=b"
	for _, each := range []struct{ address, want string }{
		{inside, "https://photos.example.org/media/token.x"}, {store, store}, {"", ""},
		{"https://inner.lan/tintype/media/token.x", "https://photos.example.org/media/token.x"},
	} {
		if got := ours(each.address, "https://photos.example.org"); got != each.want {
			t.Errorf("%s became %s", each.address, got)
		}
	}
}

// others are the fields that hold an address which somebody else chose.
var others = map[protoreflect.FullName]bool{
	"tintype.v1.Webhook.url":                 true,
	"tintype.v1.CreateWebhookRequest.url":    true,
	"tintype.v1.SignThumbnailsResponse.urls": true, // between the library's own processes
}

func TestEveryFieldThatHoldsAnAddressIsKnown(t *testing.T) {
	found := 0
	eachMessage(func(message protoreflect.MessageDescriptor) {
		for field := range each(message.Fields()) {
			name := strings.TrimSuffix(string(field.Name()), "s")
			if field.Kind() != protoreflect.StringKind || name != "url" && !strings.HasSuffix(name, "_url") {
				continue
			}
			if found++; !signed[field.FullName()] && !others[field.FullName()] {
				t.Errorf("%s: does it hold an address that a client of the bridge cannot reach?", field.FullName())
			}
		}
	})
	if found < 4 {
		t.Error("the test does not see the contract")
	}
}
