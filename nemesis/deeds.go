package nemesis

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ordeal/host"
	"ordeal/nemesis/scenario"
)

// A fault may wait for what servers do: for one deed, or for a beginning of a scenario. Such a target is the pattern in
// braces, as one word, and then whom the fault hits:
//
//	{sends_leader_A}A                        who has just begun to send a snapshot as leader
//	{boot_A,receives_A_within_5s}A+120ms     who boots and soon takes a snapshot, 120 ms after that
//	{stands_A}B                              some other server than the one that stands for election
//	{stands_A}leader                         who leads then
//
// A fault like this waits from its time on for as long as faults go on, and lasts from when what it waits for has come
// about. Of several that are the same, one waits at a time.

// deedTarget is such a target.
type deedTarget struct {
	pattern scenario.Pattern
	// who is a letter, of the pattern or of a server that is not in it, or a role; lag is how much later the fault comes.
	letter byte
	role   string
	lag    time.Duration
}

// isDeeds says that the target waits for deeds.
func (t Target) isDeeds() bool { return strings.HasPrefix(string(t), "{") }

// awaiting is the target that waits for a pattern, and hits one of its letters, another server, or a role.
func awaiting(p scenario.Pattern, who string, lag time.Duration) Target {
	text := "{" + p.Word() + "}" + who
	if lag > 0 {
		text += "+" + formatDuration(lag)
	}
	return Target(text)
}

// deeds reads a target that waits for deeds.
func (t Target) deeds() (d deedTarget, err error) {
	word, who, closed := strings.Cut(strings.TrimPrefix(string(t), "{"), "}")
	if !closed {
		return d, fmt.Errorf("%q has no closing brace", string(t))
	}
	if d.pattern, err = scenario.FromWord(word); err != nil {
		return d, err
	}
	if d.pattern.Word() != word {
		return d, fmt.Errorf("{%s} is written {%s}", word, d.pattern.Word())
	}
	who, lag, late := strings.Cut(who, "+")
	if late {
		if d.lag, err = parseSpan(lag); err != nil {
			return d, err
		}
	}
	switch {
	case len(who) == 1 && 'A' <= who[0] && who[0] <= 'D':
		d.letter = who[0]
	case who == roleLeader || who == roleFollower || who == roleOne:
		d.role = who
	default:
		return d, fmt.Errorf("behind the braces must be whom it hits, as A, leader, follower or one, and not %q", who)
	}
	return d, nil
}

// Patterns are what faults of the plan wait for.
func (p Plan) Patterns() (list []scenario.Pattern) {
	for _, s := range p {
		if s.Fault.Target.isDeeds() {
			if d, err := s.Fault.Target.deeds(); err == nil {
				list = append(list, d.pattern)
			}
		}
	}
	return list
}

// AwaitsDeeds says that the fault waits for deeds, and lasts from when they are done.
func (f Fault) AwaitsDeeds() bool { return f.Target.isDeeds() }

// awaitDeeds lets the i-th step wait, behind those that wait for the same.
func (r *Runner) awaitDeeds(i int) {
	for k, other := range r.plan {
		if k != i && r.waiting[k] != nil && other.Fault == r.plan[i].Fault {
			r.behind = append(r.behind, i)
			r.waiting[i] = func() { r.behind = slices.DeleteFunc(r.behind, func(b int) bool { return b == i }) }
			return
		}
	}
	d, err := r.plan[i].Fault.Target.deeds()
	if err != nil {
		r.emit(r.event(i, Skipped, err.Error()))
		return
	}
	r.waiting[i] = r.world.AwaitDeeds(d.pattern, func(servers scenario.Servers) {
		r.waiting[i] = nil
		r.met(i, d, servers)
		r.nextBehind(i)
	})
}

// nextBehind lets the next step wait that waits for what the i-th waited for.
func (r *Runner) nextBehind(i int) {
	at := slices.IndexFunc(r.behind, func(b int) bool { return r.plan[b].Fault == r.plan[i].Fault })
	if at >= 0 && !r.over {
		next := r.behind[at]
		r.behind = slices.Delete(r.behind, at, at+1)
		r.waiting[next] = nil
		r.awaitDeeds(next)
	}
}

// met carries out the i-th step, whose deeds are done.
func (r *Runner) met(i int, d deedTarget, servers scenario.Servers) {
	r.servers[i] = servers
	r.world.At(r.world.Now()+d.lag, func() {
		if r.over {
			return
		}
		r.carryOut(i, "")
		r.world.At(r.world.Now()+r.plan[i].For, func() { r.end(i) })
	})
}

// ofDeeds resolves a target that has waited for deeds.
func (c *cast) ofDeeds(t Target) ([]host.Addr, string) {
	d, err := t.deeds()
	if err != nil {
		return nil, err.Error()
	}
	if one := c.deeds.Of(d.letter); one != "" {
		return []host.Addr{host.Addr(one)}, ""
	}
	if d.letter == 0 {
		return c.term(d.role)
	}
	for _, a := range c.order {
		if !slices.Contains(c.deeds[:], string(a)) && c.world.Up(a) {
			return []host.Addr{a}, ""
		}
	}
	return nil, "no other server is up"
}
