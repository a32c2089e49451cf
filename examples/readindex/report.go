package main

import (
	"fmt"
	"io"

	"ordeal/checker"
	"ordeal/nemesis"
)

// report tells of a trial that failed.
func (r result) report(w io.Writer, seed uint64) {
	fmt.Fprintf(w, "raft %s, seed %d: %v\n%s\n\nplan:\n%s\nwhat the faults did:\n", raftVersion, seed, r.Verdict.Outcome, r.Verdict.Reason, r.Plan)
	for _, e := range r.Events {
		fmt.Fprintln(w, " ", e)
	}
	fmt.Fprintf(w, "\nagain:\n  go run . -seed %d -plan %q\n", seed, r.Plan.Line())
}

// cutDown leaves out steps of a failed trial's plan, one after the other, while the trial still fails.
func (t trial) cutDown(failed result) (result, error) {
	for i := 0; i < len(failed.Plan); {
		t.Plan = append(append(nemesis.Plan{}, failed.Plan[:i]...), failed.Plan[i+1:]...)
		r, err := t.run()
		if err != nil {
			return failed, err
		}
		if r.Verdict.Outcome == checker.Invalid {
			failed = r
		} else {
			i++
		}
	}
	return failed, nil
}
