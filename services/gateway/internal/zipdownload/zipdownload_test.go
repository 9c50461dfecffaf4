package zipdownload_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/failure"
	"tintype.dev/gateway/internal/hosttest"
	"tintype.dev/gateway/internal/zipdownload"
)

// library has photos by id, whose file names are in `names` and whose content is their id, many times.
type library struct {
	pb.UnimplementedCatalogServiceServer
	pb.UnimplementedMediaServiceServer
	names   map[string]string
	damaged string // the photo whose file is not whole, as the library sees before it sends any
	breaks  string // the photo whose file breaks off
	away    bool   // whether files cannot be had now
}

func contentOf(id string) []byte { return bytes.Repeat([]byte(id+" "), 300_000) }

func (l *library) BatchGetPhotos(ctx context.Context, request *pb.BatchGetPhotosRequest) (*pb.BatchGetPhotosResponse, error) {
	if hosttest.Said(ctx, "authorization") != "Bearer mine" {
		return nil, failure.New(codes.Unauthenticated, pb.ErrorReason_ERROR_REASON_CREDENTIAL_MISSING, "who?")
	}
	told := &pb.BatchGetPhotosResponse{}
	for _, id := range request.GetPhotoIds() {
		if name, ok := l.names[id]; ok {
			told.Photos = append(told.Photos, &pb.Photo{PhotoId: id, FileName: name})
		} else {
			told.MissingIds = append(told.MissingIds, id)
		}
	}
	return told, nil
}

func (l *library) Download(request *pb.DownloadRequest, stream grpc.ServerStreamingServer[pb.DownloadResponse]) error {
	content := contentOf(request.GetPhotoId())
	if request.GetPhotoId() == l.damaged {
		return failure.New(codes.DataLoss, pb.ErrorReason_ERROR_REASON_PHOTO_CORRUPT, "damaged")
	}
	if l.away {
		return failure.New(codes.Unavailable, pb.ErrorReason_ERROR_REASON_UNAVAILABLE, "away")
	}
	info := &pb.MediaInfo{SizeBytes: int64(len(content))}
	for len(content) > 0 {
		part := content[:min(len(content), 1<<19)]
		content = content[len(part):]
		if err := stream.Send(&pb.DownloadResponse{Info: info, Data: part}); err != nil {
			return err
		}
		if info = nil; request.GetPhotoId() == l.breaks {
			return failure.New(codes.Unavailable, pb.ErrorReason_ERROR_REASON_UNAVAILABLE, "away")
		}
	}
	return nil
}

func (l *library) ask(t *testing.T, method, query string) (*http.Response, []byte, error) {
	t.Helper()
	conn := hosttest.Serve(t, func(server grpc.ServiceRegistrar) {
		pb.RegisterCatalogServiceServer(server, l)
		pb.RegisterMediaServiceServer(server, l)
	})
	server := httptest.NewServer(zipdownload.Handler(zipdownload.Options{
		Catalog: pb.NewCatalogServiceClient(conn), Media: pb.NewMediaServiceClient(conn),
		Now: func() time.Time { return time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC) },
	}))
	t.Cleanup(server.Close)
	request, _ := http.NewRequest(method, server.URL+zipdownload.Path+"?"+query, nil)
	request.Header.Set("Authorization", "Bearer mine")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer, body, err
}

func filesIn(t *testing.T, body []byte) map[string]string {
	t.Helper()
	packed, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, each := range packed.File {
		opened, err := each.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(opened) // checks the checksum too
		if err != nil || files[each.Name] != "" {
			t.Fatal(each.Name, err)
		}
		files[each.Name] = string(content)
	}
	return files
}

func idsOf(ids ...string) string { return url.Values{"photoIds": ids}.Encode() }

