// Command ordeal puts ordeal's coordination service on trial, and runs it for real; see `ordeal --help`. The commands
// about trials are those that package testbed has for every service.
package main

import (
	"ordeal/testbed"
	"ordeal/testbed/coordination"
)

func main() {
	testbed.Main(coordination.Service(), serveCommand(), etcdCommand(), dnsCommand(), ensembleCommand(), zkCommand(),
		dataCommand(), scheduleCommand(), jobsCommand(), newCommand())
}
