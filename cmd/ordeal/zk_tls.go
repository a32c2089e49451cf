package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

// tlsFlags say how to speak TLS with servers: not at all if none is given.
type tlsFlags struct {
	ca, cert, key string
	name          string
	insecure      bool
}

func (f *tlsFlags) add(c *cobra.Command) {
	to := c.Flags()
	to.StringVar(&f.ca, "tls-ca", "", "speak TLS with servers that a certificate of this PEM file vouches for")
	to.StringVar(&f.cert, "tls-cert", "", "PEM file with the certificate to show, and those that lead to the root")
	to.StringVar(&f.key, "tls-key", "", "PEM file with its key; the same file if not given")
	to.StringVar(&f.name, "tls-server-name", "", "the name that servers' certificates must have, instead of the host in "+
		"-server")
	to.BoolVar(&f.insecure, "tls-insecure", false, "speak TLS, and take any certificate")
}

// config is nil if TLS is not wanted.
func (f *tlsFlags) config() (*tls.Config, error) {
	if *f == (tlsFlags{}) {
		return nil, nil
	}
	if f.ca == "" && !f.insecure {
		return nil, errors.New("--tls-ca is missing: who vouches for the servers? (--tls-insecure takes any)")
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: f.name, InsecureSkipVerify: f.insecure}
	if f.ca != "" {
		text, err := os.ReadFile(f.ca)
		if err != nil {
			return nil, err
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s: no certificate in PEM form is in it", f.ca)
		}
	}
	if f.cert == "" {
		if f.key != "" {
			return nil, errors.New("--tls-key is given, and --tls-cert is missing")
		}
		return c, nil
	}
	key := f.key
	if key == "" {
		key = f.cert
	}
	pair, err := tls.LoadX509KeyPair(f.cert, key)
	if err != nil {
		return nil, fmt.Errorf("%s, %s: %w", f.cert, key, err)
	}
	c.Certificates = []tls.Certificate{pair}
	return c, nil
}
