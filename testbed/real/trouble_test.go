package real

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// listenAt is the variable of the environment by which this test binary is a server that does nothing but listen.
const listenAt = "ORDEAL_TEST_LISTEN_AT"

// TestListens is that server.
func TestListens(t *testing.T) {
	address := os.Getenv(listenAt)
	if address == "" {
		t.Skip("it is for the other tests")
	}
	if _, err := net.Listen("tcp", address); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	select {}
}

// TestAPortThatIsTaken takes the port of a server between its choice and the server's start.
func TestAPortThatIsTaken(t *testing.T) {
	p, err := parse([]byte("name: listener\ncommand: ['" + os.Args[0] + "', -test.run=TestListens]\nport: 1\n" +
		"peers: [2]\nready: 5s\nenvironment: ['" + listenAt + "={{.Address}}:{{.Port}}']\n"))
	if err != nil {
		t.Fatal(err)
	}
	m := Means{network: formProxy, noDisk: "it is not wanted"}
	for _, taken := range []bool{false, true} {
		dir := t.TempDir()
		c, err := newCluster(p, m, filepath.Join(dir, "servers"), 1, 0, 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		if taken {
			l, err := net.Listen("tcp", c.address(c.servers[0]))
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
		}
		err = c.Start(t.Context())
		c.Close()
		if !taken && err != nil {
			t.Error(err)
		}
		if taken && (err == nil || !strings.Contains(err.Error(), "ended right behind its start") ||
			!strings.Contains(err.Error(), "address already in use")) {
			t.Errorf("%v, at a port that is taken", err)
		}
	}
}

func TestOfAnotherVersion(t *testing.T) {
	p, err := Named("etcd@v3.6.16")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.checkVersions([]string{"etcd Version: 3.6.16"}); err != nil {
		t.Error(err)
	}
	err = p.checkVersions([]string{"etcd Version: 3.4.23"})
	if err == nil || err.Error() != "etcd is to be of version v3.6.16, and says: etcd Version: 3.4.23" {
		t.Error(err)
	}
}
