// Package tls has the certificate that all servers of the example show, and that clients believe in.
package tls

import (
	"crypto/tls"
	"crypto/x509"
	_ "embed"
	"io"
	"net/http"
	"time"
)

//go:embed pair.pem
var pair []byte

// Server is a server's configuration.
func Server() *tls.Config {
	certificate, err := tls.X509KeyPair(pair, pair)
	if err != nil {
		panic(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{certificate}}
}

// Client asks servers, for so long at most.
func Client(patience time.Duration) *http.Client {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pair)
	config := &tls.Config{RootCAs: roots, CurvePreferences: []tls.CurveID{tls.X25519}}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: config}, Timeout: patience}
}

// Get asks for a URL, and returns the answer's status and text. It reads all of it, so that the connection is used
// again.
func Get(c *http.Client, url string) (status int, text string, err error) {
	answer, err := c.Get(url)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(b), err
}
