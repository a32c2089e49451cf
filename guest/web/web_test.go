package web

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestTheCertificateIsGoodForServers: clients believe a server by the name of a machine, and by no other.
func TestTheCertificateIsGoodForServers(t *testing.T) {
	certificate, err := tls.X509KeyPair(pair, pair)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/yes" {
			return
		}
		http.Error(w, "heard "+r.URL.Path, http.StatusConflict)
	}))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	s.StartTLS()
	defer s.Close()
	c := Client(5 * time.Second)
	var d net.Dialer
	c.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return d.DialContext(ctx, network, s.Listener.Addr().String())
	}
	for i := 1; i <= 9; i++ {
		status, text, err := Get(c, fmt.Sprintf("https://n%d/a", i))
		if err != nil || status != http.StatusConflict || text != "heard /a\n" {
			t.Errorf("n%d answers %d %q, %v", i, status, text, err)
		}
	}
	if yes := Agree(c, []string{"n1", "n2", "elsewhere"}, "/yes"); yes != 2 {
		t.Errorf("%d servers agree", yes)
	}
	if _, _, err := Get(c, "https://elsewhere/a"); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a server of another name: %v", err)
	}
}
