// Package zipdownload packs the originals of many photos into one file while it is downloaded, so that neither a browser
// nor the bridge holds more of it than what is on its way.
package zipdownload

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"google.golang.org/grpc/codes"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/failure"
	"tintype.dev/gateway/internal/host"
)

const (
	// Path takes up to 500 times the parameter photoIds.
	Path = "/v1/photos:download"
	most = 500 // as in the contract's bulk calls
)

// Options are what downloads depend on.
type Options struct {
	Catalog pb.CatalogServiceClient
	Media   pb.MediaServiceClient
	Now     func() time.Time // time.Now, save in tests
}

// Handler serves GET and HEAD of Path. Whatever can be known to go wrong is answered before the first byte; a file that
// turns out to be damaged is left out, and the last file of the zip says so. HEAD checks, and sends nothing.
func Handler(o Options) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		photoIDs, err := photoIDsOf(r.URL.RawQuery)
		if err != nil {
			failure.Write(w, err)
			return
		}
		ctx := host.Outgoing(r)
		found, err := o.Catalog.BatchGetPhotos(ctx, &pb.BatchGetPhotosRequest{PhotoIds: photoIDs})
		if err == nil && len(found.GetMissingIds()) > 0 {
			err = failure.New(codes.NotFound, pb.ErrorReason_ERROR_REASON_PHOTO_NOT_FOUND,
				fmt.Sprintf("%d of the photos are not there", len(found.GetMissingIds())))
		}
		if err != nil {
			failure.Write(w, err)
			return
		}
		name := fmt.Sprintf("tintype-%s.zip", o.Now().UTC().Format(time.DateOnly))
		w.Header().Set("Content-Type", "application/zip")
		w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
		if r.Method == http.MethodHead {
			return
		}
		body := &begun{Writer: w}
		err = pack(ctx, o.Media, found.GetPhotos(), body)
		switch {
		case err != nil && body.yes:
			panic(http.ErrAbortHandler) // the client has to see that it got half a file
		case err != nil:
			w.Header().Del("Content-Disposition")
			failure.Write(w, err)
		}
	})
}

// begun remembers whether anything was sent.
type begun struct {
	io.Writer
	yes bool
}

func (b *begun) Write(part []byte) (int, error) {
	b.yes = true
	return b.Writer.Write(part)
}

func photoIDsOf(query string) ([]string, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, failure.Invalid("the query cannot be read")
	}
	for name := range values {
		if name != "photoIds" {
			return nil, failure.Invalid(fmt.Sprintf("unknown query parameter %q", name))
		}
	}
	var photoIDs []string
	seen := map[string]bool{}
	for _, each := range values["photoIds"] {
		if !seen[each] {
			seen[each] = true
			photoIDs = append(photoIDs, each)
		}
	}
	if len(photoIDs) == 0 || len(photoIDs) > most {
		return nil, failure.Invalid(fmt.Sprintf("photoIds has to be there 1 to %d times", most))
	}
	return photoIDs, nil
}
