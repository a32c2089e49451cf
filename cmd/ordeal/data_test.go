package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ordeal/server"
)

// dataOf makes the data directory of a server that was started and stopped.
func dataOf(t *testing.T, dir string) {
	t.Helper()
	s, err := server.Start(server.DevConfig(dir, "127.0.0.1:0"), 0, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Second)
	defer stop()
	if err := s.Wait(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestDataCommands(t *testing.T) {
	dir := t.TempDir()
	dataOf(t, filepath.Join(dir, "data"))
	for _, c := range []struct{ args, says string }{
		{"verify data", "a server starts here with zxid 0x0: 4 znodes, 0 of them ephemeral"},
		{"backup data b", "b has the state at entry "},
		{"restore b new --servers 2,1,3 --observers 4", "new begins with the state at entry "},
		{"verify new", "0000000000000001.log  "},
	} {
		r := ordealIn(t, dir, append([]string{"data"}, strings.Fields(c.args)...)...)
		if r.code != 0 || !strings.Contains(r.out, c.says) {
			t.Errorf("data %s: code %d, %q, %s", c.args, r.code, r.out, r.err)
		}
	}
	log := filepath.Join(dir, "data", "0000000000000001.log")
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	text[8] ^= 1
	if err := os.WriteFile(log, text, 0o600); err != nil {
		t.Fatal(err)
	}
	r := ordealIn(t, dir, "data", "verify", "data")
	if r.code != exitInvalid || !strings.Contains(r.out, "DAMAGED at offset 0") {
		t.Errorf("behind the damage: code %d, %q", r.code, r.out)
	}
	wantOneLine(t, r.err, "0000000000000001.log is damaged at offset 0")
	files := []string{"b", "data", "new"}
	ordealIn(t, dir, "data", "verify", "nothing").refused(t, dir, "nothing: no such file", files...)
	ordealIn(t, dir, "data", "verify").refused(t, dir, "a data directory is wanted", files...)
	ordealIn(t, dir, "data", "what").refused(t, dir, "there is no `data what`", files...)
	ordealIn(t, dir, "data", "restore", "b", "x", "--servers", "256").refused(t, dir,
		"256 is not a server's number", files...)
	ordealIn(t, dir, "data", "restore", "b", "x", "--observers", "1").refused(t, dir, "--observers goes with --servers",
		files...)
	for _, args := range [][]string{{"backup", "data", "c"}, {"restore", "data/0000000000000001.log", "y"},
		{"restore", "b", "new"}} {
		r := ordealIn(t, dir, append([]string{"data"}, args...)...)
		if r.code != exitTool {
			t.Errorf("data %q: code %d, %s", args, r.code, r.err)
		}
		wantFiles(t, dir, files...)
	}
}
