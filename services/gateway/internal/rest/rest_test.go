package rest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	pb "tintype.dev/gateway/gen/tintype/v1"
)

func TestWhatIsNotUnderstoodIsRefused(t *testing.T) {
	for name, each := range map[string]struct{ method, path, body, reason string }{
		"unknown field":              {"POST", "/v1/photos:batchGet", `{"photoIdz": []}`, "INVALID_ARGUMENT"},
		"unknown field of a patch":   {"PATCH", "/v1/photos/p", `{"titel": "x"}`, "INVALID_ARGUMENT"},
		"unknown parameter":          {"GET", "/v1/photos?pagesize=3", "", "INVALID_ARGUMENT"},
		"unknown part of a filter":   {"GET", "/v1/photos:search?filter.nowhere=1", "", "INVALID_ARGUMENT"},
		"a parameter where none is":  {"GET", "/v1/account?all=true", "", "INVALID_ARGUMENT"},
		"the id in the query":        {"GET", "/v1/photos/p?photoId=q", "", "INVALID_ARGUMENT"},
		"a query beside a body":      {"POST", "/v1/photos:search?words=sea", "{}", "INVALID_ARGUMENT"},
		"a body where none is":       {"DELETE", "/v1/photos/p", `{"etag": "x"}`, "INVALID_ARGUMENT"},
		"a second value":             {"POST", "/v1/photos:batchGet", `{} {"photoIds": []}`, "INVALID_ARGUMENT"},
		"half a value":               {"POST", "/v1/photos:batchGet", `{"photoIds": [`, "INVALID_ARGUMENT"},
		"an empty patch":             {"PATCH", "/v1/photos/p", `{}`, "UPDATE_MASK_INVALID"},
		"a patch of an etag":         {"PATCH", "/v1/photos/p", `{"etag": "x"}`, "UPDATE_MASK_INVALID"},
		"a patch of an id":           {"PATCH", "/v1/photos/p", `{"photoId": "p"}`, "UPDATE_MASK_INVALID"},
		"a patch of another":         {"PATCH", "/v1/photos/p", `{"photoId": "q", "title": "x"}`, "INVALID_ARGUMENT"},
		"a year that is none":        {"GET", "/v1/photos:search?year=may", "", "INVALID_ARGUMENT"},
		"a number that is none":      {"GET", "/v1/photos?pageSize=many", "", "INVALID_ARGUMENT"},
		"an etag where none is":      {"POST", "/v1/photos:batchGet", `{}`, "INVALID_ARGUMENT"},
		"a patch without any body":   {"PATCH", "/v1/photos/p", "", "UPDATE_MASK_INVALID"},
		"a patch that is no object":  {"PATCH", "/v1/photos/p", "3", "INVALID_ARGUMENT"},
		"a patch with a broken mask": {"PATCH", "/v1/photos/p?updateMasc=title", `{"title": "x"}`, "INVALID_ARGUMENT"},
	} {
		t.Run(name, func(t *testing.T) {
			asked, headers := &library{}, []string{}
			if strings.HasPrefix(name, "an etag") {
				headers = []string{"If-Match", `"1"`}
			}
			answer := ask(t, asked, each.method, each.path, each.body, headers...)
			if answer.Code != 400 || asked.method != "" || reasonIn(t, answer.Body.Bytes()) != each.reason {
				t.Errorf("%d %s, and the library was asked %q", answer.Code, answer.Body, asked.method)
			}
		})
	}
}

