package server_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pavlo-v-chernykh/keystore-go/v4"
	"github.com/youmark/pkcs8"
	"software.sslmate.com/src/go-pkcs12"

	"ordeal/cluster/zoocfg"
	"ordeal/host/hosttest"
	"ordeal/server"
)

const storePassword = "changeit"

// storeForms writes a server's key and the authority's certificate in every form that is read, by the form's name.
func storeForms(t *testing.T, a *hosttest.Authority) map[string]stores {
	t.Helper()
	cert := a.Certificate(t, pkix.Name{CommonName: "server"})
	leaf, err := x509.ParseCertificate(cert.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(a.TrustStore())
	root, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, data []byte, err error) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err == nil {
			err = os.WriteFile(path, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	locked, err := pkcs8.MarshalPrivateKey(cert.PrivateKey, []byte(storePassword), pkcs8.DefaultOpts)
	text := pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: locked})
	text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Raw})...)
	lockedPEM := write("key.pem", text, err)
	p12, err := pkcs12.Modern.Encode(cert.PrivateKey, leaf, []*x509.Certificate{root}, storePassword)
	keyP12 := write("key.p12", p12, err)
	p12, err = pkcs12.Modern.EncodeTrustStore([]*x509.Certificate{root}, storePassword)
	trustP12 := write("trust.p12", p12, err)
	return map[string]stores{
		"PEM":    {lockedPEM, write("trust.pem", a.TrustStore(), nil)},
		"PKCS12": {keyP12, trustP12},
		"JKS":    {write("key.jks", jks(t, cert, nil), nil), write("trust.jks", jks(t, cert, root), nil)},
		// As Java's own tools name it.
		"PKCS12 as JKS": {write("p12.jks", must2(t)(os.ReadFile(keyP12)), nil), trustP12},
	}
}

func must2(t *testing.T) func([]byte, error) []byte {
	return func(data []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
}

// jks is a store with a key, or with a certificate that is trusted.
func jks(t *testing.T, key tls.Certificate, trusted *x509.Certificate) []byte {
	t.Helper()
	store := keystore.New()
	of := func(der []byte) keystore.Certificate { return keystore.Certificate{Type: "X509", Content: der} }
	var err error
	if trusted != nil {
		err = store.SetTrustedCertificateEntry("ca",
			keystore.TrustedCertificateEntry{CreationTime: time.Now(), Certificate: of(trusted.Raw)})
	} else {
		var der []byte
		if der, err = x509.MarshalPKCS8PrivateKey(key.PrivateKey); err == nil {
			err = store.SetPrivateKeyEntry("server", keystore.PrivateKeyEntry{
				CreationTime: time.Now(), PrivateKey: der,
				CertificateChain: []keystore.Certificate{of(key.Certificate[0])},
			}, []byte(storePassword))
		}
	}
	var b bytes.Buffer
	if err == nil {
		err = store.Store(&b, []byte(storePassword))
	}
	return must2(t)(b.Bytes(), err)
}

// TestFormsOfStores serves over TLS from stores of every form, and refuses each with a wrong password.
func TestFormsOfStores(t *testing.T) {
	a := hosttest.NewAuthority(t)
	trusted := &tls.Config{RootCAs: a.Pool(),
		Certificates: []tls.Certificate{a.Certificate(t, pkix.Name{CommonName: "ann"})}}
	for form, s := range storeForms(t, a) {
		dir := t.TempDir()
		file := filepath.Join(dir, "password")
		if err := os.WriteFile(file, []byte(storePassword+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		text := "secureClientPortAddress=127.0.0.1\nsecureClientPort=0\n" +
			"admin.enableServer=false\ndataDir=" + dir + "/data\n" +
			"ssl.keyStore.location=" + s.key + "\nssl.trustStore.location=" + s.trust + "\nssl.trustStore.password=" +
			storePassword + "\n"
		config, err := zoocfg.Parse("f", []byte(text+"ssl.keyStore.passwordPath="+file))
		if err != nil {
			t.Fatal(err)
		}
		started, err := server.Start(config, 0, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Errorf("%s: %v", form, err)
			continue
		}
		nc, err := tls.Dial("tcp", started.SecureAddr(), trusted)
		if err != nil {
			t.Errorf("%s: %v", form, err)
		} else {
			nc.Close()
		}
		started.Close()
		config, err = zoocfg.Parse("f", []byte(text+"ssl.keyStore.password=wrong"))
		if err != nil {
			t.Fatal(err)
		}
		if err := server.Check(config, 0); err == nil || !strings.Contains(err.Error(), s.key+": ") {
			t.Errorf("%s: with a wrong password: %v", form, err)
		}
	}
}
