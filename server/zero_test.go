package server_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"ordeal/cluster/zoocfg"
	"ordeal/host/oshost"
	"ordeal/server"
)

// TestServerZero runs an ensemble that counts its servers from 0, as ZooKeeper lets it.
func TestServerZero(t *testing.T) {
	var lines, addrs []string
	for i := range 3 {
		var at [3]string
		for k := range at {
			var err error
			if at[k], err = oshost.FreeAddr(); err != nil {
				t.Fatal(err)
			}
		}
		_, election, _ := strings.Cut(at[1], ":")
		lines = append(lines, fmt.Sprintf("server.%d=%s:%s:PARTICIPANT;%s", i, at[0], election, at[2]))
		addrs = append(addrs, at[2])
	}
	dir := t.TempDir()
	for i := range 3 {
		text := fmt.Sprintf("tickTime=200\nadmin.enableServer=false\n4lw.commands.whitelist=*\ndataDir=%s\n%s\n",
			filepath.Join(dir, fmt.Sprint(i)), strings.Join(lines, "\n"))
		c, err := zoocfg.Parse("zoo.cfg", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		id, err := zoocfg.ParseNumber(fmt.Sprint(i))
		if err != nil {
			t.Fatal(err)
		}
		s, err := server.Start(c, id, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
	}
	conn, events, err := zk.Connect(addrs[:1], 10*time.Second, zk.WithLogger(silent{}))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for e := range events {
		if e.State == zk.StateHasSession {
			break
		}
	}
	if _, err := conn.Create("/a", nil, 0, zk.WorldACL(zk.PermAll)); err != nil {
		t.Fatal(err)
	}
	if id := uint64(conn.SessionID()); id>>56 != 0 || id == 0 {
		t.Errorf("server 0 made session %#x", id)
	}
	shown, _, err := conn.Get("/zookeeper/config")
	if err != nil || !strings.HasPrefix(string(shown), strings.Replace(lines[0], "PARTICIPANT", "participant", 1)+"\n") &&
		!strings.Contains(string(shown), "\n"+strings.Replace(lines[0], "PARTICIPANT", "participant", 1)+"\n") {
		t.Errorf("the configuration is %s, %v", shown, err)
	}
	if conf := askWord(t, addrs[0], "conf"); !strings.Contains(conf, "\nserverId=0\n") {
		t.Errorf("conf says\n%s", conf)
	}
}
