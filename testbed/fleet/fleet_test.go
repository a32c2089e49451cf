package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ordeal/reports"
	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/trialtest"
)

var toy = trialtest.Service(trialtest.Options{})

// asWorkers is set in the environment of a test binary that is to be a process of workers: the URL that they ask at.
const asWorkers = "ORDEAL_TEST_FLEET"

// testLease is short, so that what a killed worker had is given to another soon.
const testLease = 600 * time.Millisecond

func TestMain(m *testing.M) {
	if url := os.Getenv(asWorkers); url != "" {
		err := Workers{Place: Place{URL: url, Program: "toy", Lease: testLease, Memory: true}, Jobs: 2,
			NewWorker: inProcess}.Work(UntilClosed(context.Background(), os.Stdin))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if words := os.Getenv(asServer); words != "" {
		if err := serve(words); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func inProcess() (campaign.Worker, error) {
	return campaign.InProcess(toy, func(string) reports.Folder { return func(string, []byte) error { return nil } }), nil
}

// serving starts a server for a test, and says where.
func serving(t testing.TB) Place {
	t.Helper()
	s, err := StartServer(Serving{Listen: "127.0.0.1:0", Store: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return Place{URL: s.URL(), Program: "toy", Lease: testLease, Memory: true}
}

// coordinator begins a campaign for a test.
func coordinator(t testing.TB, p Place) *Coordinator {
	t.Helper()
	c, err := NewCoordinator(t.Context(), p, inProcess)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func line(seed int) string {
	return fmt.Sprintf(`toy/1 seed=%d workload=register nodes=3 length=1s rate=20 plan=""`, seed)
}

// worker is one that does what a test wants of it.
type worker func(ctx context.Context, r campaign.Request) (play.Summary, error)

func (w worker) Run(ctx context.Context, r campaign.Request) (play.Summary, error) { return w(ctx, r) }
func (worker) Close()                                                              {}

// working has workers play until the test ends, or until stop is called.
func working(t testing.TB, p Place, w worker) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan error, 1)
	go func() {
		over <- Workers{Place: p, Jobs: 2, NewWorker: func() (campaign.Worker, error) { return w, nil }}.Work(ctx)
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-over; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// TestAnswersComeHome: a result, the end of a worker process, and the tool's own failure are what they were.
func TestAnswersComeHome(t *testing.T) {
	p := serving(t)
	working(t, p, func(_ context.Context, r campaign.Request) (play.Summary, error) {
		switch {
		case strings.Contains(r.Line, "seed=1 "):
			return play.Summary{Line: r.Line, Outcome: play.Valid, Covered: []string{"a", "b"}}, nil
		case strings.Contains(r.Line, "seed=2 "):
			return play.Summary{}, &campaign.Finding{Kind: campaign.FindingPanic, Detail: "panic: x"}
		case strings.Contains(r.Line, "seed=3 "):
			return play.Summary{Line: noise(12 << 20)}, nil
		}
		return play.Summary{}, errors.New("no such trial")
	})
	w, _ := coordinator(t, p).Worker()
	if s, err := w.Run(t.Context(), campaign.Request{Line: line(1)}); err != nil || s.Line != line(1) ||
		len(s.Covered) != 2 {
		t.Errorf("%+v, %v", s, err)
	}
	var f *campaign.Finding
	if _, err := w.Run(t.Context(), campaign.Request{Line: line(2)}); !errors.As(err, &f) || f.Kind != "panic" ||
		f.Detail != "panic: x" {
		t.Errorf("%v", err)
	}
	if _, err := w.Run(t.Context(), campaign.Request{Line: line(3)}); err == nil ||
		!strings.Contains(err.Error(), "more than the server lets pass") {
		t.Errorf("%v", err)
	}
	if _, err := w.Run(t.Context(), campaign.Request{Line: line(4)}); err == nil || err.Error() != "no such trial" {
		t.Errorf("%v", err)
	}
	// Files are wanted on this machine: it plays itself.
	s, err := w.Run(t.Context(), campaign.Request{Line: line(4), Dir: "here"})
	if err != nil || s.Outcome != play.Valid || s.Dir != "here" {
		t.Errorf("%+v, %v", s, err)
	}
	w.Close()
}

// noise is text that can't be packed.
func noise(n int) string {
	b := make([]byte, n)
	x := uint64(1)
	for i := range b {
		x = x*6364136223846793005 + 1442695040888963407
		b[i] = byte(32 + (x>>33)%90)
	}
	return string(b)
}

// TestTheFirstResultCounts: a trial that two workers have played is answered once, by the first, and a worker that gets
// one that was answered does not play it.
func TestTheFirstResultCounts(t *testing.T) {
	p := serving(t)
	var played atomic.Int32
	hold := make(chan struct{})
	slow := func(_ context.Context, r campaign.Request) (play.Summary, error) {
		n := played.Add(1)
		if n == 1 {
			<-hold
		}
		return play.Summary{Line: r.Line, Events: uint64(n)}, nil
	}
	c := coordinator(t, p)
	l, err := p.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer l.conn.Close()
	working(t, p, slow)
	w, _ := c.Worker()
	done := make(chan play.Summary, 1)
	go func() {
		s, err := w.Run(t.Context(), campaign.Request{Line: line(7)})
		if err != nil {
			t.Error(err)
		}
		done <- s
	}()
	for played.Load() < 1 {
		time.Sleep(time.Millisecond)
	}
	// Another has it as well: it answers first.
	other := slot{link: l, start: func() (campaign.Worker, error) { return worker(slow), nil }}
	key := c.campaign + ".1"
	text, _ := json.Marshal(campaign.Request{Line: line(7)})
	a, err := other.play(t.Context(), text)
	if err != nil || other.record(t.Context(), key, a) != nil {
		t.Fatal(err)
	}
	close(hold)
	if s := <-done; s.Events != 2 {
		t.Errorf("the second result counted: %+v", s)
	}
	if s, err := w.Run(t.Context(), campaign.Request{Line: line(8)}); err != nil || s.Line != line(8) {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestWhatIsNotWantedIsTakenBack: who stops asking leaves nothing in the queue.
func TestWhatIsNotWantedIsTakenBack(t *testing.T) {
	p := serving(t)
	c := coordinator(t, p)
	w, _ := c.Worker()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := w.Run(ctx, campaign.Request{Line: line(1)}); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	info, err := c.link.queue.Info(t.Context())
	if err != nil || info.State.Msgs != 0 {
		t.Errorf("%d trials are left, %v", info.State.Msgs, err)
	}
	away := Place{URL: "nats://user:secret@127.0.0.1:1", Program: "toy"}
	if _, err := NewCoordinator(t.Context(), away, nil); err == nil ||
		strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "nats://127.0.0.1:1") {
		t.Errorf("%v", err)
	}
	if _, err := StartServer(Serving{Listen: strings.TrimPrefix(p.URL, "nats://"), Store: t.TempDir()}); err == nil {
		t.Error("two servers at one address")
	}
}

// TestOtherProgramsTrialsAreLeftAlone: a worker of another build would play them differently.
func TestOtherProgramsTrialsAreLeftAlone(t *testing.T) {
	p := serving(t)
	other := p
	other.Program = "tea"
	var wrong atomic.Int32
	working(t, other, func(context.Context, campaign.Request) (play.Summary, error) {
		wrong.Add(1)
		return play.Summary{}, nil
	})
	working(t, p, func(_ context.Context, r campaign.Request) (play.Summary, error) {
		return play.Summary{Line: r.Line}, nil
	})
	w, _ := coordinator(t, p).Worker()
	for seed := range 20 {
		if s, err := w.Run(t.Context(), campaign.Request{Line: line(seed)}); err != nil || s.Line != line(seed) {
			t.Errorf("%+v, %v", s, err)
		}
	}
	if wrong.Load() > 0 {
		t.Errorf("%d trials went to another program", wrong.Load())
	}
}

// workers starts a process of workers.
func workers(t testing.TB, url string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), asWorkers+"="+url)
	c.Stderr = os.Stderr
	return c
}
