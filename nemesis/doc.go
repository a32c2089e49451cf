// Package nemesis is faults as data: plans that say what breaks, when and for how long, and the runner that carries a
// plan out on a world.
//
// A plan is text, one step a line, made to be read and cut down by a person:
//
//	# the leader loses its peers, and later its clock
//	at 2s for 3s partition isolate leader
//	at 9s for 2s crash minority
//	at 13s for 5s loss 20% all with-clients
//	at 20s for 3s drift n2 +5000ppm
//	at 24s jump n3 -2s
//
// # Grammar
//
//	plan      = step { ( newline | ";" ) step }          "#" begins a comment
//	step      = "at" duration [ "for" duration ] fault   a fault that lasts needs "for"
//	fault     = "partition" shape [ clients ]
//	          | "crash" target | "kill" target | "stop" target | "pause" target
//	          | "crash-in-sync" target | "failpoint" mark target
//	          | "loss" percent target [ clients ] | "duplicate" percent target [ clients ]
//	          | "reorder" percent target [ clients ] | "corrupt" percent target [ clients ]
//	          | "delay" duration [ "jitter" duration ] target [ clients ] | "slow-link" rate target [ clients ]
//	          | "clog" target [ clients ] | "swizzle" target [ clients ]
//	          | "drift" target ppm | "jump" target duration | "strobe" target duration every
//	          | "slow-disk" target duration | "fail-sync" target [ percent ] | "fail-read" target | "full-disk" target
//	          | "rot" target | "misdirect" target | "stale-disk" target | "wipe" target
//	          | "snapshot" target every | "transfer" target
//	          | "crash-in-job" machine number [ leaving ] | "crash-at-mark" mark machine number [ leaving ]
//	          | "crash-at-message" machine number [ leaving ]
//	          | "lose-message" number | "double-message" number duration | "late-message" number duration
//	          | "break-at-frame" number | "late-frame" number duration
//	          | "add" | "remove" target | "replace" target | "promote" target | "demote" target
//	every     = "every" duration
//	shape     = "halves" | "bridge" | "ring" | "pairs" | "shatter"
//	          | "isolate" target | "one-way-in" target | "one-way-out" target
//	clients   = "with-clients"
//	target    = term { "," term }                        all that any term names
//	          | "{" pattern "}" whom [ "+" duration ]    waits for a pattern of deeds: see below
//	whom      = "A" | "B" | "C" | "D" | "leader" | "follower" | "one"
//	term      = "leader" | "follower" | "followers" | "one" | "minority-third" | "minority" | "majority" | "all"
//	          | "minority-with-leader" | "majority-with-leader" | "minority-without-leader"
//	          | "keeps-quorum" | "breaks-quorum" | "observer" | "holder" | "leader-appended" | "client" | "clients"
//	          | machine
//	leaving   = "leaving" number                         number = 1, 2, ...
//	machine   = a name that ends in a digit: n3
//	duration  = 500ms, 6.5s, 1m30s                       percent = 20%, 0.5%      ppm = +5000ppm, -200ppm
//	rate      = 1mbit, 256kbit, 100bit a second
//
// The ppm of a drift and the duration of a jump may begin with "+-": then each machine draws its own up to that, either
// way.
//
// Numbers pin a fault to one thing that happens: the 17th job of a machine's disk, the 120th message between servers.
// They count from 1 and from the beginning of the world, and the time of the step is when it waits for that; a machine
// that crashed is started again at the end of it.
//
// A pattern is that of a scenario, or a beginning of one (package scenario), as one word: with "_" for its blanks, and
// none behind a comma. The fault waits from its time on, as long as faults go on, and hits one of the pattern's
// servers when that has come about, or so much later: "at 2s for 1s crash {boot_A,receives_A_within_5s}A+20ms". A
// letter that is not in the pattern is some other server that is up. It lasts from then on. Of several steps that wait
// for the same to do the same, one waits at a time.
//
// # Promises
//
// Targets are roles; they are resolved when the fault fires, and what they resolved to is in the event. A step that
// can't be carried out is skipped, with the reason in words. What a step draws comes from a stream of its own, keyed
// by its text: taking a step out of a plan, or shortening one, moves nothing that the others draw. Faults that overlap
// add up, and a fault is gone when the last step that asks for it has ended. Times are integer nanoseconds,
// probabilities integer parts per million.
//
// Under the policy Merciful, any plan, however cruel, leaves a correct cluster able to go on once it is healed: what
// would not is softened. Under Merciless disks may forget what they have synced.
//
// The package knows no service and no simulator: a World is the few verbs that it needs.
package nemesis
