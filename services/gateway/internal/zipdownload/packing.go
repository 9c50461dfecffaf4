package zipdownload

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "tintype.dev/gateway/gen/tintype/v1"
)

// leftOut is the name of the file that says what is missing; names of photos cannot end like it by accident alone.
const leftOut = "_NOT INCLUDED.txt"

// errBroken is a file that ended in its midst: what was sent of it cannot be taken back.
var errBroken = errors.New("a file broke off")

// pack writes the originals as a zip, as they are: photos are compressed already.
func pack(ctx context.Context, media pb.MediaServiceClient, photos []*pb.Photo, to io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	packed, taken := zip.NewWriter(to), names{strings.ToLower(leftOut): true}
	var missing []string
	for _, photo := range photos {
		name := taken.of(photo)
		whole, err := add(ctx, media, photo, name, packed)
		if err != nil {
			return err
		}
		if !whole {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		if err := explain(packed, missing); err != nil {
			return err
		}
	}
	return packed.Close()
}

// add packs one file. False if the library does not have it whole, which it says before the first byte.
func add(ctx context.Context, media pb.MediaServiceClient, photo *pb.Photo, name string, to *zip.Writer) (bool, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := media.Download(ctx, &pb.DownloadRequest{PhotoId: photo.GetPhotoId(), Variant: pb.Variant_VARIANT_ORIGINAL})
	if err != nil {
		return false, err
	}
	first, err := stream.Recv()
	switch status.Code(err) {
	case codes.OK:
	case codes.DataLoss, codes.NotFound: // damaged, or deleted since it was asked for
		return false, nil
	default:
		return false, err
	}
	header := &zip.FileHeader{Name: name, Method: zip.Store}
	if taken := photo.GetCaptureTime().GetInstant(); taken != nil {
		header.Modified = taken.AsTime()
	}
	file, err := to.CreateHeader(header)
	if err != nil {
		return false, err
	}
	return true, copyAll(stream, first, file)
}

type download interface {
	Recv() (*pb.DownloadResponse, error)
}

func copyAll(from download, first *pb.DownloadResponse, to io.Writer) error {
	left := first.GetInfo().GetSizeBytes()
	for part := first; ; {
		if _, err := to.Write(part.GetData()); err != nil {
			return err
		}
		left -= int64(len(part.GetData()))
		next, err := from.Recv()
		if errors.Is(err, io.EOF) && left == 0 {
			return nil
		}
		if err != nil {
			return errors.Join(errBroken, err)
		}
		part = next
	}
}

func explain(packed *zip.Writer, missing []string) error {
	file, err := packed.CreateHeader(&zip.FileHeader{Name: leftOut, Method: zip.Store})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(file, "The files of these photos are damaged or missing in the library:\r\n\r\n%s\r\n", strings.Join(missing, "\r\n"))
	return err
}
