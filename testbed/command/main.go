// Package command is the command line of a testbed: it reads flags, shows progress and turns what was found into an
// exit code. What there is to decide is decided in the packages below it.
package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// Exit codes, as Jepsen's.
const (
	exitValid   = 0
	exitInvalid = 1
	exitUnknown = 2
	exitUsage   = 254 // bad arguments: one line says which, and nothing was written
	exitTool    = 255 // the tool itself failed; a trial that is not deterministic counts here
)

// exitError is an error that asks for an exit code of its own. With a nil Err nothing more is printed.
type exitError struct {
	Code int
	Err  error
}

func (e exitError) Error() string {
	if e.Err == nil {
		return ""
	}
	return e.Err.Error()
}

func (e exitError) Unwrap() error { return e.Err }

// Usage marks an error as the caller's: bad arguments.
func Usage(err error) error { return exitError{exitUsage, err} }

// Invalid ends a command with the exit code of something that is not as it has to be. With a nil error nothing more is
// printed.
func Invalid(err error) error { return exitError{exitInvalid, err} }

// ExitFor turns the outcome of a trial or a history into what the command ends with.
func ExitFor(outcome string) error {
	switch outcome {
	case play.Valid:
		return nil
	case play.Unknown:
		return exitError{Code: exitUnknown}
	}
	return exitError{Code: exitInvalid}
}

// Extras are what a program has besides the commands of a testbed. A fleet and a store are no part of it, so
// that the libraries behind them are in those programs alone that want them.
type Extras struct {
	Commands []*cobra.Command
	// Fleet, unless it is nil, gives the commands run, shrink and bugs run the flag --fleet.
	Fleet Fleet
	// Store, unless it is nil, gives the command run the flag --upload, and lets merge read what that has kept.
	Store Store
}

// Main is a program that puts a service on trial. It has all the commands of a testbed, and what is given
// besides, and ends the process with its exit code.
func Main(s *trial.Service, more Extras) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // who asks a second time does not want to wait
	a := &app{s, more}
	os.Exit(a.exitCode(a.command().ExecuteContext(ctx)))
}

// app is the program of one service.
type app struct {
	service *trial.Service
	Extras
}

func (a *app) exitCode(err error) int {
	if err == nil {
		return exitValid
	}
	code := exitTool
	if e := (exitError{}); errors.As(err, &e) {
		code = e.Code
	}
	if text := err.Error(); text != "" {
		fmt.Fprintf(os.Stderr, "%s: %s\n", a.service.Name, text)
	}
	return code
}

func (a *app) command() *cobra.Command {
	root := &cobra.Command{
		Use:   a.service.Name,
		Short: "puts " + a.service.What + " on trial",
		Long: fmt.Sprintf(`%s puts on trial: %s.

One seed decides a world of machines, networks, clocks and disks. A nemesis breaks it, clients use the service, and
checkers say whether what the clients saw was possible.

Exit codes: 0 valid, 1 invalid, 2 unknown, 254 bad arguments, 255 the tool itself failed.`,
			a.service.Name, a.service.What),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return Usage(fmt.Errorf("there is no command %q; `%s --help` lists them", args[0], a.service.Name))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return Usage(err) })
	root.AddCommand(a.runCommand(), a.replayCommand(), a.shrinkCommand(), a.explainCommand(),
		a.coverageCommand(), a.sweepCommand(), a.bugsCommand(), a.mergeCommand(), a.workerCommand(),
		a.expandCommand())
	if len(a.service.Lies) > 0 {
		root.AddCommand(a.durabilityCommand())
	}
	root.AddCommand(a.Commands...)
	root.CompletionOptions.HiddenDefaultCmd = true
	return root
}

// ExactArgs wants n arguments, and says what they are if there are more or fewer.
func ExactArgs(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) == n:
			return nil
		case len(args) == 0:
			return Usage(fmt.Errorf("%s is wanted", what))
		}
		return Usage(fmt.Errorf("%s is wanted, and not %q", what, args))
	}
}
