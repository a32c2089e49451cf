package story

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"ordeal/cluster/wire"
	"ordeal/history"
	"ordeal/host"
	"ordeal/testbed/account"
	"ordeal/testbed/trial"
)

// ownAccord is what servers say without being asked, and how sessions ended.
var ownAccord = []string{"event", "setWatches", "end"}

// Shows says of an operation that no client asked for whether a reader wants to see it.
func (c *Teller) Shows(op history.Operation) bool {
	if c.ofKeys() {
		return op.Process >= 0 || slices.Contains(toldOfKeys, op.F)
	}
	return slices.Contains(ownAccord, op.F)
}

// toldOfKeys is the same of the workload whose operations are about keys.
var toldOfKeys = []string{"told", "progressed", "progress", "canceled", "expired"}

// Answered tells when a client was answered, and what was true at that instant.
func (c *Teller) Answered(o account.Call) {
	if c.ofKeys() && o.Process >= 0 {
		c.keysAnswered(o)
		return
	}
	c.TellAt(o.Completed, fmt.Sprintf("%s is answered: %s%s", o.Who(), c.Text(o.Operation), c.standing(o.Server,
		o.Completed)))
	if slices.Contains(upToDate, o.F) {
		c.tellReads(o.Invoked, o.Completed)
	}
	for _, t := range c.transactions {
		if c.isOf(t, o) {
			c.TellAt(t.at, fmt.Sprintf("%s applies the %s of c%d first, as zxid 0x%x in entry %d%s",
				t.by, t.Op, o.Client, t.Zxid, t.Index, refusal(cmp.Or(t.Err, t.Failed))))
		}
	}
	for _, odd := range []string{c.believedLeader(o.Server, o.Completed), c.ended(o), c.stale(o)} {
		if odd != "" {
			c.OddAt(o.Completed, odd)
		}
	}
}

// readsMax is how many messages about reads are told of one operation.
const readsMax = 6

// tellReads tells what servers told each other of how far reads must see, while an operation was under way that had to
// be up to date: who asked, who confirmed, and at which entry.
func (c *Teller) tellReads(from, to time.Duration) {
	told := 0
	for i := range c.reads {
		r := &c.reads[i]
		if r.at < from || r.at > to || r.told || told == readsMax {
			continue
		}
		r.told = true
		told++
		c.TellAt(r.at, fmt.Sprintf("%s to %s: %s", r.from, r.to, r.text))
	}
}

// isOf says whether a transaction is an operation's, or one of several.
func (c *Teller) isOf(t transaction, o account.Call) bool {
	if t.Session != o.Session || t.Xid == 0 || t.at < o.Invoked || t.at > o.Completed {
		return false
	}
	args, ok := o.Argument.([]any)
	return c.stage.Trial.Workload != "tree" || ok && len(args) > 2 && args[2] == int64(t.Xid)
}

func refusal(code wire.Code) string {
	if code == wire.OK {
		return ""
	}
	return ", to no effect: " + strings.TrimPrefix(code.Error(), "the service answered ")
}

// ended says of an operation that was answered in a session which was over.
func (c *Teller) ended(o account.Call) string {
	if result, ok := o.Result.([]any); ok && len(result) > 0 && result[0] == int64(wire.SessionExpired) {
		return ""
	}
	for _, t := range c.transactions {
		if t.Op == wire.OpCloseSession && t.Session == o.Session && t.at < o.Completed && o.F != t.Op.String() {
			return fmt.Sprintf("the %s of c%d was answered at %s in session 0x%x, which had ended at %s",
				o.F, o.Client, account.Seconds(o.Completed), uint64(o.Session), account.Seconds(t.at))
		}
	}
	return ""
}

// upToDate are the operations that have to see what was done before they were asked for.
var upToDate = []string{"read", "observe", "sync", "dequeue", "contains", "poll", "txn"}

// stale says of an operation that has to be up to date and was answered from a state that was not.
func (c *Teller) stale(o account.Call) string {
	own := c.progressOf(o.Server, o.Completed)
	for _, other := range c.stage.Machines.Servers() {
		if p := c.progressOf(other, o.Invoked); slices.Contains(upToDate, o.F) && own.machine != "" && p.index > own.index {
			return fmt.Sprintf("%s answered the %s of c%d having applied entry %d, and before it was asked %s had applied "+
				"entry %d",
				o.Server, o.F, o.Client, own.index, other, p.index)
		}
	}
	return ""
}

// standing says how far the server that answered was, and who was farther.
func (c *Teller) standing(server host.Addr, at time.Duration) string {
	if len(c.stage.Machines.Servers()) == 1 {
		return ""
	}
	own, ahead := c.progressOf(server, at), progress{}
	for _, other := range c.stage.Machines.Servers() {
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
	if c.ofKeys() {
		text += fmt.Sprintf(" and has revision %d", own.revision)
	}
	if ahead.index > own.index {
		text += fmt.Sprintf(", and %s entry %d", ahead.machine, ahead.index)
	}
	return text
}

// progressOf is how far a server was at an instant.
func (c *Teller) progressOf(machine host.Addr, at time.Duration) (last progress) {
	for _, p := range c.progress {
		if p.machine == machine && p.at <= at {
			last = p
		}
	}
	return last
}

// believedLeader says of a server that answered as the leader of a term that was over.
func (c *Teller) believedLeader(server host.Addr, at time.Duration) string {
	led := func(s trial.LeaderSpan) bool { return s.From <= at && (s.To < 0 || at <= s.To) }
	for _, own := range c.leaders() {
		for _, other := range c.leaders() {
			if own.Machine == server && other.Machine != server && led(own) && led(other) && other.Epoch > own.Epoch {
				return fmt.Sprintf("%s answered at %s as the leader of term %d, when %s had led term %d since %s",
					server, account.Seconds(at), own.Epoch, other.Machine, other.Epoch, account.Seconds(other.From))
			}
		}
	}
	return ""
}

// Background says what was on the disks at an instant.
func (c *Teller) Background(at time.Duration) string {
	var b strings.Builder
	for _, s := range c.stage.Machines.Servers() {
		if n := c.nodes[s]; n != nil && n.up && c.stage.Plan.Reconfigures() {
			fmt.Fprintf(&b, "The ensemble that %s goes by in the end: %s\n", s, n.members)
		}
	}
	when := account.Seconds(at)
	switch {
	case c.disks.blind() && c.disks.looked < at:
		when = account.Seconds(c.disks.looked) + ", behind which they were not looked at: the trial is too large"
	case c.disks.spent():
		when += fmt.Sprintf(", or up to %v before", thinly)
	}
	fmt.Fprintf(&b, "What was safe on the disks at %s:\n", when)
	for _, s := range c.stage.Machines.Servers() {
		fmt.Fprintf(&b, "  %s: %s\n", s, c.disks.at(s, at))
	}
	return b.String()
}
