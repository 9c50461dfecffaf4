package settings

import (
	"strings"
	"testing"
	"time"
)

func from(given map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, set := given[strings.TrimPrefix(name, "TINTYPE_GATEWAY_")]
		return value, set
	}
}

func TestWithoutAnEnvironmentItIsTheBridgeOfThisMachinesLibrary(t *testing.T) {
	read, err := Read(from(nil))
	if err != nil || read.Listen != "127.0.0.1:7462" || read.Host != "127.0.0.1:7460" || read.HostTLS() || read.Secure() {
		t.Errorf("%+v %v", read, err)
	}
}

func TestWhatIsSetIsTaken(t *testing.T) {
	read, err := Read(from(map[string]string{
		"TIMEOUT": "5s", "BODY_BYTES": "10", "TRUSTED_PROXIES": "10.0.0.0/8, ::1/128", "ORIGIN": "https://photos.example.org",
		"PICTURES": "https://s3.example.org",
	}))
	if err != nil || read.Timeout != 5*time.Second || read.BodyBytes != 10 || len(read.TrustedProxies) != 2 || !read.Secure() {
		t.Errorf("%+v %v", read, err)
	}
}

func TestEverythingThatIsWrongIsToldAtOnceByItsName(t *testing.T) {
	_, err := Read(from(map[string]string{
		"LISTEN": "here", "HOST_HTTP": "ftp://x", "TIMEOUT": "-1s", "UPLOAD_BYTES": "much", "TRUSTED_PROXIES": "all",
		"TLS_CERTIFICATE": "cert.pem", "HOST_KEY": "key.pem",
	}))
	for _, name := range []string{"LISTEN", "HOST_HTTP", "TIMEOUT", "UPLOAD_BYTES", "TRUSTED_PROXIES", "TLS_CERTIFICATE", "HOST_CERTIFICATE"} {
		if err == nil || !strings.Contains(err.Error(), "TINTYPE_GATEWAY_"+name+":") {
			t.Errorf("%s is not told: %v", name, err)
		}
	}
}

func TestPagesMayLoadPicturesFromTheServerOfTiles(t *testing.T) {
	for template, origin := range map[string]string{
		"https://tiles.example.org:8080/{z}/{x}/{y}.png": "https://tiles.example.org:8080",
		"http://{s}.tiles.lan/osm/{z}/{x}/{y}{r}.png":    "http://*.tiles.lan",
	} {
		read, err := Read(from(map[string]string{"TILES": template, "PICTURES": "https://s3.example.org"}))
		if got := strings.Join(read.PictureOrigins(), " "); err != nil || got != "https://s3.example.org "+origin {
			t.Errorf("%s: %q %v", template, got, err)
		}
	}
	for _, template := range []string{
		"tiles.example.org", "https://tiles.example.org/", "ftp://t.example/{z}/{x}/{y}", "https://t.example; script-src */{z}/{x}/{y}",
		"https://{s}t.example/{z}/{x}/{y}",
	} {
		if _, err := Read(from(map[string]string{"TILES": template})); err == nil || !strings.Contains(err.Error(), "TINTYPE_GATEWAY_TILES:") {
			t.Errorf("%s: %v", template, err)
		}
	}
	if read, err := Read(from(nil)); err != nil || len(read.PictureOrigins()) != 0 {
		t.Error(read.PictureOrigins(), err)
	}
}
