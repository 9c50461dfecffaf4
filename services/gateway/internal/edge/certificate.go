package edge

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"
)

// certificate is read again when its files change, so that a renewal needs no restart.
type certificate struct {
	cert, key string
	lock      sync.Mutex
	changed   time.Time
	looked    time.Time
	pair      *tls.Certificate
}

// look is how long files are taken to be what they were.
const look = time.Second

// TLS serves the certificate in these files, and the next one once they hold it. Fails if they hold none now.
func TLS(cert, key string) (*tls.Config, error) {
	kept := &certificate{cert: cert, key: key}
	if err := kept.read(); err != nil {
		return nil, fmt.Errorf("the certificate cannot be used: %w", err)
	}
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return kept.current(), nil },
		NextProtos:     []string{"h2", "http/1.1"},
	}, nil
}

func (c *certificate) current() *tls.Certificate {
	c.lock.Lock()
	defer c.lock.Unlock()
	if time.Since(c.looked) > look {
		_ = c.read() // half-written files: the old certificate serves on
	}
	return c.pair
}

func (c *certificate) read() error {
	c.looked = time.Now()
	changed, err := newest(c.cert, c.key)
	if err != nil || changed.Equal(c.changed) {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return err
	}
	c.pair, c.changed = &pair, changed
	return nil
}

func newest(files ...string) (time.Time, error) {
	var latest time.Time
	for _, file := range files {
		stat, err := os.Stat(file)
		if err != nil {
			return latest, err
		}
		if stat.ModTime().After(latest) {
			latest = stat.ModTime()
		}
	}
	return latest, nil
}
