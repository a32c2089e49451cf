// Command compare sends the same requests to two servers, ordeal and Apache ZooKeeper, and says where an answer
// differs: an error code, a Stat, the order of replies, an event of a watch, a connection that is closed. First a
// script, then requests that a seed draws. Both servers stand alone. Before that it has both read configuration files,
// as many as --configs says, in all forms that Java's properties have: which are taken, and what they then say.
//
// What is each server's own, it replaces by what it means: zxids by their distance from the first, sessions by the
// client that made them, instants by "now".
//
//	compare --ordeal bin/ordeal --seeds 1-3 --requests 30000
//	compare --record acceptance/compare/testdata   # what ZooKeeper answers to the script, for the test
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func main() {
	var o options
	c := &cobra.Command{
		Use: "compare", Short: "compares every answer of two servers", Args: cobra.NoArgs,
		SilenceUsage: true, SilenceErrors: true,
		RunE: func(*cobra.Command, []string) error { return o.run() },
	}
	f := c.Flags()
	f.StringVar(&o.program, "ordeal", "bin/ordeal", "the program whose server is compared")
	f.Uint64Var(&o.firstSeed, "seed", 1, "the first seed")
	f.IntVar(&o.seeds, "seeds", 1, "how many seeds")
	f.IntVar(&o.requests, "requests", 10000, "how many requests a seed draws for each flavour")
	f.IntVar(&o.configs, "configs", 3000, "how many configuration files are drawn, which both are to read alike")
	f.IntVar(&o.shown, "show", 10, "how many differences are shown in full")
	f.StringVar(&o.record, "record", "",
		"a folder to write ZooKeeper's answers to the script into; nothing is compared")
	if err := c.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}