func TestTheFilesArePackedAsTheyAre(t *testing.T) {
	l := &library{names: map[string]string{"p1": "sea.jpg", "p2": "ship.heic"}}
	answer, body, err := l.ask(t, "GET", idsOf("p1", "p2", "p1"))
	files := filesIn(t, body)
	if err != nil || len(files) != 2 || files["sea.jpg"] != string(contentOf("p1")) || files["ship.heic"] != string(contentOf("p2")) {
		t.Error(err, len(files))
	}
	said := answer.Header.Get("Content-Disposition")
	if answer.Header.Get("Content-Type") != "application/zip" || said != `attachment; filename="tintype-2026-05-04.zip"` {
		t.Error(answer.Header)
	}
}

func TestNamesAreOneEachAndLeadNowhere(t *testing.T) {
	l := &library{names: map[string]string{
		"p1": "a.jpg", "p2": "A.JPG", "p3": "../../etc/passwd", "p4": `..\c:evil.jpg`, "p5": "", "p6": "..", "p7": "x\x00\n.jpg",
		"p8": "_not included.TXT",
	}}
	_, body, err := l.ask(t, "GET", idsOf("p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8"))
	if err != nil {
		t.Fatal(err)
	}
	files := filesIn(t, body)
	for _, name := range []string{
		"a.jpg", "A (2).JPG", "_.._etc_passwd", "_c_evil.jpg", "p5", "p6", "x__.jpg", "_not included (2).TXT",
	} {
		if files[name] == "" {
			t.Errorf("%q is not among %d files", name, len(files))
		}
		delete(files, name)
	}
	for name := range files {
		t.Errorf("%q is there", name)
	}
}

func TestADamagedFileIsLeftOutAndNamed(t *testing.T) {
	l := &library{names: map[string]string{"p1": "sea.jpg", "p2": "ship.jpg"}, damaged: "p1"}
	_, body, err := l.ask(t, "GET", idsOf("p1", "p2"))
	files := filesIn(t, body)
	if err != nil || len(files) != 2 || !strings.Contains(files["_NOT INCLUDED.txt"], "sea.jpg") || files["ship.jpg"] == "" {
		t.Error(err, len(files), files["_NOT INCLUDED.txt"])
	}
}

func TestAFileThatBreaksOffBreaksTheDownload(t *testing.T) {
	l := &library{names: map[string]string{"p1": "sea.jpg", "p2": "ship.jpg"}, breaks: "p2"}
	answer, _, err := l.ask(t, "GET", idsOf("p1", "p2"))
	if answer.StatusCode != http.StatusOK || err == nil {
		t.Error("half a zip passes for a whole one")
	}
}

func TestALibraryThatIsAwayIsSaidAsOnEveryOtherRoute(t *testing.T) {
	l := &library{names: map[string]string{"p1": "sea.jpg"}, away: true}
	answer, body, err := l.ask(t, "GET", idsOf("p1"))
	if answer.StatusCode != http.StatusServiceUnavailable || err != nil || !strings.Contains(string(body), "UNAVAILABLE") {
		t.Error(answer.Status, string(body), err)
	}
}

func TestWhatCannotBePackedIsSaidBeforeTheFirstByte(t *testing.T) {
	l := &library{names: map[string]string{"p1": "sea.jpg"}}
	many := make([]string, 501)
	for at := range many {
		many[at] = strings.Repeat("p", at+1)
	}
	for query, code := range map[string]int{
		idsOf("p1", "p9"): 404, "": 400, "photoIds=p1&photoId=p2": 400, idsOf(many...): 400, "%zz": 400,
	} {
		for _, method := range []string{"GET", "HEAD"} {
			answer, body, _ := l.ask(t, method, query)
			if answer.StatusCode != code || method == "GET" && !strings.Contains(string(body), "reason") {
				t.Errorf("%s %.40s: %d %s", method, query, answer.StatusCode, body)
			}
		}
	}
	if answer, body, err := l.ask(t, "HEAD", idsOf("p1")); answer.StatusCode != 200 || len(body) > 0 || err != nil {
		t.Error(answer.Status, err)
	}
}
