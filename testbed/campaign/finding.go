package campaign

import (
	"fmt"
	"strings"
)

// Seed is the seed of a finding's trial, as the line has it.
func (f Finding) Seed() string { return f.field("seed") }

// Workload is what the clients of a finding's trial did.
func (f Finding) Workload() string { return f.field("workload") }

// Name is that of a finding's trial, in short: what trial.Trial.Name says of it without its faults.
func (f Finding) Name() string {
	name := f.Workload() + "-n" + f.field("nodes") + "-seed" + f.Seed()
	if bug := f.field("bug"); bug != "" {
		name += "-" + bug
	}
	return name
}

// field is a word of the trial line.
func (f Finding) field(name string) string {
	_, rest, _ := strings.Cut(" "+f.Summary.Line, " "+name+"=")
	value, _, _ := strings.Cut(rest, " ")
	return value
}

// Text tells a person of the finding, with the command that plays it again.
func (f Finding) Text() string {
	var b strings.Builder
	switch {
	case f.Summary.Text != "":
		b.WriteString(f.Summary.Text)
	default:
		fmt.Fprintf(&b, "%s  %s\n", strings.ToUpper(f.Kind), f.Summary.Line)
	}
	if f.Detail != "" {
		fmt.Fprintf(&b, "  %s: %s\n", f.Kind, strings.ReplaceAll(strings.TrimSpace(f.Detail), "\n", "\n    "))
	}
	if f.Summary.Text == "" {
		fmt.Fprintf(&b, "  again: %s\n", f.Summary.Command)
	}
	if f.Reproduced {
		fmt.Fprintln(&b, "  played twice, with the same trace")
	}
	if f.Summary.Dir != "" {
		fmt.Fprintf(&b, "  files: %s\n", f.Summary.Dir)
	}
	if f.Kind == FindingInvalid && f.Summary.Dir != "" {
		program, what, _ := strings.Cut(f.Summary.Command, " replay ")
		if !f.Summary.Away() {
			what = f.Summary.Dir
		}
		fmt.Fprintf(&b, "  smaller: %s shrink %s\n", program, what)
	}
	return b.String()
}
