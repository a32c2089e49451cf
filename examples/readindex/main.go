// Command readindex puts a small replicated register on trial, to find a bug that go.etcd.io/raft/v3 had in v3.6.0: a read
// that its ReadIndex confirms may be stale.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"ordeal/checker"
	"ordeal/nemesis"
)

func main() {
	seeds := flag.Uint64("seeds", 200, "how many trials, from seed 1")
	seed := flag.Uint64("seed", 0, "play one seed only")
	plan := flag.String("plan", "", "the faults, in place of what the seed draws")
	cut := flag.Bool("cut", false, "cut the faults of a trial that fails down to what is needed")
	fresh := flag.Bool("fresh", false, "a read that is asked for again gets a name of its own")
	flag.Parse()
	first, last := uint64(1), *seeds
	if *seed != 0 {
		first, last = *seed, *seed
	}
	t := trial{Nodes: 3, Length: 7 * time.Second}
	if *fresh {
		t.Retry = freshContext
	}
	if err := campaign(t, first, last, *plan, *cut); err != nil {
		fmt.Fprintln(os.Stderr, "readindex:", err)
		os.Exit(254)
	}
}

// campaign plays seeds until one fails, and then exits 1.
func campaign(t trial, first, last uint64, plan string, cut bool) error {
	if plan != "" {
		var err error
		if t.Plan, err = nemesis.ParsePlan("plan", []byte(plan)); err != nil {
			return err
		}
	}
	var unknown int
	for t.Seed = first; t.Seed <= last; t.Seed++ {
		r, err := t.run()
		if err != nil {
			return err
		}
		switch r.Verdict.Outcome {
		case checker.Unknown:
			unknown++
		case checker.Invalid:
			if cut {
				if r, err = t.cutDown(r); err != nil {
					return err
				}
			}
			r.report(os.Stdout, t.Seed)
			os.Exit(1)
		}
	}
	fmt.Printf("raft %s: %d trials, none invalid, %d unknown\n", raftVersion, last-first+1, unknown)
	return nil
}
