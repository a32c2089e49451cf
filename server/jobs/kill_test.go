package jobs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ordeal/server/jobs"
)

// executorConfig is the environment variable by which the test binary is an executor.
const executorConfig = "TEST_EXECUTOR"

func TestMain(m *testing.M) {
	text := os.Getenv(executorConfig)
	if text == "" {
		os.Exit(m.Run())
	}
	var cfg jobs.Config
	if err := json.Unmarshal([]byte(text), &cfg); err != nil {
		panic(err)
	}
	cfg.Logger = quiet
	if err := jobs.Run(context.Background(), cfg); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// resource is what jobs call: it notes each firing once, and refuses fences that are smaller than one that was here.
type resource struct {
	mu       sync.Mutex
	effects  map[string]bool
	claims   map[string]int // calls by a firing and a fence
	calls    int
	fences   map[string]int64
	backward int
}

func (r *resource) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	time.Sleep(time.Duration(rand.IntN(200)) * time.Millisecond)
	firing := req.Header.Get("Ordeal-Firing")
	fence, _ := strconv.ParseInt(req.Header.Get("Ordeal-Fence"), 10, 64)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.calls++; fence < r.fences[firing] {
		r.backward++
		http.Error(w, "late", http.StatusConflict)
		return
	}
	if fence > r.fences[firing] {
		r.fences[firing] = fence
	}
	r.claims[fmt.Sprint(firing, " ", fence)]++
	r.effects[firing] = true
	fmt.Fprint(w, "noted")
}

// Three executors, of which one is killed again and again by kill -9: no firing is lost, and each ends once.
func TestKilledExecutors(t *testing.T) {
	o := newOffice(t)
	r := &resource{effects: map[string]bool{}, claims: map[string]int{}, fences: map[string]int64{}}
	web := httptest.NewServer(r)
	t.Cleanup(web.Close)
	at, err := url.Parse(web.URL)
	if err != nil {
		t.Fatal(err)
	}
	cfg := o.cfg
	cfg.SessionTimeout, cfg.Hosts, cfg.Logger = time.Second, []string{at.Host}, nil
	for n := range 4 {
		o.must("add", job(fmt.Sprint("j", n), jobs.Work{HTTP: &jobs.Call{URL: web.URL}},
			`, "every": 100, "misfire": "all", "overlap": "allow", "retries": 20, "backoff": 10`))
	}
	var executors [3]*exec.Cmd
	for i := range executors {
		executors[i] = startExecutor(t, cfg)
	}
	for i := range 5 {
		time.Sleep(400 * time.Millisecond)
		victim := i % len(executors)
		if err := executors[victim].Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = executors[victim].Wait() // it was killed
		executors[victim] = startExecutor(t, cfg)
	}
	// What the last victim had is another's when its session is over, unless its job is paused by then. So the pause comes
	// when whatever is as old as the last kill has ended. Then no more is claimed, and all ends.
	killed := time.Now()
	o.await(func() bool { return !o.open(time.Since(killed)) })
	for n := range 4 {
		o.must("pause", fmt.Sprint("j", n))
	}
	o.await(func() bool { return !o.open(0) })
	o.whole(r)
}

// open says whether a firing is not over that was due so long ago.
func (o *office) open(ago time.Duration) bool {
	for n := range 4 {
		for _, line := range strings.Split(o.must("log", fmt.Sprint("j", n)), "\n")[1:] {
			fields := strings.Fields(line)
			if len(fields) < 2 || fields[1] == "done" {
				continue
			}
			if due, err := time.Parse(time.RFC3339Nano, fields[0]); err != nil || time.Since(due) > ago {
				return true
			}
		}
	}
	return false
}

func startExecutor(t *testing.T, cfg jobs.Config) *exec.Cmd {
	text, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(os.Args[0])
	c.Env, c.Stderr = append(os.Environ(), executorConfig+"="+string(text)), os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() }) // it may have been killed before
	return c
}

// await waits for something for a while.
func (o *office) await(what func() bool) {
	o.Helper()
	for until := time.Now().Add(30 * time.Second); !what(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(until) {
			o.Fatal("it did not come about")
		}
	}
}

// whole holds that the log has every firing of each job, and that each is done, by at least one call.
func (o *office) whole(r *resource) {
	firings := 0
	for n := range 4 {
		var last time.Time
		for _, line := range strings.Split(o.must("log", fmt.Sprint("j", n)), "\n")[1:] {
			fields := strings.Fields(line)
			if len(fields) < 2 {
				continue
			}
			due, err := time.Parse(time.RFC3339Nano, fields[0])
			if err != nil {
				o.Fatal(line)
			}
			if !last.IsZero() && due.Sub(last) != 100*time.Millisecond {
				o.Errorf("j%d: behind %v comes %v", n, last, due)
			}
			last = due
			firing := fmt.Sprintf("j%d.%d.%d.0", n, n+1, due.UnixMilli())
			if firings++; fields[1] != "done" || !r.effects[firing] {
				o.Errorf("%s: %s, and the resource noted it: %v", firing, fields[1], r.effects[firing])
			}
		}
	}
	if firings < 40 || firings != len(r.effects) {
		o.Errorf("the log has %d firings, and the resource %d", firings, len(r.effects))
	}
	for claim, n := range r.claims {
		if n > 1 {
			o.Errorf("%s: %d calls by one claim", claim, n)
		}
	}
	o.Logf("%d firings by %d calls, of which %d were refused by their fences", firings, r.calls, r.backward)
}
