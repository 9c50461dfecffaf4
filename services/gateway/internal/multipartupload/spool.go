package multipartupload

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
)

const inMemory = 8 << 20 // bytes: most photos; what is bigger goes to a file

// spool holds one file until its size and hash are known, which the library wants to be told first.
type spool struct {
	size   int64
	sha256 string
	memory []byte
	file   *os.File
}

// spooled reads a file whole. What was made of it so far is gone when it fails.
func spooled(source io.Reader, folder string) (*spool, error) {
	digest := sha256.New()
	source = io.TeeReader(source, digest)
	kept := &spool{}
	var head bytes.Buffer
	size, err := io.Copy(&head, io.LimitReader(source, inMemory))
	if err == nil && size == inMemory {
		size, err = kept.spill(&head, source, folder)
	}
	if err != nil {
		kept.close()
		return nil, err
	}
	kept.size, kept.memory = size, head.Bytes()
	kept.sha256 = hex.EncodeToString(digest.Sum(nil))
	return kept, nil
}

// spill moves what came so far and all that follows to a file that has no name, so that it ends with the process.
func (s *spool) spill(head *bytes.Buffer, rest io.Reader, folder string) (int64, error) {
	file, err := os.CreateTemp(folder, "tintype-upload-")
	if err != nil {
		return 0, err
	}
	s.file = file
	if err := os.Remove(file.Name()); err != nil {
		return 0, err
	}
	return io.Copy(file, io.MultiReader(head, rest))
}

// reader is the file from its first byte.
func (s *spool) reader() io.Reader {
	if s.file != nil {
		return io.NewSectionReader(s.file, 0, s.size)
	}
	return bytes.NewReader(s.memory)
}

func (s *spool) close() {
	if s.file != nil {
		_ = s.file.Close()
	}
}
