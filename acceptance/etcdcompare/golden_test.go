package main

import (
	"bufio"
	"encoding/hex"
	"log/slog"
	"os"
	"testing"

	"ordeal/cluster/etcdwire"
	"ordeal/server/etcd"
)

// TestAnswersAreThoseOfEtcd puts to a server of this service what etcd was asked, and compares every answer with what
// was recorded: etcdcompare --record acceptance/etcdcompare/testdata/etcd-3.6.txt --requests 1600 --auth
func TestAnswersAreThoseOfEtcd(t *testing.T) {
	c := etcd.DefaultConfig()
	c.DataDir, c.ListenClientURLs, c.ListenPeerURLs = t.TempDir(), []string{"http://127.0.0.1:0"}, nil
	s, err := etcd.Start(c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ours, err := dial("ordeal", s.ClientAddr())
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("testdata/etcd-3.6.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	d := newDrawer(0)
	var three []string
	for line := 1; lines.Scan(); line++ {
		if three = append(three, lines.Text()); len(three) < 3 {
			continue
		}
		m, _ := etcdwire.MethodOf(three[0])
		b, err := hex.DecodeString(three[1])
		if err != nil {
			t.Fatal(err)
		}
		r := plain(three[0], m.Request())
		if err := etcdwire.Decode(b, r.message); err != nil {
			t.Fatal(err)
		}
		a, err := ours.ask(r, d.revision)
		if err != nil {
			t.Fatalf("line %d: %s %s: %v", line, r.method, show(r.message), err)
		}
		if got := a.text(); got != three[2] {
			t.Errorf("line %d: %s %s\n got %s\nwant %s", line, r.method, show(r.message), got, three[2])
		}
		d.learn(r, a)
		three = three[:0]
	}
	if d.revision < 200 {
		t.Errorf("only %d revisions", d.revision)
	}
}
