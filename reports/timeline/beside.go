package timeline

import (
	"time"

	"ordeal/reports"
)

// Difference is one thing in which two runs differ, as a row of a table.
type Difference struct{ What, First, Second, Note string }

// Runs are two runs on one axis, and what there is to say of them.
type Runs struct {
	// Names are what their lanes begin with, and Lines what was run.
	Names, Lines [2]string
	// Story says in sentences what was found out.
	Story       []string
	Differences []Difference
	// Clients is of which run a client's lane is: 0 or 1.
	Clients []int
}

// Beside puts two runs side by side on one axis: the lanes of each have its name before theirs. The picture opens at
// moment, where they part; negative if they do not.
func Beside(first, second Timeline, moment time.Duration, runs Runs) Timeline {
	t := Timeline{
		Trial:  reports.Trial{Title: "two runs", Line: runs.Lines[0], Length: max(first.Trial.Length, second.Trial.Length)},
		Length: max(first.Length, second.Length), Moment: moment, Runs: &runs,
	}
	var clients [2][]string
	for i, run := range []Timeline{first, second} {
		name := func(s string) string { return runs.Names[i] + " " + s }
		for _, m := range run.Missing {
			t.Missing = append(t.Missing, name(m))
		}
		for _, s := range run.Servers {
			t.Servers = append(t.Servers, Server{name(s.Name), s.States})
		}
		for _, f := range run.Trial.Faults {
			f.Family = name(f.Family)
			t.Trial.Faults = append(t.Trial.Faults, f)
		}
		for _, l := range run.Trial.Leaders {
			l.Node = name(l.Node)
			t.Trial.Leaders = append(t.Trial.Leaders, l)
		}
		for _, h := range run.Holds {
			t.Holds = append(t.Holds, Hold{name(h.What), h.Who, h.From, h.To})
		}
		for _, w := range run.Standing {
			t.Standing = append(t.Standing, Standing{name(w.Lane), w.Text, w.From, w.To, w.Odd})
		}
		for _, l := range run.Story {
			t.Story = append(t.Story, Line{l.At, name(l.Text), l.Odd})
		}
		for _, v := range run.Trial.Verdicts {
			v.Name = name(v.Name)
			t.Trial.Verdicts = append(t.Trial.Verdicts, v)
		}
		for _, c := range run.Clients {
			clients[i] = append(clients[i], name(c))
		}
		t.addTraffic(run.Traffic, name)
	}
	t.Story = sortedBy(t.Story, func(l Line) time.Duration { return l.At })
	t.interleave(clients, first.Ops, second.Ops)
	return t
}

// interleave puts the lanes of one client in both runs below each other.
func (t *Timeline) interleave(clients [2][]string, first, second []Op) {
	var lane [2][]int
	for n := range max(len(clients[0]), len(clients[1])) {
		for run := range clients {
			if n < len(clients[run]) {
				lane[run] = append(lane[run], len(t.Clients))
				t.Clients, t.Runs.Clients = append(t.Clients, clients[run][n]), append(t.Runs.Clients, run)
			}
		}
	}
	for run, ops := range [][]Op{first, second} {
		for _, o := range ops {
			o.Client = lane[run][o.Client]
			t.Ops = append(t.Ops, o)
		}
	}
}

// addTraffic takes over what went on in one run.
func (t *Timeline) addTraffic(from *Traffic, name func(string) string) {
	if from == nil {
		return
	}
	if t.Traffic == nil {
		t.Traffic = new(Traffic)
	}
	all := t.Traffic
	machine := func(n int32) int32 { return all.machines.Of(name(from.machines.words[n])) }
	for i := range from.messages.len() {
		sent, m := from.messages.at(i).at, from.messages.at(i).one
		m.from, m.to, m.kind = machine(m.from), machine(m.to), all.kinds.Of(from.kinds.words[m.kind])
		all.messages.add(sent, m)
	}
	for i := range from.jobs.len() {
		began, j := from.jobs.at(i).at, from.jobs.at(i).one
		j.machine = machine(j.machine)
		all.jobs.add(began, j)
	}
}
