// Package web is HTTPS between the machines of a trial: one certificate, which is good for the servers n1 to n9, and
// clients that believe in it.
package web

import (
	"crypto/tls"
	"crypto/x509"
	_ "embed"
	"io"
	"log"
	"net/http"
	"time"
)

//go:embed pair.pem
var pair []byte

// Serve answers on port 443, and returns when it can't. What goes wrong with one connection is not told.
func Serve(h http.Handler) error {
	certificate, err := tls.X509KeyPair(pair, pair)
	if err != nil {
		return err
	}
	s := http.Server{
		Addr: ":443", Handler: h, ErrorLog: log.New(io.Discard, "", 0),
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}},
	}
	return s.ListenAndServeTLS("", "")
}

// Client asks servers, each time for so long at most.
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

// Agree asks all servers at once, each for the same path, and returns how many answered that this is well.
func Agree(c *http.Client, servers []string, path string) (yes int) {
	answers := make(chan bool)
	for _, s := range servers {
		go func() {
			status, _, err := Get(c, "https://"+s+path)
			answers <- err == nil && status == http.StatusOK
		}()
	}
	for range servers {
		if <-answers {
			yes++
		}
	}
	return yes
}
