// Command ordeal puts a coordination service on trial; see `ordeal --help`. It reads flags, shows progress and turns what
// came out into an exit code. What there is to decide is decided in package ordeal.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes, as Jepsen's.
const (
	exitValid   = 0
	exitInvalid = 1
	exitUnknown = 2
	exitUsage   = 254 // bad arguments: one line says which, and nothing was written
	exitTool    = 255 // the tool itself failed; a trial that is not deterministic counts here
)

// exitError is an error that asks for an exit code of its own. With a nil err nothing more is printed.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e exitError) Unwrap() error { return e.err }

// usage marks an error as the caller's.
func usage(err error) error { return exitError{exitUsage, err} }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // who asks a second time does not want to wait
	os.Exit(exitCode(command().ExecuteContext(ctx)))
}

func exitCode(err error) int {
	if err == nil {
		return exitValid
	}
	code := exitTool
	if e := (exitError{}); errors.As(err, &e) {
		code = e.code
	}
	if text := err.Error(); text != "" {
		fmt.Fprintln(os.Stderr, "ordeal:", text)
	}
	return code
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use:   "ordeal",
		Short: "puts a coordination service on trial",
		Long: `ordeal puts a replicated coordination service through trials: a seed decides a world of machines, networks, clocks and
disks, a nemesis breaks it, clients use the service, and checkers say whether what the clients saw was possible.

Exit codes: 0 valid, 1 invalid, 2 unknown, 254 bad arguments, 255 the tool itself failed.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage(fmt.Errorf("there is no command %q; `ordeal --help` lists them", args[0]))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.AddCommand(runCommand(), replayCommand(), shrinkCommand(), explainCommand(), coverageCommand(), sweepCommand(), checkCommand(), bugsCommand(), serveCommand(), ensembleCommand(), zkCommand(), dataCommand(), workerCommand())
	root.CompletionOptions.HiddenDefaultCmd = true
	return root
}

// exactArgs wants n arguments, and says what they are if there are more or fewer.
func exactArgs(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return usage(fmt.Errorf("%s is wanted, and there are %d arguments", what, len(args)))
		}
		return nil
	}
}
