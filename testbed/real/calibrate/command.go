package calibrate

import (
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"ordeal/testbed/command"
	"ordeal/testbed/real"
	"ordeal/testbed/trial"
)

// Command measures this machine, and writes the costs of a simulated world that is like it.
func Command(s *trial.Service) *cobra.Command {
	var network, file, dir string
	c := &cobra.Command{
		Use:   "calibrate",
		Short: "measures this machine, and writes what things cost in a simulated world that is like it",
		Long: `calibrate measures this machine: round trips, syncs, and a cluster of three servers of ordeal's own service as
"run --cluster ours" starts it, with one client. It fits the simulator's costs to that and writes them to a file, which
"run --costs" and "truth --costs" take. It takes about half a minute, and tells of the machine as it is at that
moment: let it have nothing else to do.`,
		Args: command.ExactArgs(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			product, err := real.Named("ours")
			if err != nil {
				return err
			}
			means, err := real.Look(network, product)
			if err != nil {
				return command.Usage(err)
			}
			work, err := os.MkdirTemp(dir, "calibrate")
			if err != nil {
				return command.Usage(err)
			}
			defer os.RemoveAll(work)
			m, err := measure(cmd.Context(), product, means, work)
			if err != nil {
				return command.Usage(fmt.Errorf("this machine can't be measured: %w", err))
			}
			fitted, err := fitTo(s, m)
			if err != nil {
				return err
			}
			text := fitted.file(m, []string{
				fmt.Sprintf("What things cost in a simulated world that is like this machine, by `%s calibrate` of %s:", s.Name,
					time.Now().UTC().Format(time.DateOnly)),
				fmt.Sprintf("%d processors, %s/%s, network %s.", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH,
					means.Network()),
			})
			fmt.Fprint(cmd.OutOrStdout(), text)
			return os.WriteFile(file, []byte(text), 0o644)
		},
	}
	c.Flags().StringVar(&file, "write", "costs.txt", "the file")
	c.Flags().StringVar(&network, "network", "", "the form of the network, as that of run")
	c.Flags().StringVar(&dir, "dir", ".", "a folder for what is written meanwhile: on the disk that trials are kept on")
	return c
}
