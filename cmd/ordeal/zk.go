package main

import (
	"errors"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"ordeal/server/shell"
	"ordeal/testbed/command"
)

func zkCommand() *cobra.Command {
	var servers string
	var timeout int
	var secure tlsFlags
	c := &cobra.Command{
		Use:   "zk [-server HOST:PORT,...] [COMMAND ...]",
		Short: "a small shell for servers that speak ZooKeeper's protocol",
		Long: `zk carries out one command, or the lines of standard input, on a server of ordeal's or of
ZooKeeper's. The commands and their answers are those of ZooKeeper's zkCli.sh; help lists them. Quotes keep a
word together. As the one command, watch prints events until it is interrupted, and a command with -w waits
for its event; between lines, events are printed as they come.

Exit codes: 0 done, 1 refused or no server reached, 254 bad arguments.`,
		DisableFlagParsing: true, // behind the command, flags are the shell's
	}
	c.Flags().StringVar(&servers, "server", "localhost:2181", "where servers take clients")
	c.Flags().IntVar(&timeout, "timeout", 30000, "the session's timeout, in milliseconds")
	secure.add(c)
	c.Flags().SetInterspersed(false)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 && (args[0] == "-h" || args[0] == "--help") {
			return cmd.Help()
		}
		if err := c.Flags().Parse(twoDashes(args)); err != nil {
			return command.Usage(err)
		}
		if timeout <= 0 {
			return command.Usage(errors.New("--timeout: a positive number of milliseconds is wanted"))
		}
		tlsConfig, err := secure.config()
		if err != nil {
			return command.Usage(err)
		}
		return zkResult(shell.Run(cmd.Context(), shell.Config{
			Servers:        strings.Split(servers, ","),
			SessionTimeout: time.Duration(timeout) * time.Millisecond,
			TLS:            tlsConfig,
			Command:        c.Flags().Args(),
			In:             os.Stdin,
			Prompt:         term.IsTerminal(int(os.Stdin.Fd())),
			Out:            cmd.OutOrStdout(),
			Err:            cmd.ErrOrStderr(),
		}))
	}
	return c
}

// twoDashes lets the flags in front of the command have one dash, as ZooKeeper's have.
func twoDashes(args []string) []string {
	args = append([]string{}, args...)
	for i := 0; i < len(args) && strings.HasPrefix(args[i], "-"); i++ {
		if !strings.HasPrefix(args[i], "--") {
			args[i] = "-" + args[i]
		}
		if !strings.Contains(args[i], "=") && args[i] != "--tls-insecure" {
			i++
		}
	}
	return args
}

// zkResult gives what became of the shell's work its exit code.
func zkResult(err error) error {
	switch bad := (shell.UsageError{}); {
	case err == nil:
		return nil
	case errors.As(err, &bad):
		return command.Usage(err)
	case errors.Is(err, shell.ErrFailed):
		return command.Invalid(nil) // it has been said line by line
	}
	return command.Invalid(err)
}
