package checker

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ordeal/history"
	"ordeal/model/recipes"
)

// leaseTwin is what sessions hold, in the words of a kind of leases.
type leaseTwin struct {
	kind   string
	number int64
	held   []recipes.Lease
	lives  map[int]int
	holds  map[int][]any
	times  map[int]int
	ended  map[string]bool
	writes bool
	value  any
	vers   int64
}

func newLeaseTwin(kind string) *leaseTwin {
	return &leaseTwin{kind: kind, lives: map[int]int{}, holds: map[int][]any{}, times: map[int]int{},
		ended: map[string]bool{}}
}

func (t *leaseTwin) session(process int) string {
	return fmt.Sprintf("s%d.%d", process, t.lives[process])
}

func (t *leaseTwin) draw(r *rand.Rand, process int) (string, any) {
	if t.ended[t.session(process)] {
		t.lives[process]++
		delete(t.holds, process)
		delete(t.times, process)
	}
	s := t.session(process)
	switch hold, held := t.holds[process]; {
	case t.writes && r.IntN(5) == 0:
		return "look", nil
	case held && t.writes && r.IntN(2) == 0:
		return "guarded", append(slices.Clone(hold), int64(r.IntN(1000)))
	case held && t.kind == "reentrant" && t.times[process] < 3 && r.IntN(2) == 0:
		t.times[process]++
		return "acquire", s
	case held:
		if t.times[process]--; t.times[process] <= 0 {
			delete(t.holds, process)
		}
		return "release", hold
	}
	t.times[process] = 1
	switch t.kind {
	case "rw":
		return []string{"read", "write"}[r.IntN(2)], s
	case "several":
		names := []any{"a", "b", "c"}
		return "acquire", []any{s, names[r.IntN(2) : 2+r.IntN(2)]}
	}
	return "acquire", s
}

func (t *leaseTwin) apply(f string, argument any) (any, bool) {
	list, _ := argument.([]any)
	switch f {
	case "look":
		return []any{t.value, t.vers}, true
	case "guarded":
		if !slices.ContainsFunc(t.held, func(l recipes.Lease) bool { return l.Session == list[0] && l.Token == list[1] }) {
			return "refused", true
		}
		t.value, t.vers = list[2], t.vers+1
		return []any{t.value, t.vers}, true
	case "release":
		i := slices.IndexFunc(t.held, func(l recipes.Lease) bool { return l.Session == list[0] && l.Token == list[1] })
		if i < 0 {
			return nil, false
		}
		if t.held[i].Times--; t.held[i].Times == 0 {
			t.held = slices.Delete(t.held, i, i+1)
		}
		return list, true
	}
	session, names := argument, []any{""}
	if list != nil {
		session, names = list[0], list[1].([]any)
	}
	return t.grant(session.(string), names, f == "read" || t.kind == "semaphore")
}

func (t *leaseTwin) grant(session string, names []any, shared bool) (any, bool) {
	if t.ended[session] {
		return nil, false
	}
	sharing := 0
	for i, l := range t.held {
		if l.Session == session && t.kind == "reentrant" {
			t.held[i].Times++
			return []any{session, l.Token}, true
		}
		for _, take := range l.Takes {
			if slices.Contains(names, any(take.Name)) {
				if !take.Shared || !shared {
					return nil, false
				}
				sharing++
			}
		}
	}
	if t.kind == "semaphore" && sharing >= 2 {
		return nil, false
	}
	t.number++
	l := recipes.Lease{Session: session, Token: t.number, Times: 1}
	for _, n := range names {
		l.Takes = append(l.Takes, recipes.Take{Name: n.(string), Shared: shared})
	}
	t.held = append(t.held, l)
	var process int
	if _, err := fmt.Sscanf(session, "s%d.", &process); err == nil {
		t.holds[process] = []any{session, t.number}
	}
	return []any{session, t.number}, true
}

func (t *leaseTwin) end(r *rand.Rand, processes int) func(*history.Recorder) {
	return func(rec *history.Recorder) {
		s := t.session(r.IntN(processes))
		if t.ended[s] {
			return
		}
		t.ended[s] = true
		t.held = slices.DeleteFunc(t.held, func(l recipes.Lease) bool { return l.Session == s })
		rec.OK(history.Service, "end", "", s)
	}
}

