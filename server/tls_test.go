package server_test

import (
	"context"
	"crypto/tls"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"ordeal/cluster/zoocfg"
	"ordeal/host/hosttest"
	"ordeal/server"
)

// stores are a key store and a trust store on disk.
type stores struct{ key, trust string }

func writeStores(t *testing.T, a *hosttest.Authority, name string) stores {
	t.Helper()
	dir := t.TempDir()
	s := stores{filepath.Join(dir, "key.pem"), filepath.Join(dir, "trust.pem")}
	for path, text := range map[string][]byte{s.key: a.KeyStore(t, pkix.Name{CommonName: name}),
		s.trust: a.TrustStore()} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// lines are the lines of zoo.cfg that name the stores.
func (s stores) lines(prefix string) string {
	return fmt.Sprintf("%skeyStore.location=%s\n%[1]skeyStore.type=PEM\n%[1]strustStore.location=%[3]s\n", prefix,
		s.key, s.trust)
}

// overTLS has the other client library dial over TLS.
func overTLS(config *tls.Config) zk.Dialer {
	return func(network, address string, timeout time.Duration) (net.Conn, error) {
		return tls.DialWithDialer(&net.Dialer{Timeout: timeout}, network, address, config)
	}
}

func TestForeignClientOverTLS(t *testing.T) {
	a := hosttest.NewAuthority(t)
	s := startAlone(t, "secureClientPort=0", "secureClientPortAddress=127.0.0.1",
		writeStores(t, a, "server").lines("ssl."))
	trusted := &tls.Config{RootCAs: a.Pool(),
		Certificates: []tls.Certificate{a.Certificate(t, pkix.Name{CommonName: "ann"})}}
	conn, _, err := zk.Connect([]string{s.SecureAddr()}, 10*time.Second, zk.WithLogInfo(false),
		zk.WithDialer(overTLS(trusted)))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Create("/a", []byte("secret"), 0, zk.WorldACL(zk.PermAll)); err != nil {
		t.Fatal(err)
	}
	if data, _, err := conn.Get("/a"); err != nil || string(data) != "secret" {
		t.Errorf("read %q, %v", data, err)
	}
	answer := runCommand(t, s, "connections")
	if plain, secure := answer["connections"].([]any),
		answer["secure_connections"].([]any); len(plain) != 0 || len(secure) != 1 {
		t.Errorf("of one connection over TLS %d are said to be plain, and %d secure", len(plain), len(secure))
	}
	nc, err := tls.Dial("tcp", s.SecureAddr(), &tls.Config{RootCAs: a.Pool()})
	if err == nil {
		nc.SetDeadline(time.Now().Add(operatorPatience))
		_, err = nc.Read(make([]byte, 1))
		nc.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a client without a certificate heard %v", err)
	}
}

// TestACertificateWithoutAName has no subject, as those have that name their owner elsewhere: where no super user is
// named, it is none either.
func TestACertificateWithoutAName(t *testing.T) {
	a := hosttest.NewAuthority(t)
	s := startAlone(t, "secureClientPort=0", "secureClientPortAddress=127.0.0.1",
		writeStores(t, a, "server").lines("ssl."))
	nameless := &tls.Config{RootCAs: a.Pool(), Certificates: []tls.Certificate{a.Certificate(t, pkix.Name{})}}
	conn, _, err := zk.Connect([]string{s.SecureAddr()}, 10*time.Second, zk.WithLogInfo(false),
		zk.WithDialer(overTLS(nameless)))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Create("/a", []byte("secret"), 0, zk.DigestACL(zk.PermAll, "ann", "her password")); err != nil {
		t.Fatal(err)
	}
	if data, _, err := conn.Get("/a"); !errors.Is(err, zk.ErrNoAuth) {
		t.Errorf("it read %q, %v, and only ann may", data, err)
	}
}

// freePorts are ports that were free a moment ago.
func freePorts(t *testing.T, n int) []string {
	t.Helper()
	var ports []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		_, port, _ := net.SplitHostPort(l.Addr().String())
		ports = append(ports, port)
	}
	return ports
}

// TestQuorumOverTLS starts three servers that speak TLS with one another, of which the third has a certificate of an
// authority that the others do not trust: two make a majority, and the third never hears of it.
func TestQuorumOverTLS(t *testing.T) {
	good, bad := hosttest.NewAuthority(t), hosttest.NewAuthority(t)
	ports := freePorts(t, 3)
	var members string
	for i, port := range ports {
		members += fmt.Sprintf("server.%d=127.0.0.1:%s:1\n", i+1, port)
	}
	var servers []*server.Server
	for i, a := range []*hosttest.Authority{good, good, bad} {
		text := "tickTime=200\nclientPort=0\nclientPortAddress=127.0.0.1\nsslQuorum=true\n" + members +
			writeStores(t, a, "server").lines("ssl.quorum.") + "dataDir=" + filepath.Join(t.TempDir(), "data") + "\n"
		if i == 1 {
			text += "ssl.quorum.hostnameVerification=false\n"
		}
		config, err := zoocfg.Parse("zoo.cfg", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		config.Admin.Enabled = false
		s, err := server.Start(config, uint64(i+1), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		servers = append(servers, s)
	}
	conn, _, err := zk.Connect([]string{servers[0].ClientAddr()}, 10*time.Second, zk.WithLogInfo(false))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctx, stop := context.WithTimeout(context.Background(), operatorPatience)
	defer stop()
	for ctx.Err() == nil {
		if _, err = conn.Create("/a", nil, 0, zk.WorldACL(zk.PermAll)); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatalf("two servers of three that trust each other make no majority: %v", err)
	}
	if got := askWord(t, servers[2].ClientAddr(), "srvr"); !strings.Contains(got, "not currently serving") {
		t.Errorf("the server that is not trusted says\n%s", got)
	}
}

func TestBadStores(t *testing.T) {
	a := hosttest.NewAuthority(t)
	good := writeStores(t, a, "server")
	encrypted := filepath.Join(t.TempDir(), "e.pem")
	if err := os.WriteFile(encrypted, []byte("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n"+
		"-----END ENCRYPTED PRIVATE KEY-----\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, s := range map[string]stores{
		"no such file":    {"/nowhere", good.trust},
		"no key with its": {good.trust, good.trust},
		"the key is encrypted, and there is no password": {encrypted, good.trust},
		"there is no certificate":                        {good.key, encrypted},
	} {
		config, err := zoocfg.Parse("f", []byte("dataDir=/d\nsecureClientPort=0\n"+s.lines("ssl.")))
		if err != nil {
			t.Fatal(err)
		}
		if err := server.Check(config, 0); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %s", s, err, want)
		}
	}
}
