// Command trials is the part of the command ordeal that plays trials of its own service. It has no server and nothing
// else that stands on the service, so that little has to be built anew for each mutant.
package main

import (
	"ordeal/testbed"
	"ordeal/testbed/coordination"
)

func main() { testbed.Main(coordination.Service()) }
