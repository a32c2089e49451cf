package ordeal

import "testing"

// TestFoundBugsStayAway plays what is left of trials that found bugs of the service and of recipes (docs/BUGS.md),
// where the line still means the same.
func TestFoundBugsStayAway(t *testing.T) {
	for name, line := range map[string]string{
		"a snapshot that a change of the ensemble asks for waits for an entry that " +
			"never comes": `ordeal/2 seed=309069 workload=queue nodes=3 length=1.01s rate=100 plan="at 1s for 10ms crash-in-sync minority-without-leader; at 1s remove all" ops="" draws=309058 settings=2/1/65536/300`,
		"a leader that is to become an observer takes itself " +
			"for silent": `ordeal/2 seed=408448 workload=queue nodes=3 length=11s rate=100 plan="at 0s for 4s crash follower; at 1s demote minority-with-leader; at 4s for 2s partition isolate leader; at 4s for 6s crash sender; at 10s for 1s partition halves" ops="" draws=408443 settings=8/1/1048576/300`,
		"who may read the ensemble's configuration is up to operators":       `ordeal/2 seed=1201304 workload=tree nodes=1 length=1s rate=100 plan="" ops="c6 64@700ms; c9 54@0s 66[1]@0s" draws=1201304 settings=1000/1000/8192/262144,reconfig=yes,asks=any recovery=skip`,
		"a handshake that is late takes the session back":                    `ordeal/2 seed=1101834 workload=tree nodes=3 length=7s rate=100 plan="at 1s for 2.5s crash follower; at 2.5s for 1s crash leader; at 4.24s for 1.23s partition one-way-in majority-with-leader" ops="c8 208@4.3s 209@5.47s" draws=1101834 settings=100000/25000/65536/3000,start=late,asks=any,eager=yes,piles=yes recovery=skip`,
		"a client has heard of a change, and comes to a server that has not": `ordeal/2 seed=2000348 workload=register nodes=2 length=6s rate=100 plan="at 1.07s for 4.63s pause clients; at 1.07s for 3.93s crash follower" ops="c5 119@1.064s; c8 56@1s" draws=2000340 settings=100000/100000/1048576/262144,readonly=yes,super=all,reconfig=yes,reads=committed,asks=any recovery=skip`,
		"a read that waits shows what its client asked for behind it":        `ordeal/2 seed=1040039 workload=tree nodes=2 length=1s rate=100 plan="" ops="c5 65[1,2,3,4,5]@0s" draws=1040034 settings=100000/20000/8192/262144,observers=2,reads=committed recovery=skip`,
		"two ticks follow each other at once behind a pause":                 `ordeal/2 seed=357 workload=etcd nodes=2 length=32.4s rate=100 plan="at 0s for 850ms crash leader-appended; at 31s for 400ms pause leader-appended" ops="c10 234@31.3s" draws=350 settings=30/10/8192/300 recovery=skip`,
		"the end of a lease is refused for an alarm":                         `ordeal/2 seed=10 workload=etcd nodes=1 length=15s rate=100 plan="" ops="c9 66[4]@12.3s 85[1]@14s" draws=10 settings=150/37/65536/262144`,
		"what another session finishes may have come free":                   `ordeal/2 seed=3001922 workload=work nodes=3 length=6s rate=100 plan="at 5.2s remove leader; at 5.2s for 100ms crash joiner" ops="c3 38@1s 40@1s" draws=3001917 settings=1000/500/65536/300 recovery=skip`,
		"a worker that takes another number goes back":                       `ordeal/2 seed=3000197 workload=workers nodes=1 length=2.3s rate=100 plan="at 100ms for 2.2s pause majority" ops="c8 41[5,10,11,12]@0s" draws=3000197 settings=100000/100000/1048576/3000`,
	} {
		t.Run(name, func(t *testing.T) { Regression(t, line) })
	}
}

