/*
Package ordeal is the front door of a testbed for consensus and coordination. It puts ordeal's own coordination
service (ZooKeeper's data model and wire protocol, on go.etcd.io/raft/v3) on trial from within Go tests; package
testbed does the same for services of others. This page is the map of the repository and a tutorial in five steps.

# What a trial is

A seed decides a world: machines with clocks and disks, a network between them, and every draw of chance. Servers run
on the machines, clients use the service, and a nemesis breaks what a plan of faults says: it cuts links, crashes
machines in the middle of a sync, lets clocks drift, damages disks. Monitors look at the servers after every event. In
the end everything is healed and the service must serve again, and checkers say whether what the clients saw was
possible. All of this takes virtual time: a trial of a minute takes about a quarter of a second.

A trial is one line of text, and everything in it follows from that line and the binary:

	ordeal/2 seed=7 workload=lock nodes=3 length=1m0s rate=100 faults=swarm

The line's last part is a choice of faults, from which the seed draws a plan; or a plan:

	ordeal/2 seed=7 workload=lock nodes=3 length=20s rate=100 plan="at 5s for 2s partition isolate leader"

The verdict is valid, invalid or unknown. Unknown is no pass. Two runs of one line have the same trace hash, the same
history, and the same report, byte for byte; a run that differs is a failure of the tool, and the campaign that sees
it says so.

# Step 1: a campaign

From a clone of the repository,

	make build
	bin/ordeal run --seeds 1-200

plays two hundred trials in worker processes and prints a tally. A trial that is not valid is played twice, told with
one command to play it again, and kept in a folder with its history, its plots and its page. To see one, plant a bug:

	bin/ordeal run --bug bugReadOvertakesWrite

# Step 2: a finding

	bin/ordeal replay 'ordeal/2 seed=…'     plays it again and compares the trace hash
	bin/ordeal shrink 'ordeal/2 seed=…'     cuts it down: fewer faults, operations, clients and servers, in less time
	bin/ordeal explain 'ordeal/2 seed=…'    says which faults it takes, who led, what was on which disk, what was answered

and shrink --emit-test writes it down as a Go test, which calls Regression.

# Step 3: in a Go test

	func TestTheService(t *testing.T) { ordeal.Test(t, ordeal.Service().Campaign("", "swarm"), 1, 100) }

plays a hundred trials of the default campaign. See the examples below.

# Step 4: a service of your own

The testbed knows nothing of ours. A service describes itself as a testbed.Service: a name, workloads with their
judges, and a function that says for each trial how a machine boots it (package host has the interface of a program)
and what its clients do (package workloads/clients has what clients have in common). With

	func main() { testbed.Main(kv.Service()) }

it has all commands above. The folder examples has three: a register that reads by raft's ReadIndex, a store with a
lease that is wrong in the textbook way, and a small protocol that is right. docs/YOUR-SYSTEM.md goes through it.

# Step 5: what was recorded elsewhere

	bin/ordeal check history.edn --model cas-register

judges a history that Jepsen, Knossos or your own program wrote; docs/MODELS.md lists the models.

# The map

Data goes in one direction. A command makes a campaign; a campaign plays trials in workers; a trial is played in a
world by programs, clients and a nemesis; monitors and checkers judge it; reports write it down:

	cmd/ordeal → testbed/command → testbed/campaign → testbed/play ─┬→ sim, host           the world and a program in it
	                                                                ├→ nemesis             faults as data, and their plans
	                                                                ├→ workloads           what clients of our service do
	                                                                ├→ testbed/monitor     what must hold after every event
	                                                                ├→ checker → model     what a history may be
	                                                                └→ reports             plots, pages, results

Below testbed stand the parts, each entered once: trial (what a trial is, and what a service says of itself), machines
(the simulated machines as a nemesis sees them), clients, play, monitor, account, coverage, campaign, shrink, sweep,
pricing, target, recorded (judging files) and command. testbed/coordination is our own service as the testbed tries
it, with its planted bugs, monitors and vocabulary: everything that knows of znodes, zxids and terms.

The service itself is cluster and what is below it; it knows nothing of trials. server runs it as a real process.
history is what everything that observes writes, and what every checker reads.

docs/ARCHITECTURE.md says what the parts promise each other and who may import whom; docs/GLOSSARY.md what the words
mean.
*/
package ordeal
