package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ordeal/cluster/zoocfg"
	"ordeal/host/oshost"
	real "ordeal/server"
)

// TestScriptIsAnsweredAsByZooKeeper plays the script on a server of this service. What Apache ZooKeeper 3.8.0 answers
// was recorded: go run ./acceptance/compare --record acceptance/compare/testdata
func TestScriptIsAnsweredAsByZooKeeper(t *testing.T) {
	for _, f := range flavours {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			recorded, err := os.ReadFile(filepath.Join("testdata", f.name+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			got, err := transcript(serve(t, f), f)
			if err != nil {
				t.Fatal(err)
			}
			g, w := strings.Split(got, "\n"), strings.Split(string(recorded), "\n")
			if at := firstDifference(g, w); at >= 0 {
				t.Errorf("line %d of the answers:\n...\n%s\n got %s\nwant %s", at+1,
					strings.Join(w[max(0, at-5):at], "\n"), g[at], w[at])
			}
		})
	}
}

// serve starts a server, for as long as the test runs.
func serve(t *testing.T, f flavour) string {
	t.Helper()
	addr, err := oshost.FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o750); err != nil {
		t.Fatal(err)
	}
	config, err := zoocfg.Parse("zoo.cfg", []byte(zooCfg(dir, addr, f)))
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	s, err := real.Start(config, 0, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Wait(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("%v\n%s", err, log.String())
		}
	})
	if err := (&server{name: f.name, addr: addr}).await(); err != nil {
		t.Fatal(err)
	}
	return addr
}

// firstDifference is the index of the first line that differs, or -1.
func firstDifference(got, want []string) int {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return i
		}
	}
	if len(got) != len(want) {
		return min(len(got), len(want)) - 1
	}
	return -1
}

// TestSameSeedSameSteps draws steps twice, and those of another seed.
func TestSameSeedSameSteps(t *testing.T) {
	draw := func(seed uint64) (texts []string) {
		d := newDrawer(seed, 3)
		for _, s := range d.opening() {
			texts = append(texts, s.String())
		}
		for range 500 {
			texts = append(texts, d.step().String())
		}
		return texts
	}
	if a, b := draw(1), draw(1); !slices.Equal(a, b) {
		t.Error("the same seed draws other steps")
	}
	if a, b := draw(1), draw(2); slices.Equal(a, b) {
		t.Error("another seed draws the same steps")
	}
}

// TestDifferenceIsSeen plays a script on a server that is set up for another: some answers must differ.
func TestDifferenceIsSeen(t *testing.T) {
	t.Parallel()
	recorded, err := os.ReadFile(filepath.Join("testdata", "usual.txt"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := transcript(serve(t, flavours[1]), flavours[0])
	if err != nil {
		t.Fatal(err)
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(recorded), "\n")
	if at := firstDifference(g, w); at < 0 || !strings.Contains(g[at], "Unimplemented") ||
		!strings.Contains(w[at], "BadArguments") {
		t.Errorf("a server without times to live is taken for one with them: the first difference is %d", at)
	}
}
