package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ordeal/cluster/zoocfg"
	"ordeal/server"
)

// TestShellOverTLS has the shell show a certificate, none, and trust none.
func TestShellOverTLS(t *testing.T) {
	dir := t.TempDir()
	store := selfSigned(t, dir)
	text := fmt.Sprintf("dataDir=%s\nsecureClientPort=0\nsecureClientPortAddress=127.0.0.1\nadmin.enableServer=false\n"+
		"ssl.keyStore.location=%s\nssl.trustStore.location=%s\n", filepath.Join(dir, "data"), store, store)
	config, err := zoocfg.Parse("zoo.cfg", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(config.DataDir, 0o750); err != nil {
		t.Fatal(err)
	}
	s, err := server.Start(config, 0, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	nothing := filepath.Join(dir, "nothing.pem")
	if err := os.WriteFile(nothing, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		flags    []string
		code     int
		out, err string
	}{
		{[]string{"--tls-ca", store, "--tls-cert", store}, exitValid, "x509: CN=ordeal\n", ""},
		{[]string{"-tls-insecure", "-tls-cert", store, "-tls-key=" + store}, exitValid, "x509: CN=ordeal\n", ""},
		{[]string{"--tls-cert", store}, exitUsage, "", "--tls-ca is missing"},
		{[]string{"--tls-ca", store, "--tls-key", store}, exitUsage, "", "--tls-cert is missing"},
		{[]string{"--tls-ca", nothing}, exitUsage, "", "no certificate in PEM form is in it"},
		{[]string{"--tls-ca", filepath.Join(dir, "none")}, exitUsage, "", "no such file"},
		{[]string{"--tls-ca", store, "--tls-cert", nothing}, exitUsage, "", "nothing.pem"},
	} {
		got := outcome(t, ordealCommand(t, append(append([]string{"zk", "-server", s.SecureAddr()}, c.flags...),
			"whoami")...))
		if got.code != c.code || !strings.HasSuffix(got.out, c.out) || !strings.Contains(got.err, c.err) {
			t.Errorf("%v: %+v", c.flags, got)
		}
	}
}

// selfSigned writes a file with a key, and a certificate for 127.0.0.1 that vouches for itself.
func selfSigned(t *testing.T, dir string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ordeal"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, &about, &about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "store.pem")
	text := append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})...)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