func TestDifferentialLeases(t *testing.T) {
	for _, tt := range []struct {
		name   string
		kind   recipes.LeaseKind
		writes bool
	}{
		{"semaphore", recipes.Semaphore(2), false}, {"rw", recipes.ReadWrite(), false},
		{"reentrant", recipes.Reentrant(), false}, {"several", recipes.Several(), false},
		{"several", recipes.Several(), true},
	} {
		for _, c := range []chances{{}, {info: 8, fail: 5}} {
			t.Run(fmt.Sprint(tt.name, tt.writes, c.info), func(t *testing.T) {
				differ(t, tt.kind.Spec(), fastLeases(tt.kind), true, rounds(), func(r *rand.Rand) history.History {
					h := newLeaseTwin(tt.name)
					h.writes = tt.writes
					return record(r, h, 3, 3+r.IntN(5), c, h.end(r, 3))
				})
			})
		}
	}
}

// idTwin gives numbers out.
type idTwin struct{ last int64 }

func (t *idTwin) draw(_ *rand.Rand, process int) (string, any) {
	return "next", fmt.Sprint("g", process)
}

func (t *idTwin) apply(string, any) (any, bool) {
	t.last++
	return t.last, true
}

func TestDifferentialIDs(t *testing.T) {
	differ(t, recipes.IDs(), fastIDs, true, rounds(), func(r *rand.Rand) history.History {
		return record(r, &idTwin{}, 3, 3+r.IntN(5), chances{info: 5, fail: 3}, nil)
	})
}

// configTwin is a configuration that works.
type configTwin struct {
	made []recipes.ConfigRevision
	last int64
}

func (t *configTwin) draw(r *rand.Rand, _ int) (string, any) {
	t.last++
	change := []any{[]any{[]any{"a", "b"}[r.IntN(2)], []any{"x", "y", nil}[r.IntN(3)]}}
	switch r.IntN(10) {
	case 0, 1:
		return "publish", []any{t.last, change}
	case 2:
		return "try", []any{t.last, int64(r.IntN(3)), change}
	case 3:
		return "widen", []any{t.last, int64(r.IntN(3))}
	case 4:
		return []string{"promote", "withdraw"}[r.IntN(2)], []any{t.last}
	case 5:
		return "rollback", []any{t.last, int64(r.IntN(3))}
	case 6:
		return "history", nil
	}
	return "look", nil
}

func (t *configTwin) apply(f string, argument any) (any, bool) {
	last := recipes.ConfigRevision{}
	if n := len(t.made); n > 0 {
		last = t.made[n-1]
	}
	switch f {
	case "look":
		var gray any
		if last.Gray != "" {
			first, rest, _ := strings.Cut(last.Gray, "\n")
			var release, share int64
			fmt.Sscan(first, &release, &share)
			gray = []any{release, share, shownSettings(rest)}
		}
		return []any{int64(len(t.made)), []any{last.Zxid, last.ID, shownSettings(last.Settings), gray}}, true
	case "history":
		list := []any{}
		for i, r := range t.made {
			list = append(list, []any{int64(i) + 1, r.ID})
		}
		return list, true
	}
	in, _, err := recipes.Config().Parse(history.Operation{F: f, Argument: argument, End: history.Info})
	if err != nil {
		panic(err)
	}
	r, ok := recipes.NextRevision(t.made, in)
	if !ok {
		return nil, false
	}
	r.Zxid++
	t.made = append(t.made, r)
	return []any{int64(len(t.made)), r.Zxid}, true
}

// shownSettings are lines of name=value, or name! for one that is gone, as histories have them.
func shownSettings(text string) []any {
	list := []any{}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if name, value, there := strings.Cut(line, "="); there {
			list = append(list, []any{name, value})
		} else {
			list = append(list, []any{strings.TrimSuffix(line, "!"), nil})
		}
	}
	return list
}

func TestDifferentialConfig(t *testing.T) {
	for _, c := range []chances{{}, {info: 8, fail: 5}} {
		differ(t, recipes.Config(), fastConfig, true, rounds(), func(r *rand.Rand) history.History {
			return record(r, &configTwin{}, 3, 3+r.IntN(5), c, nil)
		})
	}
}