func TestTheMaskOfAPatchIsTheKeysOfItsBody(t *testing.T) {
	asked := &library{}
	body := `{"photoId": "p", "etag": "7", "title": null, "captureTime": {"instant": "2024-05-06T07:08:09Z"}, "location": {"latitudeDeg": 1}}`
	if answer := ask(t, asked, "PATCH", "/v1/photos/p", body); answer.Code != 200 {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	request := asked.request.(*pb.UpdatePhotoRequest)
	if got := strings.Join(request.GetUpdateMask().GetPaths(), " "); got != "capture_time location title" {
		t.Errorf("the mask is %q", got)
	}
	if request.GetEtag() != "7" || request.GetPhotoId() != "p" {
		t.Errorf("asked for %v", request)
	}
}

func TestIfMatchBecomesTheEtagOfTheRequest(t *testing.T) {
	asked := &library{answer: func(proto.Message) error {
		said, _ := status.New(codes.Aborted, "changed").WithDetails(&errdetails.ErrorInfo{Reason: "ETAG_MISMATCH", Domain: "tintype"})
		return said.Err()
	}}
	answer := ask(t, asked, "PATCH", "/v1/photos/p", `{"title": "x", "etag": "old"}`, "If-Match", `"seven"`)
	if got := asked.request.(*pb.UpdatePhotoRequest).GetEtag(); got != `"seven"` || answer.Code != http.StatusPreconditionFailed {
		t.Errorf("etag %q, %d %s", got, answer.Code, answer.Body)
	}
	ask(t, asked, "DELETE", "/v1/photos/p", "", "If-Match", `"seven"`)
	if got := asked.request.(*pb.DeletePhotoRequest).GetEtag(); got != `"seven"` {
		t.Errorf("DELETE sent the etag %q", got)
	}
}

func TestTheEtagOfAnAnswerIsAHeader(t *testing.T) {
	asked := &library{answer: func(reply proto.Message) error {
		reply.(*pb.GetPhotoResponse).Photo = &pb.Photo{PhotoId: "p", Etag: `"seven"`}
		return nil
	}}
	for _, method := range []string{"GET", "HEAD"} {
		if got := ask(t, asked, method, "/v1/photos/p", "").Header().Get("ETag"); got != `"seven"` {
			t.Errorf("%s answers with the ETag %s", method, got)
		}
	}
}

func TestWhoAsksIsToldToTheLibraryAndNothingElse(t *testing.T) {
	asked := &library{}
	ask(t, asked, "GET", "/v1/account", "", "Authorization", "Bearer t", "X-Request-Id", "r", "Grpc-Metadata-X-Caller", "root")
	if strings.Join(asked.metadata.Get("authorization"), "") != "Bearer t" || strings.Join(asked.metadata.Get("x-request-id"), "") != "r" {
		t.Errorf("told %v", asked.metadata)
	}
	if asked.metadata.Get("x-caller") != nil || asked.metadata.Get("grpcgateway-authorization") != nil {
		t.Errorf("told too much: %v", asked.metadata)
	}
}

func TestASearchCanBeBookmarked(t *testing.T) {
	asked := &library{}
	answer := ask(t, asked, "GET", "/v1/photos:search?q=sea&year=2021&year=2023&place=Lisbon&filter.favourite=true&pageSize=3", "")
	want := &pb.SearchPhotosRequest{Words: "sea", PageSize: 3, Filter: &pb.PhotoFilter{
		Favourite: proto.Bool(true), Places: &pb.SetMatch{AnyOf: []string{"Lisbon"}},
		Dates: []*pb.DateSpan{{First: "2021-01-01", Last: "2021-12-31"}, {First: "2023-01-01", Last: "2023-12-31"}},
	}}
	if answer.Code != 200 || !proto.Equal(asked.request, want) {
		t.Errorf("%d %s: asked %v", answer.Code, answer.Body, asked.request)
	}
}

func TestUnknownAddressesAndMethodsAnswerWithAStatus(t *testing.T) {
	for _, each := range []struct {
		method, path, allow string
		code                int
	}{
		{"GET", "/v1/nothing", "", 404},
		{"PUT", "/v1/photos/p", "DELETE, GET, HEAD, PATCH", 405},
		{"GET", "/v1/photos:batchGet", "POST", 405},
		{"GET", "/v1/photos/p:trash", "POST", 405},
		{"DELETE", "/v1/photos", "GET, HEAD, POST", 405},
		{"POST", "/v1/photos/p/media/preview", "GET, HEAD", 405},
		{"PATCH", "/v1/photos/p:restore", "POST", 405},
		{"DELETE", "/v1/events:watch", "GET, HEAD", 405},
	} {
		answer := ask(t, &library{}, each.method, each.path, "")
		if answer.Code != each.code || answer.Header().Get("Allow") != each.allow || reasonIn(t, answer.Body.Bytes()) == "" {
			t.Errorf("%s %s: %d %s %s", each.method, each.path, answer.Code, answer.Header(), answer.Body)
		}
	}
}

func TestABodyHasToSayThatItIsJSON(t *testing.T) {
	answer := ask(t, &library{}, "POST", "/v1/photos:batchGet", "{}", "Content-Type", "application/x-www-form-urlencoded")
	if answer.Code != http.StatusUnsupportedMediaType {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}

func reasonIn(t *testing.T, body []byte) string {
	t.Helper()
	said := struct {
		Details []struct{ Reason string }
	}{}
	if err := json.Unmarshal(body, &said); err != nil || len(said.Details) == 0 {
		t.Fatalf("no Status with details: %s", body)
	}
	return said.Details[0].Reason
}
