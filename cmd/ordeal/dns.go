package main

import (
	"fmt"
	"log/slog"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"ordeal/server/dns"
	"ordeal/testbed/command"
)

func dnsCommand() *cobra.Command {
	config := dns.DefaultConfig()
	var zones, files []string
	c := &cobra.Command{
		Use:   "dns --zone ORIGIN=PATH[,ttl=TIME][,negative=TIME] ...",
		Short: "answers the Domain Name System's questions about names that instances have registered",
		Long: `dns answers A, AAAA, SRV and TXT for the names that instances have registered (see docs/RECIPES.md), over
UDP and TCP, until it is interrupted. Below the origin of a zone are the names that are children of its znode: with
--zone svc.example=/services, the instances of /services/orders are behind orders.svc.example, and behind
_orders._tcp.svc.example. It listens on loopback unless --listen says otherwise. An answer may be kept for ttl, and for
no longer than what can be left of a session of those that it lists; that there is nothing, for negative. A file of
zones has one a line, as --zone takes it, and comments behind #.

Exit codes: 0 done, 254 bad arguments, 255 it could not listen.`,
		Args: command.ExactArgs(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, text := range zones {
				z, err := dns.ParseZone(text)
				if err != nil {
					return command.Usage(err)
				}
				config.Zones = append(config.Zones, z)
			}
			for _, file := range files {
				list, err := dns.ReadZones(file)
				if err != nil {
					return command.Usage(err)
				}
				config.Zones = append(config.Zones, list...)
			}
			if err := config.Check(); err != nil {
				return command.Usage(err)
			}
			s, err := dns.Start(config, slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil)))
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGTERM)
			defer stop()
			fmt.Fprintf(cmd.OutOrStdout(), "answering on %s\n", s.Addr())
			s.Wait(ctx)
			return nil
		},
	}
	f := c.Flags()
	f.StringSliceVar(&config.Servers, "server", config.Servers, "where servers take clients")
	f.StringArrayVar(&zones, "zone", nil, "a zone, as ORIGIN=PATH[,ttl=TIME][,negative=TIME]; there may be several")
	f.StringArrayVar(&files, "zone-file", nil, "a file of zones, one a line; there may be several")
	f.StringVar(&config.Listen, "listen", config.Listen,
		"where it is asked, over UDP and TCP: ADDRESS:PORT, or :PORT on loopback")
	f.DurationVar(&config.Bound, "bound", config.Bound, "how old what is answered from may be")
	f.DurationVar(&config.SessionTimeout, "session-timeout", config.SessionTimeout, "of the session by which it reads")
	return c
}
