// Package machines says what a campaign of any size costs: it measures trials by 1, 2, 4, … worker processes side by
// side and what it takes to ask for a trial far away, and goes on from there by a model.
package machines

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// run is a campaign of so many trials by so many worker processes.
type run struct {
	processes, trials int
	took, cpu         time.Duration
}

// rate is how many trials it played in a second.
func (r run) rate() float64 { return float64(r.trials) / r.took.Seconds() }

// model is what a campaign's rate follows from.
type model struct {
	// trial is the CPU time of a trial, and ask what it takes beside that to have it played far away.
	trial, ask time.Duration
	// processors is how many there are in this machine. All others are taken to be like it.
	processors int
}

// modelOf is the model by what was measured: the CPU time of a trial is that of the run with the fewest processes,
// which are the least in each other's way.
func modelOf(runs []run, ask time.Duration, processors int) model {
	first := runs[0]
	for _, r := range runs {
		if r.processes < first.processes {
			first = r
		}
	}
	return model{first.cpu / time.Duration(first.trials), ask, processors}
}

// here is how many trials so many processes of this machine play in a second: no more at once than it has processors.
func (m model) here(processes int) float64 {
	return float64(min(processes, m.processors)) / m.trial.Seconds()
}

// shards is how many trials so many processes play in a second, on as many machines as they want: shards know nothing
// of each other, so nothing bounds them.
func (m model) shards(processes int) float64 { return float64(processes) / m.trial.Seconds() }

// fleet is the same where one program decides which trials there are. All that it takes to ask is counted to its
// machine, which has one processor for that.
func (m model) fleet(processes int) float64 {
	return min(float64(processes)/(m.trial+m.ask).Seconds(), 1/m.ask.Seconds())
}

// full is how many processes one program can keep busy.
func (m model) full() int { return int((m.trial + m.ask) / m.ask) }

// large is the campaign whose price is told.
const large = 1_000_000_000

// print prints what was measured, and the model's curve beyond.
func (m model) print(out io.Writer, runs []run, most int) error {
	fmt.Fprintf(out, "a trial: %v of CPU time; to have it played far away: %v, %.2f %% of that\n",
		m.trial.Round(time.Millisecond), m.ask.Round(time.Microsecond), 100*m.ask.Seconds()/m.trial.Seconds())
	fmt.Fprintf(out, "%d trials: %.0f CPU-days; one program that decides keeps %d processes busy, shards have no "+
		"bound\n\n", large, large*m.trial.Hours()/24, m.full())
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "processes\tmachines\tmeasured trials/s\tCPU a trial\tmodel: shards\tmodel: a fleet\t"+
		"10^9 trials take\t")
	machine := m.processors
	for _, r := range runs {
		fmt.Fprintf(w, "%d\t1\t%.2f\t%v\t%.2f\t\t\t\n", r.processes, r.rate(),
			(r.cpu / time.Duration(r.trials)).Round(time.Millisecond), m.here(r.processes))
	}
	for n := 2 * machine; n <= most; n *= 4 {
		fmt.Fprintf(w, "%d\t%d\t\t\t%.0f\t%.0f\t%s\t\n", n, (n+machine-1)/machine, m.shards(n), m.fleet(n),
			lasting(large/m.shards(n)))
	}
	return w.Flush()
}

// lasting is so many seconds in words.
func lasting(seconds float64) string {
	switch hours := seconds / 3600; {
	case hours > 2*24*365:
		return fmt.Sprintf("%.0f years", hours/24/365)
	case hours > 48:
		return fmt.Sprintf("%.0f days", hours/24)
	default:
		return fmt.Sprintf("%.1f hours", hours)
	}
}
