package server_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"ordeal/cluster/zoocfg"
	"ordeal/server"
)

// fileServer writes a zoo.cfg for one of the servers, which differs from the others' in where its data are.
func fileServer(t *testing.T, lines []zoocfg.Server) (path string) {
	t.Helper()
	dir := t.TempDir()
	text := "# ours\ntickTime=200\nskipACL=yes\nreconfigEnabled=true\n4lw.commands.whitelist=*\n" +
		"admin.serverAddress=127.0.0.1\n" +
		"admin.serverPort=0\ndataDir=" + filepath.Join(dir, "data") + "\n"
	for _, s := range lines {
		text += serverLine(s) + "\n"
	}
	path = filepath.Join(dir, "zoo.cfg")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// startFrom starts a server from its files, as ordeal serve does.
func startFrom(t *testing.T, path string, id uint64) *server.Server {
	t.Helper()
	c, err := zoocfg.Parse(path, []byte(read(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	if c.DynamicFile != "" {
		if err := c.AddDynamic(c.DynamicFile, []byte(read(t, c.DynamicFile))); err != nil {
			t.Fatal(err)
		}
	}
	s, err := server.Start(c, id, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// eventually waits until f has nothing to complain about.
func eventually(t *testing.T, what string, f func() error) {
	t.Helper()
	var err error
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if err = f(); err == nil {
			return
		}
	}
	t.Fatalf("%s: %v", what, err)
}

// TestReconfigIsWrittenBack takes a server out of three: the files of the others, and all that operators are shown, say
// so, and a restart from the files comes up with the two.
func TestReconfigIsWrittenBack(t *testing.T) {
	lines, _ := changeable(t, 3)
	var paths, addrs []string
	var servers []*server.Server
	for i, s := range lines {
		paths, addrs = append(paths, fileServer(t, lines)), append(addrs, s.ClientAddr)
		servers = append(servers, startFrom(t, paths[i], s.ID))
	}
	before := read(t, paths[0])
	c, _, err := zk.Connect(addrs, 10*time.Second, zk.WithLogger(silent{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	eventually(t, "no server leaves", func() error {
		_, err := c.IncrementalReconfig(nil, []string{"3"}, -1)
		return err
	})
	dynamic := ""
	for i, path := range paths[:2] {
		eventually(t, "the files are as they were", func() error {
			config, err := zoocfg.Parse(path, []byte(read(t, path)))
			if dynamic = config.DynamicFile; err == nil && dynamic == "" {
				err = fmt.Errorf("%q names no file", read(t, path))
			}
			return err
		})
		if got, want := read(t, dynamic), serverLine(lines[0])+"\n"+serverLine(lines[1])+"\n"; got != want {
			t.Errorf("server %d: the servers are now %q, want %q", i+1, got, want)
		}
		wantShown(t, servers[i], lines[:2])
	}
	if got := read(t, paths[0]+".bak"); got != before {
		t.Errorf("the file was %q, and is kept as %q", before, got)
	}
	if got := read(t, paths[0]); !strings.HasPrefix(got, "# ours\ntickTime=200\n") || strings.Contains(got, "server.") {
		t.Errorf("the file reads %q", got)
	}
	if info, err := os.Stat(paths[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
	for i := range 3 {
		servers[i].Close()
	}
	for i := range 2 {
		servers[i] = startFrom(t, paths[i], lines[i].ID)
	}
	eventually(t, "the two do not serve", func() error {
		_, err := c.Create("/a", nil, zk.FlagSequence, zk.WorldACL(zk.PermAll))
		return err
	})
	wantShown(t, servers[0], lines[:2])
}

// wantShown compares what operators are shown of the ensemble.
func wantShown(t *testing.T, s *server.Server, want []zoocfg.Server) {
	t.Helper()
	var text string
	for _, one := range want {
		text += serverLine(one) + "\n"
	}
	eventually(t, "conf tells of other servers", func() error {
		conf := askWord(t, s.ClientAddr(), "conf")
		if !strings.Contains(conf, "membership: \n"+text+"version=") {
			return fmt.Errorf("%q", conf)
		}
		return nil
	})
	view, _ := runCommand(t, s, "voting_view")["current_config"].(map[string]any)
	for _, one := range want {
		got, _ := view[fmt.Sprint(one.ID)].(map[string]any)
		if got["client_address"] != one.ClientAddr || fmt.Sprint(got["server_addresses"]) != "["+one.Addr+"]" {
			t.Errorf("voting_view says %v of server %d", got, one.ID)
		}
	}
	if len(view) != len(want) {
		t.Errorf("voting_view tells of %v", view)
	}
	if ip := runCommand(t, s, "leader")["leader_ip"]; ip != "127.0.0.1" {
		t.Errorf("the leader is at %v", ip)
	}
}
