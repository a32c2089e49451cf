package sim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/host"
)

// counters is a world of counters that tell each other: disks, datagrams and chance.
func counters(seed uint64) *World {
	w := New(seed, Config{})
	names := []host.Addr{"n1", "n2", "n3"}
	for _, n := range names {
		w.AddMachine(n, bootCounter(slices.DeleteFunc(slices.Clone(names), func(o host.Addr) bool { return o == n })...))
	}
	return w
}

// passing is a point, and what the world was when it came.
type passing struct {
	Point
	at   time.Duration
	hash uint64
}

// pointsOf lists what happens in a world in so much time.
func pointsOf(w *World, d time.Duration) (all []passing) {
	w.Points(func(p Point) { all = append(all, passing{p, w.Now(), w.TraceHash()}) })
	run(w, d)
	return all
}

func TestWatchingPointsChangesNothing(t *testing.T) {
	watched, alone := counters(1), counters(1)
	points := pointsOf(watched, 200*time.Millisecond)
	run(alone, 200*time.Millisecond)
	if watched.TraceHash() != alone.TraceHash() || len(points) < 200 {
		t.Errorf("trace %x and %x, %d points", watched.TraceHash(), alone.TraceHash(), len(points))
	}
}

// TestPointsComeAgain: what is pinned at a point of one run is carried out at that very point of another.
func TestPointsComeAgain(t *testing.T) {
	points := pointsOf(counters(1), 100*time.Millisecond)
	for i, p := range points {
		if i%7 != 0 {
			continue
		}
		w := counters(1)
		var got []passing
		hit := func(string) { got = append(got, passing{p.Point, w.Now(), w.TraceHash()}) }
		switch p.Kind {
		case JobPoint:
			w.PinCrash(p.Machine, p.N, p.First, hit)
		case MessagePoint:
			w.PinMessage(p.N, Lost, 0, hit)
		}
		run(w, 100*time.Millisecond)
		if len(got) != 1 || got[0] != p {
			t.Fatalf("point %d is %+v, and the pin was at %+v", i, p, got)
		}
		if p.Kind == JobPoint && w.Up(p.Machine) {
			t.Fatalf("%s is up after the crash in its job %d", p.Machine, p.N)
		}
	}
}

// TestACrashInAJobLeavesWhatItIsToldTo asks for each state of a job with two syncs, and finds each on the disk.
func TestACrashInAJobLeavesWhatItIsToldTo(t *testing.T) {
	play := func(state int) (string, []Point) {
		w := New(1, Config{})
		p := addProbe(t, w, "n1")
		p.submit("first", host.Append("f", []byte("a")), host.Sync("f"), host.SyncDir())
		run(w, 100*time.Millisecond)
		var points []Point
		w.Points(func(p Point) { points = append(points, p) })
		what := ""
		w.PinCrash("n1", 2, state, func(s string) { what = s })
		p.submit("second", host.Append("f", []byte("b")), host.Sync("f"), host.Append("g", []byte("c")), host.SyncDir())
		run(w, 100*time.Millisecond)
		if w.Up("n1") || !strings.Contains(what, "names") && !strings.Contains(what, "lost: g made") || len(p.heard) != 1 {
			t.Fatalf("state %d: up %v, %q, heard %q", state, w.Up("n1"), what, p.heard)
		}
		text := ""
		m := w.byName["n1"]
		for _, name := range m.disk.files.list() {
			text += fmt.Sprintf("%s=%q ", name, m.disk.files.names[name].data)
		}
		return text, points
	}
	_, points := play(1000)
	if len(points) != 3 || points[0].N != 2 || points[1].First != points[0].States || points[2].First != points[1].First+
		points[1].States {
		t.Fatalf("the job's instants are %+v", points)
	}
	seen := map[string]bool{}
	for state := range points[2].First + points[2].States {
		text, _ := play(state)
		seen[text] = true
	}
	for _, want := range []string{`f="a" `, `f="ab" `, `f="a\x00" `, `f="ab" g="" `, `f="ab" g="c" `, `f="ab" g="\x00" `} {
		if !seen[want] {
			t.Errorf("never left: %s of %v", want, seen)
		}
	}
}

func TestPinnedMessages(t *testing.T) {
	play := func(fate Fate, delay time.Duration) []string {
		w, a, b := pair(t, 1)
		hits := 0
		w.PinMessage(3, fate, delay, func(what string) {
			if hits++; what != "n1 to n2" {
				t.Errorf("hit %q", what)
			}
		})
		sendMany(w, a, "n2", 5)
		if hits != 1 {
			t.Errorf("hit %d times", hits)
		}
		return b.heard
	}
	for _, tt := range []struct {
		fate  Fate
		delay time.Duration
		want  []string
	}{
		{Lost, 0, []string{"0000", "0001", "0003", "0004"}},
		{Twice, 0, []string{"0000", "0001", "0002", "0002", "0003", "0004"}},
		{Twice, time.Second, []string{"0000", "0001", "0002", "0003", "0004", "0002"}},
		{Late, 1500 * time.Microsecond, []string{"0000", "0001", "0003", "0002", "0004"}},
	} {
		var got []string
		for _, h := range play(tt.fate, tt.delay) {
			got = append(got, h[len(h)-4:])
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("fate %d after %v: heard %q, want %q", tt.fate, tt.delay, got, tt.want)
		}
	}
}

// TestTheLastMessage: the sender is down behind it, and what it sent arrives.
func TestTheLastMessage(t *testing.T) {
	w, a, b := pair(t, 1)
	hits := 0
	w.PinCrashAtMessage("n2", 1, 0, func(string) { t.Error("n2 sends nothing") })
	w.PinCrashAtMessage("n1", 2, 0, func(string) { hits++ })
	must(t, w.Do("n1", func(host.Program) {
		for i := range 4 {
			a.h.Send("n2", fmt.Append(nil, i))
		}
	}))
	run(w, time.Second)
	if hits != 1 || w.Up("n1") || !w.Up("n2") || len(b.heard) != 2 {
		t.Errorf("hit %d times, n1 is up %v, n2 heard %q", hits, w.Up("n1"), b.heard)
	}
}

func TestPinnedFrames(t *testing.T) {
	for _, fate := range []Fate{Lost, Late} {
		w, n1, h, conn := connected(t, Config{})
		w.PinFrame(2, fate, time.Second, func(string) {}) // the answer to the first
		conn.Send([]byte("1"))
		run(w, 500*time.Millisecond)
		want := map[Fate][]string{Lost: {"opened", "closed"}, Late: {"opened"}}[fate]
		expect(t, "client", h.heard, want...)
		if n1.heard[1] != "1" {
			t.Errorf("the server heard %q", n1.heard)
		}
		run(w, time.Second)
		if fate == Late {
			expect(t, "client", h.heard, "opened", "re:1")
		}
	}
}

func TestAPinThatIsTakenBack(t *testing.T) {
	w, a, b := pair(t, 1)
	w.PinMessage(1, Lost, 0, func(string) { t.Error("hit") })()
	sendMany(w, a, "n2", 1)
	if len(b.heard) != 1 {
		t.Errorf("heard %q", b.heard)
	}
}
