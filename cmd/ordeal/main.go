// Command ordeal puts ordeal's coordination service on trial, and runs it for real; see `ordeal --help`. The commands
// about trials are those that package testbed has for every service.
package main

import (
	"github.com/spf13/cobra"

	"ordeal/testbed"
	bucket "ordeal/testbed/bucket/cli"
	"ordeal/testbed/coordination"
	fleet "ordeal/testbed/fleet/cli"
	"ordeal/testbed/real/calibrate"
	"ordeal/testbed/real/cli"
	"ordeal/testbed/real/etcdv3"
	"ordeal/testbed/trial"
)

func main() {
	s := coordination.Service()
	s.Protocols = map[string]*trial.Service{etcdv3.Protocol: etcdv3.Service()}
	testbed.MainWith(s, testbed.Extras{
		Commands: []*cobra.Command{serveCommand(), etcdCommand(), dnsCommand(), ensembleCommand(), zkCommand(), dataCommand(),
			cli.AgainCommand(s), cli.TruthCommand(s), calibrate.Command(s), scheduleCommand(), jobsCommand(), newCommand(),
			fleet.Command(s), bucket.Command(s.Name)},
		Fleet: fleet.Crew, Store: bucket.Open,
	})
}
