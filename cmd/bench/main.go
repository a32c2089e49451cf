// Command bench measures ordeal against the figures that it is to reach, and prints what it measured beside them. It
// plays trials as a campaign does, in worker processes of bin/ordeal, and takes their CPU time and memory from the
// operating system.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ordeal/cmd/bench/keys"
	"ordeal/cmd/bench/machines"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := command().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use:           "bench",
		Short:         "measures ordeal against the figures that it is to reach",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(keys.Command())
	root.AddCommand(checkCommand(), machines.Command(), machines.MergeCommand(), millionCommand(), neighbourCommand(),
		pageCommand(), scheduleCommand(), serverCommand(), speedCommand())
	root.CompletionOptions.HiddenDefaultCmd = true
	return root
}

// figure is something that was measured, beside what it is to be.
type figure struct {
	name, measured, target string
	verdict                verdict
}

type verdict string

const (
	reached verdict = "reached"
	missed  verdict = "MISSED"
	skipped verdict = "skipped" // it can't be measured here; measured says why
)

// judged is reached if ok, else missed.
func judged(ok bool) verdict {
	if ok {
		return reached
	}
	return missed
}

var errMissed = errors.New("a figure was missed")

// printFigures prints a table, and returns errMissed if any figure was.
func printFigures(out io.Writer, figures []figure) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "figure\tmeasured\ttarget\t")
	var err error
	for _, f := range figures {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.name, f.measured, f.target, f.verdict)
		if f.verdict == missed {
			err = errMissed
		}
	}
	return errors.Join(w.Flush(), err)
}

// printMachine says what the figures were measured on.
func printMachine(out io.Writer) {
	fmt.Fprintf(out, "%s %s/%s, %d cores\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
}
