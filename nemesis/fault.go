package nemesis

import (
	"slices"
	"strings"
	"time"

	"ordeal/host"
)

// Fault is one thing that breaks: a kind, whom it hits, and how hard. It is flat and comparable; fields that a kind
// does not use are zero.
type Fault struct {
	Kind   Kind
	Shape  Shape  // Partition
	Target Target // every kind, but for shapes that concern all
	// WithClients extends a network fault to the clients: a partition cuts each client off with one machine's side,
	// and a packet fault hits the links between the target and the clients too. Without it a fault is between
	// servers only, unless it aims at clients.
	WithClients bool
	// Amount is the added time of Delay, of SlowDisk, LateMessage and LateFrame, how much later DoubleMessage's second one
	// is, and how far Jump and Strobe move the clock, Jump either way.
	Amount time.Duration
	Jitter time.Duration // Delay: each message takes up to that much longer still
	Every  time.Duration // Strobe and Snapshot: how often
	// Each says of Drift and Jump that every machine draws a number of its own between minus and plus the one given.
	Each bool
	Rate int // SlowLink: bits a second
	// PPM is the probability of Loss, Duplicate, Reorder, Corrupt and FailSync (1 to 1,000,000), or Drift's error of the
	// clock's rate, positive for fast (±900,000).
	PPM  int
	Mark string // Failpoint and CrashAtMark: the mark's name
	// N says, of a fault that is pinned, to the how manieth of its kind of thing: job of the target's disk, time that the
	// target comes to the mark, message between servers, or frame of a connection. It counts from 1 and from the beginning
	// of the world.
	N int
	// Leaving is which state CrashInJob, CrashAtMark and CrashAtMessage leave the disk in, of those that such a crash may
	// leave, counted from 1; 0 leaves it to chance.
	Leaving int
}

// Step is a fault's place in time, counted from when the plan is started.
type Step struct {
	At, For time.Duration
	Fault   Fault
}

// Plan is what happens to a world: steps, in any order.
type Plan []Step

// String spells the fault as a plan does.
func (f Fault) String() string {
	info, ok := f.Kind.Info()
	if !ok {
		return string(f.Kind)
	}
	words := []string{string(f.Kind)}
	for _, s := range info.slots {
		if word := s.spell(f); word != "" {
			words = append(words, word)
		}
	}
	if f.WithClients {
		words = append(words, withClients)
	}
	return strings.Join(words, " ")
}

// Family is the fault's family, for bands in plots; "" for a kind that does not exist.
func (f Fault) Family() string {
	info, _ := f.Kind.Info()
	return info.Family
}

// String spells the step as a plan does, without a newline.
func (s Step) String() string {
	text := "at " + formatDuration(s.At)
	if s.For != 0 {
		text += " for " + formatDuration(s.For)
	}
	return text + " " + s.Fault.String()
}

// String is the plan's text, one step a line. ParsePlan gives the same plan back.
func (p Plan) String() string {
	var b strings.Builder
	for _, s := range p {
		b.WriteString(s.String())
		b.WriteByte('\n')
	}
	return b.String()
}

// Line is the plan on one line, its steps joined by "; ". ParsePlan takes it too.
func (p Plan) Line() string {
	steps := make([]string, len(p))
	for i, s := range p {
		steps[i] = s.String()
	}
	return strings.Join(steps, "; ")
}

// Machines are those that the plan names, as opposed to roles, in the order in which it does, each once.
func (p Plan) Machines() (named []host.Addr) {
	for _, s := range p {
		if s.Fault.Target.isDeeds() {
			continue
		}
		for _, term := range s.Fault.Target.terms() {
			if a := host.Addr(term); term != "" && !slices.Contains(roles, term) && !slices.Contains(named, a) {
				named = append(named, a)
			}
		}
	}
	return named
}

// Reconfigures says whether the plan changes who is in the service, which the service has to be prepared for.
func (p Plan) Reconfigures() bool {
	return slices.ContainsFunc(p, func(s Step) bool { return reconfigures(s.Fault.Kind) })
}

// Newcomers is how many new servers the plan may bring.
func (p Plan) Newcomers() (n int) {
	for _, s := range p {
		if s.Fault.Kind == Add || s.Fault.Kind == Replace {
			n++
		}
	}
	return n
}

// End is when the last step ends.
func (p Plan) End() time.Duration {
	var end time.Duration
	for _, s := range p {
		end = max(end, s.At+s.For)
	}
	return end
}