// TestTheServiceIsNotAccused plays what is left of trials in which the testbed accused the service falsely.
func TestTheServiceIsNotAccused(t *testing.T) {
	for name, line := range map[string]string{
		"the only one that votes hears no other":                                `ordeal/2 seed=112 workload=election nodes=2 length=3s rate=100 plan="at 0s for 3s crash follower" ops="c10" draws=112 settings=100000/20000/1048576/300,observers=2 recovery=skip`,
		"a service that nothing was written to says zxid 0":                     `ordeal/2 seed=903284 workload=tree nodes=1 length=1s rate=100 plan="" ops="c5 2[3]@0s 3[5]@0s; c8 2@0s" draws=903284 settings=100000/20000/65536/262144,local=yes recovery=skip`,
		"a request for a change of the ensemble is lost beside another":         `ordeal/2 seed=900034 workload=tree nodes=3 length=2s rate=100 plan="at 1s remove majority-with-leader; at 1.1s for 390ms crash-in-sync followers" ops="c3 90[4,5]@1.1s" draws=900034 settings=100000/20000/65536/3000,eager=yes,watches=1200,rude=yes recovery=skip`,
		"a session is taken over at a server without a leader":                  `ordeal/2 seed=900198 workload=tree nodes=3 length=2.1s rate=100 plan="at 1s for 1.1s partition isolate leader" ops="c1 129@2.09s 130[11]@2.09s" draws=900194 settings=30/7/8192/262144,readonly=yes,watches=1200,rude=yes recovery=skip`,
		"a sync that a slow disk began":                                         `ordeal/2 seed=900336 workload=lock nodes=3 length=27.4s rate=100 plan="at 26s for 510ms slow-disk leader 1s" ops="c3 65[1]@26.5s" draws=900326 settings=1000/500/1048576/300 recovery=skip`,
		"a connection's last word":                                              `ordeal/2 seed=902010 workload=election nodes=2 length=12.4s rate=100 plan="" ops="c5 108[1]@2.4s; c9 88[1,2]@2s" draws=902007 settings=150/30/8192/300,asks=any recovery=skip`,
		"two clients of one session ask for it, with a timeout each":            `ordeal/2 seed=905269 workload=tree nodes=3 length=4s rate=100 plan="at 800ms for 700ms partition isolate leader; at 1.6s for 200ms delay 50ms all" ops="c5 111@1.5s 113[2]@1.5s 117@1.5s 129@1.575s 130[1]@1.575s 136[3]@1.6s 137@1.8s" draws=905254 settings=100000/20000/8192/300,observers=1,rude=yes recovery=skip`,
		"who is not answered asks for numbers again and again":                  `ordeal/2 seed=3000042 workload=ids nodes=2 length=14s rate=100 plan="at 7s replace leader; at 7s replace one" ops="c10 72[1,2,3,4,5,6]@12s" draws=3000042 settings=1000/250/1048576/262144`,
		"a client of a script waits for the end of a long trial":                `ordeal/2 seed=5 workload=tree nodes=1 length=35s rate=100 plan="" ops="c10 1@1s" draws=5 settings=1000/200/1048576/300`,
		"a client closes the root, and there is no super user":                  `ordeal/2 seed=1100739 workload=tree nodes=1 length=2s rate=100 plan="" ops="c1 45[4]@0s; c2 34[2]@0s; c4 145[2]@2s 201[2]@2s; c5 54@0s 119[1]@0s 127[2]@1.55s" draws=1100739 settings=1000/200/1048576/300,super=no`,
		"a merciless plan damages what was synced last, and it is cut off":      `ordeal/2 seed=2000180 workload=queue nodes=3 length=2s rate=100 plan="at 0s for 1s crash follower; at 1.8s for 200ms rot one" policy=merciless ops="" draws=2000168 settings=2/1/65536/3000 recovery=skip`,
		"a slow disk is long about taking a given up snapshot away":             `ordeal/2 seed=2000705 workload=register nodes=3 length=11s rate=100 plan="at 4.776s for 7.749s slow-disk follower 1s; at 5.1s for 900ms fail-sync minority-with-leader" ops="c7; c8 40@6.8s 41@6.9s; c9 26@4.58s 28@4.6s 29@4.6s 30@4.8s 33@5s 48@7s; c10 25@4s 32@5s 34@6s 35@6s 39@6s 45@6.8s 46@6.8s 49@6.9s 52@7s" draws=2000700 settings=30/7/8192/262144 recovery=skip`,
		"a snapshot brings a change of the ensemble that is under way":          `ordeal/2 seed=2100383 workload=register nodes=3 length=37s rate=100 plan="at 18.14s for 860ms crash leader; at 33.6s for 2.04s delay 50ms all; at 34s for 1.64s partition isolate leader" ops="c4; c5 312@35.5s; c6 323@35s 324@35.6s; c7 343@35.6s; c8 298@35s; c9 308@35.6s; c10 312@35s" draws=2100375 settings=150/30/65536/3000,timeouts=1s-1200ms,reconfig=yes,strangers=yes recovery=skip`,
		"a client waits for a znode as if it were there and as if it were not":  `ordeal/2 seed=7310089 workload=tree nodes=2 length=4s rate=100 plan="at 2s for 1s partition isolate leader" ops="c2 10[4]@800ms 11[1]@900ms 29@1s; c5 6@0s; c6 27[3]@1.7s 29@3s; c9 4[2]@0s 11[4]@800ms 16@1s 21[3]@1.7s 22[4]@2s" draws=7310089 settings=100000/20000/1048576/3000 recovery=skip`,
		"a handshake and what was sent behind it are overtaken by their client": `ordeal/2 seed=89283780149834 workload=tree nodes=3 length=19s rate=100 plan="at 12.075s for 925ms partition bridge with-clients" ops="c9; c10 149@12.075s 151@13s" draws=89283780149834 settings=100000/100000/65536/3000,eager=yes,piles=yes,rude=yes recovery=skip`,
		"what is to be in a snapshot comes up while one is being saved":         `ordeal/2 seed=3001813 workload=queue nodes=3 length=27s rate=100 plan="at 3s for 4s partition isolate leader-appended; at 3.87s for 4.51s clog one; at 4s for 1.2s partition isolate follower; at 4.49s demote one; at 6s for 1s partition isolate follower; at 8.09s for 290ms pause majority; at 6s for 5.6s pause sender; at 11s for 7.2s pause sender; at 13s for 5s crash follower; at 13s for 5s snapshot all every 300ms; at 15s for 5s clog leader; at 19s for 1.8s clog leader; at 20.8s promote observer; at 20s for 5s crash joiner; at 25s for 2.105s crash joiner" ops="c1; c2; c3 42@11s 45@11.4s; c4 60@11.2s 61@11.3s 63@11.4s 64@11.4s; c5; c6; c8 41@11.2s; c9; c10" draws=3001813 settings=30/15/65536/300,asks=any recovery=skip`,
		"the clock of a leader that is cut off is slow":                         `ordeal/2 seed=931922 workload=tree nodes=3 length=21s rate=100 plan="at 18s for 3s drift leader -50000ppm; at 18s for 2.2s drift leader -300000ppm; at 18s for 2.2s drift leader -300000ppm; at 18s for 3s partition isolate leader" ops="c5 1@1s 2@1.1s; c8 1@1s 2@17s" draws=931914 settings=100000/33333/1048576/300 recovery=skip`,
	} {
		t.Run(name, func(t *testing.T) { Regression(t, line) })
	}
}
