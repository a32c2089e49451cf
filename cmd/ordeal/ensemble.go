package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"ordeal/server"
	"ordeal/testbed/command"
)

func ensembleCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "ensemble N",
		Short: "runs N real servers on loopback, for trying things",
		Long: `ensemble runs N servers that form an ensemble, on free ports of loopback, with their data in a
temporary folder, until it is interrupted. It prints where clients connect.`,
		Args: command.ExactArgs(1, "the number of servers"),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := strconv.Atoi(args[0])
			if err != nil {
				return command.Usage(fmt.Errorf("%q is not a number of servers", args[0]))
			}
			return runEnsemble(cmd, n)
		},
	}
}

func runEnsemble(cmd *cobra.Command, n int) (err error) {
	dir, err := os.MkdirTemp("", "ordeal-ensemble-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	e, err := server.StartEnsemble(dir, n, slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil)))
	if err != nil {
		return command.Usage(err)
	}
	defer e.Close()
	ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGTERM)
	defer stop()
	fmt.Fprintf(cmd.OutOrStdout(), "serving clients on %s\n", strings.Join(e.Addrs(), ","))
	<-ctx.Done()
	return nil
}
