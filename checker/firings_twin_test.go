package checker

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"ordeal/history"
	"ordeal/model/recipes"
)

// scheduleTwin is a scheduler of two jobs that are asked for by hand. Its zxids count what takes effect.
type scheduleTwin struct {
	overlap string
	zxid    int64
	gen     int64
	lives   map[int]int
	ended   map[string]bool
	jobs    map[string]*twinJob
	has     map[int][]any // what a process has claimed: an argument of finish
}

type twinJob struct {
	gen, asks int64
	first     int64 // none before it is open
	paused    bool
	open      map[int64]*twinRun
}

// twinRun is a firing that was asked for: session has it, "" for none.
type twinRun struct {
	session string
	attempt int64
	zxid    int64
}

func newScheduleTwin(overlap string) *scheduleTwin {
	return &scheduleTwin{overlap: overlap, lives: map[int]int{}, ended: map[string]bool{}, jobs: map[string]*twinJob{},
		has: map[int][]any{}}
}

func (t *scheduleTwin) session(process int) string {
	return fmt.Sprintf("s%d.%d", process, t.lives[process])
}

func (t *scheduleTwin) draw(r *rand.Rand, process int) (string, any) {
	if t.ended[t.session(process)] && r.IntN(3) > 0 {
		t.lives[process]++
		delete(t.has, process)
	}
	job := []string{"a", "b"}[r.IntN(2)]
	if held := t.has[process]; held != nil && r.IntN(2) == 0 {
		delete(t.has, process)
		return "finish", append(held[:3:3], r.IntN(3) > 0)
	}
	switch n := r.IntN(10); {
	case t.jobs[job] == nil || n == 0:
		return "define", []any{job, "hand", int64(0), "", "all", int64(1), int64(0), t.overlap, int64(9), int64(0)}
	case n < 4:
		return []string{"drop", "pause", "resume", "ask"}[r.IntN(4)], job
	}
	return "claim", t.session(process)
}

func (t *scheduleTwin) next() int64 { t.zxid++; return t.zxid }

func (t *scheduleTwin) apply(f string, argument any) (any, bool) {
	switch f {
	case "claim":
		return t.claim(argument.(string))
	case "finish":
		return t.finish(argument.([]any))
	case "define":
		name := argument.([]any)[0].(string)
		if t.jobs[name] != nil {
			return nil, false
		}
		t.gen++
		t.jobs[name] = &twinJob{gen: t.gen, open: map[int64]*twinRun{1: {}, 2: {}}, asks: 2, first: 1}
		return []any{name, t.gen, t.next(), int64(5)}, true
	}
	j := t.jobs[argument.(string)]
	if j == nil {
		return nil, false
	}
	result := []any{argument, j.gen, t.next()}
	switch f {
	case "drop":
		delete(t.jobs, argument.(string))
		return append(result, int64(0)), true
	case "ask":
		j.asks++
		j.open[j.asks] = &twinRun{}
		return append(result, j.asks), true
	}
	j.paused = f == "pause"
	return result, true
}

func (t *scheduleTwin) claim(session string) (any, bool) {
	if t.ended[session] {
		return nil, false
	}
	for _, name := range []string{"a", "b"} {
		j := t.jobs[name]
		if j == nil || j.paused {
			continue
		}
		begun := 0
		for _, run := range j.open {
			if run.attempt > 0 {
				begun++
			}
		}
		for ; j.first <= j.asks && j.open[j.first] == nil; j.first++ { // they are over
		}
		for n := j.first; n <= j.asks; n++ {
			run := j.open[n]
			if run == nil || run.session != "" && !t.ended[run.session] ||
				run.attempt == 0 && begun > 0 && t.overlap == "forbid" {
				continue
			}
			if run.attempt == 0 && t.overlap == "replace" {
				for other, r := range j.open {
					if r.attempt > 0 {
						delete(j.open, other)
					}
				}
			}
			run.session, run.attempt, run.zxid = session, run.attempt+1, t.next()
			firing := []any{name, j.gen, int64(7), n}
			var process int
			if _, err := fmt.Sscanf(session, "s%d.", &process); err == nil {
				t.has[process] = []any{session, firing, run.zxid}
			}
			return []any{session, firing, run.attempt, run.zxid, int64(7)}, true
		}
	}
	return nil, false
}

func (t *scheduleTwin) finish(l []any) (any, bool) {
	firing := l[1].([]any)
	j := t.jobs[firing[0].(string)]
	if j == nil || j.gen != firing[1].(int64) {
		return nil, false
	}
	n := firing[3].(int64)
	run := j.open[n]
	if run == nil || run.session != l[0].(string) || run.zxid != l[2].(int64) || t.ended[run.session] {
		return nil, false
	}
	if l[3].(bool) {
		delete(j.open, n)
		return []any{"done", t.next(), []any{}}, true
	}
	run.session = ""
	return []any{"waiting", t.next(), []any{}}, true
}

func (t *scheduleTwin) end(r *rand.Rand, processes int) func(*history.Recorder) {
	return func(rec *history.Recorder) {
		if s := t.session(r.IntN(processes)); !t.ended[s] {
			t.ended[s] = true
			rec.OK(history.Service, "end", "", s)
		}
	}
}

// TestDifferentialFirings compares the judge with a search over all orders.
func TestDifferentialFirings(t *testing.T) {
	for _, overlap := range []string{"allow", "forbid", "replace"} {
		for _, c := range []chances{{}, {fail: 5}} {
			t.Run(fmt.Sprint(overlap, c.fail), func(t *testing.T) {
				judge := func(part schedulePart) finding { return newFirings(part.Calls).judge(nil) }
				differ(t, recipes.Schedule(), judge, true, rounds()/3, func(r *rand.Rand) history.History {
					h := newScheduleTwin(overlap)
					return record(r, h, 3, 4+r.IntN(5), c, h.end(r, 3))
				})
			})
		}
	}
}
