package etcd

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// load reads certificates, for both sides of a connection.
func (c TLS) load() (*tls.Config, error) {
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
