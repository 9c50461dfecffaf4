package tusupload

import (
	"context"
	"errors"
	"io"

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

// locker is tusd's in memory, save that we end the body of a request which another one takes the lock from: tusd answers
// 400 then, which tells tus clients to give up, and misses those whose body it has not begun to read.
type locker struct{ *memorylocker.MemoryLocker }

func (l locker) NewLock(id string) (tusd.Lock, error) {
	made, err := l.MemoryLocker.NewLock(id)
	return interrupting{made}, err
}

type interrupting struct{ held tusd.Lock }

func (i interrupting) Lock(ctx context.Context, _ func()) error {
	err := i.held.Lock(ctx, func() { interrupt(ctx) })
	if errors.Is(err, tusd.ErrLockTimeout) { // whoever holds it does not let go of it in time
		return refusal(busy)
	}
	return err
}

func (i interrupting) Unlock() error { return i.held.Unlock() }

// interrupt ends the body of the request of `ctx`, so that it keeps what has come, answers and lets go of its upload.
func interrupt(ctx context.Context) {
	told, ok := ctx.Value(outcomeKey{}).(*outcome)
	if ok && !told.interrupted.Swap(true) {
		told.stop()
	}
}

func wasInterrupted(ctx context.Context) bool {
	told, ok := ctx.Value(outcomeKey{}).(*outcome)
	return ok && told.interrupted.Load()
}

// interruptible is a body that ends where its request is interrupted; WriteChunk says so if bytes are missing.
type interruptible struct {
	io.ReadCloser
	told *outcome
}

func (i *interruptible) Read(part []byte) (int, error) {
	if i.told.interrupted.Load() {
		return 0, io.EOF
	}
	n, err := i.ReadCloser.Read(part)
	if err != nil && i.told.interrupted.Load() {
		err = io.EOF
	}
	return n, err
}
