// Package durability tells whether the trials of a service notice disks that do not do what they promise: who tests
// nothing that a crash may take tests no durability.
package durability

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"ordeal/testbed/campaign"
	"ordeal/testbed/trial"
)

// answer says whether a lie of the disks was noticed: by the trial of which seed, and which checker. The seed is 0 if
// by none.
type answer struct {
	seed    uint64
	checker string
}

// try plays trials of the swarm, of the seeds from 1 on, in which the disks have a lie, until one is invalid.
func try(ctx context.Context, s *trial.Service, lie string, trials uint64) (answer, error) {
	seeds := s.Campaign("", "swarm")
	for seed := uint64(1); seed <= trials; seed++ {
		t := seeds.Trial(seed)
		t.Settings = s.Lying(t.DrawSettings(), lie)
		got, err := campaign.InProcess(s, nil).Run(ctx, campaign.Request{Line: t.Line()})
		if err != nil {
			return answer{}, err
		}
		if got.Outcome == "invalid" {
			return answer{seed, got.Checker}, nil
		}
	}
	return answer{}, nil
}

// Table tries every lie that the service's disks know, with so many trials each at most, and writes a table.
func Table(ctx context.Context, out io.Writer, s *trial.Service, trials uint64) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "lie\tnoticed\tby")
	for _, lie := range s.Lies {
		a, err := try(ctx, s, lie, trials)
		switch {
		case err != nil:
			return err
		case a.seed == 0:
			fmt.Fprintf(w, "%s\tno\t%d trials\n", lie, trials)
		default:
			fmt.Fprintf(w, "%s\tyes\tseed %d, %s\n", lie, a.seed, a.checker)
		}
	}
	return w.Flush()
}
