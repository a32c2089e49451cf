package servertest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"ordeal/server/servertest"
)

func connect(t *testing.T, servers []string) *zk.Conn {
	t.Helper()
	c, _, err := zk.Connect(servers, 4*time.Second, zk.WithLogger(quiet{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}

func TestOne(t *testing.T) {
	c := connect(t, servertest.Start(t).Addrs())
	if path, err := c.Create("/a", []byte("x"), 0, zk.WorldACL(zk.PermAll)); path != "/a" || err != nil {
		t.Fatalf("create: %q, %v", path, err)
	}
	if data, _, err := c.Get("/a"); string(data) != "x" || err != nil {
		t.Fatalf("get: %q, %v", data, err)
	}
}

func TestThreeOutliveOne(t *testing.T) {
	e := servertest.StartEnsemble(t, 3)
	c := connect(t, e.Addrs())
	if _, err := c.Create("/a", nil, 0, zk.WorldACL(zk.PermAll)); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := e.Stop(i); err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprint(i)
		write(t, c, "/a", want)
		if data, _, err := c.Get("/a"); err != nil || string(data) != want {
			t.Errorf("read %q, %v behind the write of %q", data, err, want)
		}
		if err := e.Start(i); err != nil {
			t.Fatal(err)
		}
	}
}
