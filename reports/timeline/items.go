package timeline

import (
	"fmt"
	"strings"
	"time"
)

// Item is something on the axis, in words.
type Item struct {
	At   time.Duration
	Text string
}

// Items lists in words what happened from an instant on and before another, in order: what servers became, messages,
// jobs of disks, faults, operations, and what is told.
func (t Timeline) Items(from, to time.Duration) []Item {
	var items []Item
	add := func(at time.Duration, format string, args ...any) {
		if at >= from && at < to {
			items = append(items, Item{at, fmt.Sprintf(format, args...)})
		}
	}
	for _, s := range t.Servers {
		for i, state := range s.States {
			if i > 0 {
				add(state.From, "%s becomes: %s", s.Name, state.Role)
			}
		}
	}
	for _, f := range t.Trial.Faults {
		if f.Skipped == "" {
			add(f.From, "fault: %s %s", f.Kind, f.Label)
			add(f.To, "the fault ends: %s %s", f.Kind, f.Label)
		}
	}
	t.Traffic.items(add)
	for _, o := range t.Ops {
		add(o.From, "%s asks: %s", t.lane(o.Client), o.F)
		if o.To >= 0 {
			add(o.To, "%s is answered: %s", t.lane(o.Client), o.Text)
		}
	}
	for _, l := range t.Story {
		if !strings.HasPrefix(l.Text, "fault: ") && !strings.HasPrefix(l.Text, "the fault ends: ") { // listed above
			add(l.At, "%s", l.Text)
		}
	}
	return sortedBy(items, func(i Item) time.Duration { return i.At })
}

func (t Timeline) lane(n int) string {
	if n < len(t.Clients) {
		return t.Clients[n]
	}
	return fmt.Sprintf("client %d", n+1)
}

func (t *Traffic) items(add func(at time.Duration, format string, args ...any)) {
	if t == nil {
		return
	}
	for i := range t.messages.len() {
		sent, m := t.messages.at(i).at, t.messages.at(i).one
		from, to, word := t.machines.words[m.from], t.machines.words[m.to], t.kinds.words[m.kind]
		if m.arrived < 0 {
			add(sent, "%s sends %s: %s, and it is lost", from, to, word)
			continue
		}
		add(sent, "%s sends %s: %s", from, to, word)
		add(m.arrived, "%s is handed what %s sent: %s", to, from, word)
	}
	for i := range t.jobs.len() {
		j := t.jobs.at(i).one
		how := ""
		if j.failed {
			how = ", and it failed"
		}
		add(j.to, "the disk of %s is done with %d bytes and %d syncs%s", t.machines.words[j.machine], j.bytes, j.syncs, how)
	}
}
