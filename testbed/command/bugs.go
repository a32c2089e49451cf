package command

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func (a *app) bugsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "bugs",
		Short: "the bugs that are planted in the service to see whether the checkers find them",
		Args:  ExactArgs(0, "`"+a.service.Name+" bugs list`, `run`, `matrix` or `guided`"),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(a.bugsListCommand(), a.bugsRunCommand(), a.bugsMatrixCommand(), a.bugsGuidedCommand())
	return c
}

func (a *app) bugsListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "lists the planted bugs, what they imitate and which checker must catch them",
		Args:  ExactArgs(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "BUG\tCLASS\tCAUGHT BY\tWHAT IT DOES\tIMITATES")
			for _, b := range a.service.Bugs {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", b.Name, b.Class, b.Caught, b.What, b.Imitates)
			}
			if err := w.Flush(); err != nil {
				return err
			}
			if !a.service.Marked {
				fmt.Fprintln(cmd.ErrOrStderr(), "This program was built without failpoints and can't plant them: build it by "+
					"failpoint-build.")
			}
			return nil
		},
	}
}
