package servertest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"ordeal/server/servertest"
)

func TestRollingRestartLosesNoSession(t *testing.T) {
	e := servertest.StartEnsemble(t, 3)
	c, events, err := zk.Connect(e.Addrs(), 4*time.Second, zk.WithLogger(quiet{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	expired := make(chan bool, 1)
	go func() {
		lost := false
		for ev := range events {
			lost = lost || ev.State == zk.StateExpired
		}
		expired <- lost
	}()
	if _, err := c.Create("/mine", nil, zk.FlagEphemeral, zk.WorldACL(zk.PermAll)); err != nil {
		t.Fatal(err)
	}
	session := c.SessionID()
	for i := range 3 {
		if err := e.Shutdown(i); err != nil {
			t.Fatal(err)
		}
		write(t, c, "/mine", fmt.Sprint(i))
		if err := e.Start(i); err != nil {
			t.Fatal(err)
		}
		if err := e.AwaitService(time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	data, stat, err := c.Get("/mine")
	if err != nil || string(data) != "2" || stat.EphemeralOwner != session || c.SessionID() != session {
		t.Errorf("session %x has become %x; its ephemeral reads %q, %+v, %v", session, c.SessionID(), data, stat, err)
	}
	c.Close()
	if <-expired {
		t.Error("the session was lost on the way")
	}
}

// write repeats a set until it is answered, for a minute.
func write(t *testing.T, c *zk.Conn, path, data string) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		_, err := c.Set(path, []byte(data), -1)
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("no write for a minute: %v", err)
		}
	}
}
