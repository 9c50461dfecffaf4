// Package chunks cuts a file into what UploadService takes: runs of bytes in order, each with its checksum.
package chunks

import (
	"errors"
	"hash/crc32"
	"io"
	"sync"

	pb "tintype.dev/gateway/gen/tintype/v1"
)

const size = 1 << 20 // bytes: the most that the contract allows

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	buffers    = sync.Pool{New: func() any { return new([size]byte) }}
)

// Send gives `send` the bytes of a file from `offset` to its end, or to where its source breaks off.
//
// What came before a break is sent. Returns what `send` returned, or why the source broke off.
func Send(source io.Reader, offset int64, send func(*pb.Chunk) error) error {
	buffer := buffers.Get().(*[size]byte)
	defer buffers.Put(buffer)
	for {
		n, err := io.ReadFull(source, buffer[:])
		if n > 0 {
			part := buffer[:n]
			if err := send(&pb.Chunk{Offset: offset, Data: part, Crc32C: crc32.Checksum(part, castagnoli)}); err != nil {
				return err
			}
			offset += int64(n)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
