package tusupload

import (
	"context"
	"errors"

	tusd "github.com/tus/tusd/v2/pkg/handler"
	"github.com/tus/tusd/v2/pkg/memorylocker"
	"google.golang.org/grpc/codes"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/failure"
)

// busy is what a client hears whose upload another request works on: 423, after which tus clients ask again where the
// upload is and go on from there.
var busy = failure.New(codes.Aborted, pb.ErrorReason_ERROR_REASON_UPLOAD_BUSY,
	"another request for this upload has taken over: ask where it is, and go on")

// locker is tusd's in memory, save that a request which another one takes the lock from notes it in its outcome: tusd
// ends its body and answers 400, which tells tus clients to give up.
type locker struct{ *memorylocker.MemoryLocker }

func (l locker) NewLock(id string) (tusd.Lock, error) {
	made, err := l.MemoryLocker.NewLock(id)
	return noting{made}, err
}

type noting struct{ held tusd.Lock }

func (n noting) Lock(ctx context.Context, release func()) error {
	err := n.held.Lock(ctx, func() {
		noteInterruption(ctx)
		release()
	})
	if errors.Is(err, tusd.ErrLockTimeout) { // whoever holds it does not let go of it in time
		return refusal(busy)
	}
	return err
}

func (n noting) Unlock() error { return n.held.Unlock() }
