package etcd

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"time"
)

// load reads certificates, for both sides of a connection.
func (c TLS) load() (*tls.Config, error) {
	if c.Auto && c.CertFile == "" {
		return ownCertificate()
	}
	if c.CertFile == "" || c.KeyFile == "" {
		return nil, errors.New("https is asked for, and there is no cert-file or key-file")
	}
	pair, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	if c.TrustedCAFile != "" {
		pem, err := os.ReadFile(c.TrustedCAFile)
		if err != nil {
			return nil, err
		}
		config.ClientCAs = x509.NewCertPool()
		if !config.ClientCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s has no certificate", c.TrustedCAFile)
		}
		config.RootCAs = config.ClientCAs
		config.ClientAuth = tls.VerifyClientCertIfGiven
	}
	if c.ClientCertAuth {
		if c.TrustedCAFile == "" {
			return nil, errors.New("client-cert-auth wants a trusted-ca-file")
		}
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return config, nil
}

// ownValidity is for how long a certificate is good that a server makes for itself.
const ownValidity = 365 * 24 * time.Hour

// ownCertificate makes one for every name. Who calls with it does not ask who answers.
func ownCertificate() (*tls.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	about := x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{Organization: []string{"ordeal"}},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(ownValidity), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		DNSNames:    []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, &about, &about, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{certificate}, PrivateKey: key}},
		MinVersion:   tls.VersionTLS12, InsecureSkipVerify: true,
	}, nil
}
