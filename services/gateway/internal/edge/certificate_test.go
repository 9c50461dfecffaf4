package edge_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tintype.dev/gateway/internal/edge"
)

func TestARenewedCertificateIsServedWithoutARestart(t *testing.T) {
	folder := t.TempDir()
	cert, key := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	if _, err := edge.TLS(cert, key); err == nil {
		t.Error("it starts without a certificate")
	}
	certify(t, cert, key, 1)
	config, err := edge.TLS(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	if serial(t, config) != 1 {
		t.Error("it serves another")
	}
	certify(t, cert, key, 2)
	later := time.Now().Add(time.Minute)
	_ = os.Chtimes(cert, later, later)
	deadline := time.Now().Add(5 * time.Second)
	for serial(t, config) != 2 {
		if time.Now().After(deadline) {
			t.Fatal("it serves the old one")
		}
		<-time.After(50 * time.Millisecond)
	}
}

func serial(t *testing.T, config *tls.Config) int64 {
	t.Helper()
	found, err := config.GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(found.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	return leaf.SerialNumber.Int64()
}

func certify(t *testing.T, cert, key string, number int64) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(number), NotAfter: time.Now().Add(time.Hour)}
	made, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write(t, cert, "CERTIFICATE", made)
	write(t, key, "PRIVATE KEY", secret)
}

func write(t *testing.T, file, kind string, data []byte) {
	t.Helper()
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}), 0o600); err != nil {
		t.Fatal(err)
	}
}
