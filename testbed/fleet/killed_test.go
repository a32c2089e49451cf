package fleet

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
)

// killing kills a process of workers at every tick, in the middle of what it does, and starts another, until stop is
// called. It says how many it has killed.
func killing(t testing.TB, url string, tick <-chan time.Time) (stop func() int) {
	t.Helper()
	over := make(chan struct{})
	killed := make(chan int)
	start := func() *exec.Cmd {
		c := workers(t, url)
		if _, err := c.StdinPipe(); err != nil { // it ends with its standard input
			t.Error(err)
		}
		if err := c.Start(); err != nil {
			t.Error(err)
		}
		return c
	}
	go func() {
		all := []*exec.Cmd{start(), start()}
		defer func() {
			for _, c := range all {
				_ = c.Process.Kill()
				_ = c.Wait()
			}
		}()
		for n := 0; ; n++ {
			select {
			case <-over:
				killed <- n
				return
			case <-tick:
			}
			i := n % len(all)
			_ = all[i].Process.Signal(syscall.SIGKILL)
			_ = all[i].Wait()
			all[i] = start()
		}
	}()
	return sync.OnceValue(func() int {
		close(over)
		return <-killed
	})
}

// without is a result but for what it cost.
func without(s play.Summary) string {
	s.CPUMs = 0
	text, _ := json.Marshal(s)
	return string(text)
}

// long is how many trials a test asks for, and when something is killed: so many, and at what comes from tick, or in a
// long run as FLEET_TRIALS says, and every so often as the variable of that name does, a duration.
func long(trials int, tick <-chan time.Time, every string) (int, <-chan time.Time) {
	if n, err := strconv.Atoi(os.Getenv("FLEET_TRIALS")); err == nil {
		trials = n
	}
	if d, err := time.ParseDuration(os.Getenv(every)); err == nil {
		tick = time.Tick(d)
	}
	return trials, tick
}

// asked asks for so many trials, sixteen at a time, and calls came after each result, with the number of those before.
// Each trial has to be answered once, and nothing to be left in the queue.
func asked(t *testing.T, c *Coordinator, trials int, came func(n int, s play.Summary)) {
	t.Helper()
	results := make(map[string]int)
	next, answered := make(chan int), make(chan play.Summary)
	for range 16 {
		go func() {
			w, _ := c.Worker()
			for seed := range next {
				s, err := w.Run(t.Context(), campaign.Request{Line: line(seed)})
				if err != nil {
					t.Errorf("%s: %v", line(seed), err)
				}
				answered <- s
			}
		}()
	}
	go func() {
		defer close(next)
		for seed := range trials {
			next <- seed
		}
	}()
	for n := range trials {
		s := <-answered
		results[s.Line]++
		came(n, s)
	}
	lost, doubled := 0, 0
	for seed := range trials {
		switch n := results[line(seed)]; {
		case n == 0:
			lost++
		case n > 1:
			doubled++
		}
	}
	t.Logf("%d trials: %d lost, %d doubled", trials, lost, doubled)
	if lost > 0 || doubled > 0 || len(results) != trials {
		t.Errorf("%d lost, %d doubled, %d results", lost, doubled, len(results))
	}
	emptied(t, c)
}

// now ticks, unless the last tick was not taken yet.
func now(tick chan<- time.Time) {
	select {
	case tick <- time.Now():
	default:
	}
}

// TestKilledWorkersLoseNothing: as many results come home as trials were asked for, each once and each its own trial's,
// while workers are killed: after every tenth result, or in a long run every FLEET_KILLS.
func TestKilledWorkersLoseNothing(t *testing.T) {
	tick := make(chan time.Time, 1)
	trials, kill := long(120, tick, "FLEET_KILLS")
	p := serving(t)
	c := coordinator(t, p)
	stop := killing(t, p.URL, kill)
	defer stop()
	begun := time.Now()
	near, _ := inProcess()
	asked(t, c, trials, func(n int, s play.Summary) {
		if n%10 == 5 {
			now(tick)
		}
		if n%(trials/8) == 0 {
			same, err := near.Run(t.Context(), campaign.Request{Line: s.Line})
			if err != nil || without(same) != without(s) {
				t.Errorf("%v\n%s\nand here\n%s", err, without(s), without(same))
			}
		}
	})
	killed := stop()
	if t.Logf("%d workers killed in %v", killed, time.Since(begun).Round(time.Second)); killed == 0 {
		t.Error("no worker was killed")
	}
}

// emptied waits until nothing is left in the queue.
func emptied(t *testing.T, c *Coordinator) {
	t.Helper()
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		info, err := c.link.queue.Info(t.Context())
		if err == nil && info.State.Msgs == 0 {
			return
		}
		if err != nil || time.Since(begun) > 30*time.Second {
			t.Fatalf("%d trials are left in the queue, %v", info.State.Msgs, err)
		}
	}
}

// TestAFleetOfOneMachine has a campaign played by processes beside it, and tells what it found as one without a fleet.
func TestAFleetOfOneMachine(t *testing.T) {
	f, err := StartLocal(t.Context(), "toy", 2, func(url string) *exec.Cmd { return workers(t, url) }, inProcess)
	if err != nil {
		t.Fatal(err)
	}
	guided := func(start func() (campaign.Worker, error)) (lines []string) {
		seeds := toy.Campaign("", "swarm")
		seeds.Template.Length, seeds.Template.Rate = time.Second, 20
		report, err := campaign.Campaign{
			Service: toy, Guide: campaign.NewGuide(seeds, campaign.GoalStates, 1, 40), Jobs: 4, NewWorker: start,
			Done: func(_ campaign.Tally, s play.Summary) { lines = append(lines, without(s)) },
		}.Run(t.Context())
		if err != nil || report.Tally.Trials != 40 || report.Guided.Branched == 0 {
			t.Errorf("%+v, %v", report, err)
		}
		slices.Sort(lines)
		return lines
	}
	if far, here := guided(f.Worker), guided(inProcess); !slices.Equal(far, here) {
		t.Errorf("a guided campaign of a fleet has other trials than one without")
	}
	store := f.store
	f.Close()
	if _, err := os.Stat(store); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", store, err)
	}
}

// TestWhatATrialCosts bounds what it costs to have a trial played far away, the server's part and both ends' included.
func TestWhatATrialCosts(t *testing.T) {
	p := serving(t)
	c := coordinator(t, p)
	text := noise(4 << 10) // a result has a few thousand bytes
	working(t, p, func(_ context.Context, r campaign.Request) (play.Summary, error) {
		return play.Summary{Line: r.Line, Text: text}, nil
	})
	w, _ := c.Worker()
	const trials = 300
	before := cpu(t)
	for seed := range trials {
		if _, err := w.Run(t.Context(), campaign.Request{Line: line(seed)}); err != nil {
			t.Fatal(err)
		}
	}
	each := (cpu(t) - before) / trials
	t.Logf("%v of CPU time a trial", each)
	if each > time.Second*2/100 {
		t.Errorf("%v of CPU time a trial: more than 2 %% of a trial of a second", each)
	}
}

func cpu(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
