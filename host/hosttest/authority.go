package hosttest

import (
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"
)

// Authority vouches for certificates in tests, in memory.
type Authority struct {
	cert   *x509.Certificate
	key    ed25519.PrivateKey
	serial int64
}

// NewAuthority makes one that is not trusted anywhere yet.
func NewAuthority(t testing.TB) *Authority {
	a := &Authority{}
	template := a.template(pkix.Name{CommonName: "an authority"})
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign
	public, key := newKey(t)
	a.key = key
	a.cert = parse(t, sign(t, template, template, public, key))
	return a
}

// template is a certificate for 127.0.0.1 and localhost, good for both ends of a connection, from long ago to long
// hence.
func (a *Authority) template(subject pkix.Name) *x509.Certificate {
	a.serial++
	c := &x509.Certificate{
		SerialNumber: big.NewInt(a.serial), Subject: subject,
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2120, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		DNSNames:    []string{"localhost"},
	}
	c.IPAddresses = append(c.IPAddresses, []byte{127, 0, 0, 1})
	return c
}

// Pool holds the authority's own certificate.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

// TrustStore is the authority's certificate in PEM form.
func (a *Authority) TrustStore() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// KeyStore is a new key and a certificate for it, in PEM form.
func (a *Authority) KeyStore(t testing.TB, subject pkix.Name) []byte {
	public, key := newKey(t)
	cert := sign(t, a.template(subject), a.cert, public, a.key)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	return append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})...)
}

// Certificate is a new key and a certificate for it.
func (a *Authority) Certificate(t testing.TB, subject pkix.Name) tls.Certificate {
	text := a.KeyStore(t, subject)
	cert, err := tls.X509KeyPair(text, text)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func newKey(t testing.TB) (ed25519.PublicKey, ed25519.PrivateKey) {
	public, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return public, key
}

func sign(t testing.TB, template, parent *x509.Certificate, public ed25519.PublicKey, key ed25519.PrivateKey) []byte {
	der, err := x509.CreateCertificate(nil, template, parent, public, key) // signing with ed25519 takes no chance
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func parse(t testing.TB, der []byte) *x509.Certificate {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}
