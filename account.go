package ordeal

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"ordeal/cluster/wire"
	"ordeal/history"
	"ordeal/host"
	"ordeal/testbed/clients"
)

// Bounds of an account: it is to be read.
const (
	accountLines = 60
	accountCalls = 12
)

// account tells the story of a trial that is over and broke a promise: who led, what was on which disk, what was told to
// whom, up to the violation of that kind, or the one that decided the verdict.
func (c *chronicle) account(violations []Violation, kind string) string {
	if len(violations) == 0 {
		return ""
	}
	first := violations[max(0, slices.IndexFunc(violations, func(v Violation) bool { return v.Kind == kind }))]
	calls := c.callsOf(first)
	for _, call := range calls {
		c.tellCall(call)
	}
	c.tellEnds()
	for _, b := range c.p.invariants.broken {
		c.lines = append(c.lines, told{b.At, fmt.Sprintf("BROKEN: %s: %s", b.Rule, b.What)})
	}
	var b strings.Builder
	c.writeEvidence(&b, calls)
	c.writeLines(&b, first.At)
	c.writeDisks(&b, first.At)
	c.writeOdd(&b, first.At)
	return b.String()
}

// called is an operation and who was asked for it.
type called struct {
	history.Operation
	clients.Call
}

// callsOf are the operations of a trial, if they are few; else those that a violation is about.
func (c *chronicle) callsOf(v Violation) []called {
	ops, err := c.p.recorder.Ops().Pair()
	if err != nil {
		return nil
	}
	var all, blamed []called
	for _, op := range ops {
		i := slices.IndexFunc(c.p.env.Calls(), func(call clients.Call) bool { return call.Event == op.Call })
		one := called{Operation: op}
		if i >= 0 {
			one.Call = c.p.env.Calls()[i]
		}
		if i >= 0 || slices.Contains(toldByService, op.F) {
			all = append(all, one)
		}
		if slices.Contains(v.Events, op.Call) {
			blamed = append(blamed, one)
		}
	}
	if len(all) <= accountCalls {
		return all
	}
	return blamed
}

// toldByService is what servers say of their own accord, and what became of sessions.
var toldByService = []string{"event", "setWatches", "end"}

// who is "c4 at n2".
func (o called) who() string {
	switch {
	case o.Client == 0 && o.Process < 0:
		return "the service"
	case o.Client == 0:
		return fmt.Sprintf("process %d", o.Process)
	case o.Server == "":
		return fmt.Sprintf("c%d", o.Client)
	}
	return fmt.Sprintf("c%d at %s", o.Client, o.Server)
}

func (c *chronicle) writeEvidence(b *strings.Builder, calls []called) {
	if len(calls) == 0 {
		return
	}
	b.WriteString("What clients asked, and what they were told:\n")
	over := max(0, len(calls)-accountCalls)
	if over > 0 {
		fmt.Fprintf(b, "  %s before\n", count(over, "operation"))
	}
	for _, o := range calls[over:] {
		end := "no answer"
		if o.Return >= 0 {
			end = seconds(o.Completed)
		}
		fmt.Fprintf(b, "  %s to %s  %s: %s\n", seconds(o.Invoked), end, o.who(), c.opText(o.Operation))
	}
}

// seconds is "1.020 s".
func seconds(d time.Duration) string {
	ms := d.Milliseconds()
	return fmt.Sprintf("%d.%03d s", ms/1000, ms%1000)
}

// tellCall tells when a client was answered, and what was true at that instant.
func (c *chronicle) tellCall(o called) {
	if o.Client == 0 || o.Return < 0 || o.End != history.OK {
		return
	}
	c.lines = append(c.lines, told{o.Completed, fmt.Sprintf("%s is told: %s%s", o.who(), c.opText(o.Operation), c.stand(o.Server, o.Completed))})
	for _, t := range c.txns {
		if c.isOf(t, o) {
			c.lines = append(c.lines, told{t.at, fmt.Sprintf("%s applies the %s of c%d first, as zxid 0x%x in entry %d%s",
				t.by, t.Op, o.Client, t.Zxid, t.Index, refusal(t.Err))})
		}
	}
	for _, odd := range []string{c.believedLeader(o.Server, o.Completed), c.ended(o), c.stale(o)} {
		if odd != "" {
			c.odd = append(c.odd, told{o.Completed, odd})
		}
	}
}

// isOf says whether a transaction is an operation's, or one of several.
func (c *chronicle) isOf(t applied1, o called) bool {
	if t.Session != o.Session || t.Xid == 0 || t.at < o.Invoked || t.at > o.Completed {
		return false
	}
	args, ok := o.Argument.([]any)
	return c.p.trial.Workload != "tree" || ok && len(args) > 2 && args[2] == int64(t.Xid)
}

func refusal(code wire.Code) string {
	if code == wire.OK {
		return ""
	}
	return ", to no effect: " + strings.TrimPrefix(code.Error(), "the service answered ")
}

// ended says of an operation that was answered in a session which was over.
func (c *chronicle) ended(o called) string {
	if result, ok := o.Result.([]any); ok && len(result) > 0 && result[0] == int64(wire.SessionExpired) {
		return ""
	}
	for _, t := range c.txns {
		if t.Op == wire.OpCloseSession && t.Session == o.Session && t.at < o.Completed && o.F != t.Op.String() {
			return fmt.Sprintf("the %s of c%d was answered at %s in session 0x%x, which had ended at %s",
				o.F, o.Client, seconds(o.Completed), uint64(o.Session), seconds(t.at))
		}
	}
	return ""
}

