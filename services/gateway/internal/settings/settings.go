// Package settings reads what the bridge is told by its environment, once, and fails on what it cannot use.
package settings

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"time"
)

// Settings are all of the bridge's. Each is set by TINTYPE_GATEWAY_ and the name beside it.
type Settings struct {
	Listen            string        // LISTEN: host:port; port 0 takes a free one
	Host              string        // HOST: host:port of the library's gRPC port
	HostCA            string        // HOST_CA: certificates to trust, for a library that speaks TLS; empty speaks without it
	HostName          string        // HOST_NAME: what the library's certificate is for, if not for the host of HOST
	HostCertificate   string        // HOST_CERTIFICATE: file; with HOST_KEY what the bridge shows of itself to the library
	HostKey           string        // HOST_KEY: file
	HostHTTP          *url.URL      // HOST_HTTP: address of the library's HTTP port
	TLSCertificate    string        // TLS_CERTIFICATE: file; with TLS_KEY the bridge speaks TLS itself
	TLSKey            string        // TLS_KEY: file
	Origin            string        // ORIGIN: what browsers see, such as https://photos.example.org; empty takes each request's host
	Gallery           string        // GALLERY: folder of the built gallery; empty serves none
	Pictures          []string      // PICTURES: origins that pages may load pictures from, comma-separated: an object store
	Tiles             Tiles         // TILES: address of map tiles with {z}, {x}, {y}; TILES_ATTRIBUTION: what their server wants to be said
	ReadyFile         string        // READY_FILE: written once the bridge listens, {"address", "pid"}; empty writes none
	EndsWithStdin     bool          // ENDS_WITH_STDIN: true stops it once standard input ends, however whoever holds that has died
	TrustedProxies    []*net.IPNet  // TRUSTED_PROXIES: networks whose X-Forwarded-For is believed, comma-separated
	BodyBytes         int64         // BODY_BYTES: most bytes of a JSON body; a picture to search with is at most 3 MiB, 4 MiB as base64
	UploadBytes       int64         // UPLOAD_BYTES: most bytes of one uploaded file; the library has a limit of its own
	Timeout           time.Duration // TIMEOUT: of a call that does not stream; the library's own cap is 60 s
	SignInsPerAddress int           // SIGN_INS_PER_ADDRESS: attempts to sign in or up in a minute, and at once
	SignInsPerAccount int           // SIGN_INS_PER_ACCOUNT: the same for one user name, from wherever
	Linger            time.Duration // LINGER: how long connections are still taken once it is told to stop, for balancers to see it
	Drain             time.Duration // DRAIN: how long calls under way may take once the bridge is told to stop
}

// Read takes the settings out of an environment; lookup is os.LookupEnv, save in tests.
func Read(lookup func(string) (string, bool)) (Settings, error) {
	env := environment{lookup: lookup}
	read := Settings{
		Listen:            env.address("LISTEN", "127.0.0.1:7462"),
		Host:              env.address("HOST", "127.0.0.1:7460"),
		HostCA:            env.text("HOST_CA", ""),
		HostName:          env.text("HOST_NAME", ""),
		HostCertificate:   env.text("HOST_CERTIFICATE", ""),
		HostKey:           env.text("HOST_KEY", ""),
		HostHTTP:          env.url("HOST_HTTP", "http://127.0.0.1:7461"),
		TLSCertificate:    env.text("TLS_CERTIFICATE", ""),
		TLSKey:            env.text("TLS_KEY", ""),
		Origin:            env.origin("ORIGIN"),
		Gallery:           env.text("GALLERY", ""),
		Pictures:          env.list("PICTURES"),
		Tiles:             env.tiles("TILES", env.text("TILES_ATTRIBUTION", "")),
		ReadyFile:         env.text("READY_FILE", ""),
		EndsWithStdin:     env.flag("ENDS_WITH_STDIN"),
		TrustedProxies:    env.networks("TRUSTED_PROXIES"),
		BodyBytes:         env.bytes("BODY_BYTES", 6<<20),
		UploadBytes:       env.bytes("UPLOAD_BYTES", 500<<20),
		Timeout:           env.duration("TIMEOUT", 60*time.Second),
		SignInsPerAddress: env.count("SIGN_INS_PER_ADDRESS", 60),
		SignInsPerAccount: env.count("SIGN_INS_PER_ACCOUNT", 20),
		Linger:            env.duration("LINGER", time.Second),
		Drain:             env.duration("DRAIN", 10*time.Second),
	}
	if (read.TLSCertificate == "") != (read.TLSKey == "") {
		env.fail("TLS_CERTIFICATE", errors.New("TLS needs a certificate and a key"))
	}
	if (read.HostCertificate == "") != (read.HostKey == "") {
		env.fail("HOST_CERTIFICATE", errors.New("a certificate needs its key"))
	}
	return read, errors.Join(env.errors...)
}

// HostTLS says whether the library speaks TLS, on both its ports.
func (s Settings) HostTLS() bool { return s.HostCA != "" || s.HostHTTP.Scheme == "https" }

// PictureOrigins are all places beside the bridge that pages may load pictures from.
func (s Settings) PictureOrigins() []string {
	if tiles := s.Tiles.origin(); tiles != "" {
		return append(slices.Clone(s.Pictures), tiles)
	}
	return s.Pictures
}

// Secure says whether browsers reach the bridge by https: by its own TLS, or by that of a proxy before it.
func (s Settings) Secure() bool {
	at, err := url.Parse(s.Origin)
	return s.TLSCertificate != "" || err == nil && at.Scheme == "https"
}

func prefixed(name string) string { return fmt.Sprintf("TINTYPE_GATEWAY_%s", name) }
