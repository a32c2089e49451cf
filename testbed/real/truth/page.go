package truth

import (
	"cmp"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/template"
	"time"

	"ordeal/testbed/play"
)

//go:embed page.tmpl
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"share":   func(s share) string { return fmt.Sprintf("%d of %d (%.1f %%)", s.Agree, s.Of, s.percent()) },
	"percent": func(f float64) string { return fmt.Sprintf("%.1f %%", 100*f) },
	"ms":      func(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d)/1e6) },
	"list":    func(all ...times) []times { return all },
	"ratio":   func(one interface{ ratio() float64 }) float64 { return one.ratio() },
	"near":    within,
	"within":  func(s score, factor float64) share { return s.within(factor) },
	"most":    func(s share, percent float64) bool { return s.percent() >= percent },
	"all":     func(s share) bool { return s.Of > 0 && s.Agree == s.Of },
	"holds": func(holds bool) string {
		if holds {
			return "holds"
		}
		return "**missed**"
	},
	"played": func(p Played) string {
		return fmt.Sprintf("%s, %.1f %%, %s", p.Outcome, 100*p.Out(), orNone(strings.Join(p.Unknown, " ")))
	},
	"plan": func(p Pair) string {
		shown := min(len(p.Plan), stepsShown)
		text := strings.Join(p.Plan[:shown], "; ")
		if more := len(p.Plan) - shown; more > 0 {
			text += fmt.Sprintf("; and %d more", more)
		}
		return text
	},
}).Parse(pageText))

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// apartMax is how many pairs that part are shown, and stepsShown how many steps of the plan of each.
const apartMax, stepsShown = 12, 4

// twice are pairs whose halves are both real: those of plans that were played again.
func twice(pairs, again []Pair) (list []Pair) {
	for _, p := range pairs {
		i := slices.IndexFunc(again, func(other Pair) bool { return other.Seed == p.Seed })
		if i >= 0 && slices.Equal(again[i].Plan, p.Plan) && !p.quiet() {
			p.Sim = again[i].Real
			list = append(list, p)
		}
	}
	return list
}

// Write writes what the score of pairs is as a page of Markdown. again are pairs that were played once more, of which
// the real halves count; costs is the file of costs.
func Write(w io.Writer, pairs, again []Pair, costs string) error {
	if len(pairs) == 0 {
		return fmt.Errorf("there is no pair yet")
	}
	var faulty, quiet []Pair
	for _, p := range pairs {
		if p.quiet() {
			quiet = append(quiet, p)
		} else {
			faulty = append(faulty, p)
		}
	}
	first := pairs[0]
	valid, invalid, unknown := outcomes(faulty)
	data := struct {
		Ran, Length, Workloads, Loads, Verdicts, Reasons, Costs string
		Rate                                                    int
		Faulty, Quiet, Twice                                    score
		Apart                                                   []Pair
	}{
		Ran: fmt.Sprintf("%d plans of faults and %d without any were played, on three servers, network %s, %d processors.",
			len(faulty), len(quiet), first.Network, first.CPUs),
		Length: first.Length.String(), Rate: first.Rate, Workloads: strings.Join(workloads(pairs), ", "), Loads: loads(pairs),
		Verdicts: fmt.Sprintf("%d valid, %d invalid, %d unknown", valid, invalid, unknown),
		Faulty:   scoreOf(faulty), Quiet: scoreOf(quiet), Twice: scoreOf(twice(pairs, again)),
		Reasons: reasons(pairs), Costs: costs,
	}
	data.Apart = data.Faulty.Apart[:min(apartMax, len(data.Faulty.Apart))]
	return page.Execute(w, data)
}

func workloads(pairs []Pair) (names []string) {
	for _, p := range pairs {
		names = append(names, p.Workload)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// loads says how much the machine had to do.
func loads(pairs []Pair) string {
	var all []float64
	for _, p := range pairs {
		all = append(all, p.Load)
	}
	slices.Sort(all)
	return fmt.Sprintf("The machine's load average over a minute was from %.1f to %.1f then, half of the time more than "+
		"%.1f.", all[0], all[len(all)-1], all[len(all)/2])
}

// reasons are those of halves that were not valid: of each that broke a promise, and of the first that is unknown.
func reasons(pairs []Pair) string {
	var b strings.Builder
	unknown, first := 0, ""
	for _, p := range pairs {
		for _, half := range []struct {
			name string
			Played
		}{{"real", p.Real}, {"simulated", p.Sim}} {
			text := fmt.Sprintf("- seed %d, %s, %s half: %s by %s: %s\n", p.Seed, p.Workload, half.name, half.Outcome,
				half.Checker, half.Reason)
			switch half.Outcome {
			case play.Invalid:
				b.WriteString(text)
			case play.Unknown:
				unknown++
				first = cmp.Or(first, text)
			}
		}
	}
	if unknown > 0 {
		fmt.Fprintf(&b, "- %d halves are unknown; the first:\n  %s", unknown, first)
	}
	if b.Len() == 0 {
		return "All halves were valid.\n\n"
	}
	return "Halves that were not valid:\n\n" + b.String() + "\n"
}
