package server_test

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"ordeal/cluster/zoocfg"
	"ordeal/server"
)

// operatorPatience is how long anything may take on a busy machine.
const operatorPatience = time.Minute

// startAlone starts a real server that stands alone, with these lines in its zoo.cfg, and waits until it serves.
func startAlone(t *testing.T, lines ...string) *server.Server {
	t.Helper()
	text := "tickTime=500\nclientPort=0\nclientPortAddress=127.0.0.1\nadmin.serverAddress=127.0.0.1\n" +
		"admin.serverPort=0\ndataDir=" + filepath.Join(t.TempDir(), "data") +
		"\n" + strings.Join(lines, "\n") + "\n"
	config, err := zoocfg.Parse("zoo.cfg", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.Start(config, 0, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	serving := func() bool { return !strings.Contains(askWord(t, s.ClientAddr(), "srvr"), "not currently serving") }
	for end := time.Now().Add(operatorPatience); !serving(); {
		if time.Now().After(end) {
			t.Fatal("the server does not come to serve")
		}
		time.Sleep(10 * time.Millisecond)
	}
	return s
}

// askWord says a word on a port and returns the answer.
func askWord(t *testing.T, addr, word string) string {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(operatorPatience))
	fmt.Fprint(nc, word)
	text, err := io.ReadAll(nc)
	if err != nil {
		t.Fatalf("%s: %v", word, err)
	}
	return string(text)
}

// TestForeignClientsReadTheWords has another client library take srvr, cons and ruok apart.
func TestForeignClientsReadTheWords(t *testing.T) {
	s := startAlone(t, "4lw.commands.whitelist=*")
	conn, _, err := zk.Connect([]string{s.ClientAddr()}, 10*time.Second, zk.WithLogInfo(false))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Create("/a", []byte("x"), 0, zk.WorldACL(zk.PermAll)); err != nil {
		t.Fatal(err)
	}
	servers := []string{s.ClientAddr()}
	if ok := zk.FLWRuok(servers, operatorPatience); !ok[0] {
		t.Error("ruok is not understood")
	}
	stats, ok := zk.FLWSrvr(servers, operatorPatience)
	if !ok || stats[0].Error != nil {
		t.Fatalf("srvr is not understood: %+v", stats[0])
	}
	if got := stats[0]; got.NodeCount != 6 || got.Mode != zk.ModeStandalone || got.Connections != 2 ||
		!strings.HasPrefix(got.Version, "3.8.0") ||
		got.BuildTime.Year() < 2024 {
		t.Errorf("srvr is understood as %+v", got)
	}
	// It does not know the line of the connection that asks, which ZooKeeper lists too, and so is never wholly content.
	clients, _ := zk.FLWCons(servers, operatorPatience)
	if len(clients[0].Clients) != 1 {
		t.Fatalf("cons is not understood: %+v", clients[0])
	}
	if got := clients[0].Clients[0]; got.SessionID != conn.SessionID() || got.LastOperation != "CREA" ||
		got.Timeout != 10_000 {
		t.Errorf("cons is understood as %+v", got)
	}
	if mntr := askWord(t, s.ClientAddr(), "mntr"); !strings.Contains(mntr, "\nzk_connection_rejected\t0\n") ||
		!strings.Contains(mntr, "\nzk_open_file_descriptor_count\t") {
		t.Errorf("mntr says\n%s", mntr)
	}
	envi := askWord(t, s.ClientAddr(), "envi")
	if !strings.Contains(envi, "\nzookeeper.version=3.8.0") || !strings.Contains(envi, "\nhost.name=") {
		t.Errorf("envi says\n%s", envi)
	}
	const lines = "tickTime=500\nmaxClientCnxns=60\nminSessionTimeout=1000\nmaxSessionTimeout=10000\n"
	if conf := askWord(t, s.ClientAddr(), "conf"); !strings.Contains(conf, lines) {
		t.Errorf("conf says\n%s", conf)
	}
}

// TestLimitsOfZooCfg has a server refuse a fourth connection and a large frame.
func TestLimitsOfZooCfg(t *testing.T) {
	s := startAlone(t, "maxClientCnxns=3", "jute.maxbuffer=1000")
	conn, _, err := zk.Connect([]string{s.ClientAddr()}, 10*time.Second, zk.WithLogInfo(false))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Create("/a", make([]byte, 800), 0, zk.WorldACL(zk.PermAll)); err != nil {
		t.Errorf("a frame under the limit: %v", err)
	}
	if _, err := conn.Set("/a", make([]byte, 1000), -1); err == nil {
		t.Error("a frame over the limit was taken")
	}
	for range 3 {
		nc, err := net.Dial("tcp", s.ClientAddr())
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
	}
	nc, err := net.Dial("tcp", s.ClientAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(operatorPatience))
	if n, err := nc.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("a connection over the limit heard %d bytes, %v", n, err)
	}
}
