package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"ordeal/cluster/zoocfg"
	"ordeal/server"
	"ordeal/testbed/command"
)

// devAddr is where `ordeal serve --dev` listens, if it can: ZooKeeper's port.
const devAddr = "127.0.0.1:2181"

// anyPort is where it listens if it can't: the system picks a free port.
const anyPort = "127.0.0.1:0"

func serveCommand() *cobra.Command {
	var dev bool
	c := &cobra.Command{
		Use:   "serve zoo.cfg | --dev",
		Short: "runs one real server for ZooKeeper clients",
		Long: `serve runs one server of the service until it is interrupted. zoo.cfg is ZooKeeper's: dataDir,
clientPort, tickTime and, for an ensemble, server.N=host:port:port with the server's own number in the file
myid in dataDir. --dev needs no file: a server that stands alone on ` + devAddr + ` (or another port, if that one is
taken), with its data in a temporary folder that goes when it ends.`,
		Args: func(_ *cobra.Command, args []string) error {
			if dev == (len(args) == 1) || len(args) > 1 {
				return command.Usage(errors.New("either a zoo.cfg or --dev is wanted"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
			if dev {
				return serveDev(cmd, log)
			}
			return serveFile(cmd, args[0], log)
		},
	}
	c.Flags().BoolVar(&dev, "dev", false, "a server that stands alone on loopback, in a temporary folder")
	return c
}

func serveDev(cmd *cobra.Command, log *slog.Logger) (err error) {
	dir, err := os.MkdirTemp("", "ordeal-dev-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	err = serve(cmd, server.DevConfig(dir, devAddr), 0, log)
	if errors.Is(err, syscall.EADDRINUSE) {
		log.Info("another port is taken, since " + devAddr + " is in use")
		err = serve(cmd, server.DevConfig(dir, anyPort), 0, log)
	}
	return err
}

func serveFile(cmd *cobra.Command, path string, log *slog.Logger) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return command.Usage(err)
	}
	// ZooKeeper's start script hands these two to Java, and many a property is set nowhere else.
	config, err := zoocfg.ParseWith(path, text, os.Getenv("SERVER_JVMFLAGS")+" "+os.Getenv("JVMFLAGS"))
	if err != nil {
		return command.Usage(err)
	}
	if config.DynamicFile != "" {
		text, err := os.ReadFile(config.DynamicFile)
		if err != nil {
			return command.Usage(err)
		}
		if err := config.AddDynamic(config.DynamicFile, text); err != nil {
			return command.Usage(err)
		}
	}
	id := config.Alone()
	if id == 0 {
		myid := filepath.Join(config.DataDir, "myid")
		text, err := os.ReadFile(myid)
		if err != nil {
			return command.Usage(err)
		}
		if id, err = zoocfg.ParseMyID(myid, text); err != nil {
			return command.Usage(err)
		}
	}
	if err := server.Check(config, id); err != nil {
		return command.Usage(fmt.Errorf("%s: %w", path, err))
	}
	for _, w := range config.Warnings {
		log.Warn(w)
	}
	return serve(cmd, config, id, log)
}

// serveGarbage is half of what Go lets lie if much is alive: a server has its znodes in memory, and the collector's
// time is little beside what a request costs otherwise. If little is alive it would run all the time, and requests wait
// for it.
var serveGarbage = garbage{least: 128 << 20, share: 50}

func serve(cmd *cobra.Command, config zoocfg.Config, id uint64, log *slog.Logger) error {
	s, err := server.Start(config, id, log)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(cmd.Context())
	defer stop()
	go serveGarbage.tend(ctx)
	fmt.Fprintf(cmd.OutOrStdout(), "serving clients on %s\n", s.ClientAddr())
	return s.Wait(ctx)
}
