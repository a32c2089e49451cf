package coordination

import "ordeal/testbed/trial"

// drills are written as their lines are. Everything that happens in them stands for itself: there is little of each,
// and the states of the disks are few enough to be tried without exception.
var drills = []trial.Drill{
	{Name: "write", What: "two clients write and read while nothing else happens",
		Line: `nodes=3 rate=5 seed=1 workload=register length=2500ms plan="" ops="c1 1@900ms 2@1.2s 3@1.5s; c2 1@1s 2@1.4s" settings=1000/200/65536/262144`},
	{Name: "tree", What: "two clients do all kinds of things to the tree",
		Line: `nodes=3 rate=5 seed=1 workload=tree length=2.2s plan="" ops="c1 1@900ms 2@1.1s 3@1.3s; c2 1@1s 2@1.2s 3@1.5s" settings=1000/200/65536/262144`},
	{Name: "restart", What: "all servers lose power in the middle of it, and once more at the end",
		Line: `nodes=3 rate=5 seed=1 workload=queue length=5s plan="at 1.5s for 300ms crash all; at 4.2s for 300ms crash all" ops="c1 1@900ms 2@1.2s 3@2.6s; c2 1@1s 2@2.8s 3@3.6s" settings=1000/200/65536/262144`},
	{Name: "snapshot", What: "snapshots, short logs in short files, and a server that was away and needs a snapshot",
		Line: `nodes=3 rate=5 seed=1 workload=queue length=4500ms plan="at 900ms for 1s crash n3; at 3.8s for 300ms crash all" ops="c1 1@900ms 2@1.1s 3@1.3s 4@1.5s; c2 1@1s 2@1.2s 3@1.6s 4@2.5s" settings=5/1/700/262144`},
	{Name: "election", What: "the leader is cut off, another is elected, and the first comes back",
		Line: `nodes=3 rate=5 seed=1 workload=register length=4s plan="at 1.2s for 1.2s partition isolate leader with-clients" ops="c1 1@900ms 2@1.3s 3@2.2s; c2 1@1s 2@1.5s 3@2.8s" settings=1000/200/65536/262144`},
	{Name: "votes", What: "two servers that don't see each other both want the vote of the third, which takes long " +
		"to come",
		Line: `nodes=3 rate=5 seed=12 workload=register length=2.2s plan="at 0s for 2s partition bridge; at 0s for 2s delay 150ms all" ops="c1 1@900ms" settings=1000/200/65536/262144`},
	{Name: "lock", What: "two clients want one lock, and a leader hands over",
		Line: `nodes=3 rate=5 seed=1 workload=lock length=3500ms plan="at 1.6s transfer follower" ops="c1 1@900ms 2@1.5s; c2 1@950ms 2@1.7s" settings=1000/200/65536/262144`},
	{Name: "reconfig", What: "a fourth server joins while a client writes",
		Line: `nodes=3 rate=5 seed=1 workload=register length=4s plan="at 1.1s add" ops="c1 1@900ms 2@1.3s 3@2s" settings=20/5/65536/262144`},
}