// upToDate are the operations that have to see what was done before they were asked for.
var upToDate = []string{"read", "observe", "sync", "dequeue"}

// stale says of an operation that has to be up to date and was answered from a state that was not.
func (c *chronicle) stale(o called) string {
	own := c.progressOf(o.Server, o.Completed)
	for _, other := range c.p.ground.servers {
		if p := c.progressOf(other, o.Invoked); slices.Contains(upToDate, o.F) && own.machine != "" && p.index > own.index {
			return fmt.Sprintf("%s answered the %s of c%d having applied entry %d, and before it was asked %s had applied entry %d",
				o.Server, o.F, o.Client, own.index, other, p.index)
		}
	}
	return ""
}

// stand says how far the server that answered was, and who was farther.
func (c *chronicle) stand(server host.Addr, at time.Duration) string {
	if len(c.p.ground.servers) == 1 {
		return ""
	}
	own, ahead := c.progressOf(server, at), progress{}
	for _, other := range c.p.ground.servers {
		if p := c.progressOf(other, at); p.index > ahead.index {
			ahead = p
		}
	}
	if own.machine == "" {
		return ""
	}
	text := fmt.Sprintf("; %s has applied entry %d", server, own.index)
	if own.leading {
		text = fmt.Sprintf("; %s, which leads term %d, has applied entry %d", server, own.term, own.index)
	}
	if ahead.index > own.index {
		text += fmt.Sprintf(", and %s entry %d", ahead.machine, ahead.index)
	}
	return text
}

// progressOf is how far a server was at an instant.
func (c *chronicle) progressOf(machine host.Addr, at time.Duration) (last progress) {
	for _, p := range c.progress {
		if p.machine == machine && p.at <= at {
			last = p
		}
	}
	return last
}

// believedLeader says of a server that answered as the leader of a term that was over.
func (c *chronicle) believedLeader(server host.Addr, at time.Duration) string {
	led := func(s LeaderSpan) bool { return s.From <= at && (s.To < 0 || at <= s.To) }
	for _, own := range c.p.invariants.leaderSpans {
		for _, other := range c.p.invariants.leaderSpans {
			if own.Machine == server && other.Machine != server && led(own) && led(other) && other.Term > own.Term {
				return fmt.Sprintf("%s answered at %s as the leader of term %d, when %s had led term %d since %s",
					server, seconds(at), own.Term, other.Machine, other.Term, seconds(other.From))
			}
		}
	}
	return ""
}

// tellEnds tells what machines died of.
func (c *chronicle) tellEnds() {
	for _, f := range c.p.world.Failures() {
		c.lines = append(c.lines, told{f.At, fmt.Sprintf("%s panics: %s", f.Machine, f.Message)})
		c.odd = append(c.odd, told{f.At, fmt.Sprintf("%s panicked: %s", f.Machine, f.Message)})
	}
	for _, s := range c.p.world.Stops() {
		c.lines = append(c.lines, told{s.At, fmt.Sprintf("%s stops: %v", s.Machine, s.Reason)})
	}
	for _, w := range c.p.waits {
		c.odd = append(c.odd, told{w.at, w.what})
	}
}

func (c *chronicle) writeLines(b *strings.Builder, until time.Duration) {
	slices.SortStableFunc(c.lines, func(x, y told) int { return cmp.Compare(x.at, y.at) })
	lines := slices.DeleteFunc(slices.Clone(c.lines), func(l told) bool { return l.at > until })
	if len(lines) == 0 {
		return
	}
	b.WriteString("What happened:\n")
	over := max(0, len(lines)-accountLines)
	if over > 0 {
		fmt.Fprintf(b, "  %s before; shrink the trial to see less\n", count(over, "line"))
	}
	for _, l := range lines[over:] {
		fmt.Fprintf(b, "  %9s  %s\n", seconds(l.at), l.text)
	}
}

func (c *chronicle) writeDisks(b *strings.Builder, at time.Duration) {
	fmt.Fprintf(b, "What was safe on the disks at %s:\n", seconds(at))
	if c.disks.spent() {
		b.WriteString("  nobody looked at them all along: the trial is too large; shrink it first\n")
		return
	}
	for _, s := range c.p.ground.servers {
		fmt.Fprintf(b, "  %s: %s\n", s, c.disks.at(s, at))
	}
}

func (c *chronicle) writeOdd(b *strings.Builder, until time.Duration) {
	slices.SortStableFunc(c.odd, func(x, y told) int { return cmp.Compare(x.at, y.at) })
	odd := slices.DeleteFunc(slices.Clone(c.odd), func(o told) bool { return o.at > until })
	if len(odd) == 0 {
		return
	}
	b.WriteString("What ought not to be:\n")
	for i, o := range odd {
		if i == accountCalls {
			fmt.Fprintf(b, "  and %s more\n", count(len(odd)-i, "thing"))
			break
		}
		fmt.Fprintf(b, "  %9s  %s\n", seconds(o.at), o.text)
	}
}
