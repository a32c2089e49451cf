package nemesis

// The kinds of fault.
const (
	Add Kind = "add" // a new server joins the service
	// BreakAtFrame breaks a connection in the place of a frame.
	BreakAtFrame   Kind = "break-at-frame"
	Clog           Kind = "clog"             // messages wait at the target's links, and arrive when it ends
	Corrupt        Kind = "corrupt"          // messages arrive with wrong bits; connections break
	Crash          Kind = "crash"            // power loss; started again at the end
	CrashAtMark    Kind = "crash-at-mark"    // power loss when a machine comes to a mark for the n-th time
	CrashAtMessage Kind = "crash-at-message" // power loss right behind the n-th message, which the machine has sent
	CrashInJob     Kind = "crash-in-job"     // power loss in the n-th job of a machine's disk; started again at the end
	CrashInSync    Kind = "crash-in-sync"    // power loss in the middle of the target's next sync
	Delay          Kind = "delay"            // messages take longer
	Demote         Kind = "demote"           // one of the target's servers that vote becomes an observer
	DoubleMessage  Kind = "double-message"   // the n-th message between servers arrives twice
	Drift          Kind = "drift"            // the monotonic clock and the time of day run at a wrong rate
	Duplicate      Kind = "duplicate"        // messages arrive twice
	FailRead       Kind = "fail-read"        // power loss, and nothing can be read at the start after it, until the end
	FailSync       Kind = "fail-sync"        // syncs fail; a machine that stopped for it is started again at the end
	Failpoint      Kind = "failpoint"        // power loss when the target comes to a mark in its code
	FullDisk       Kind = "full-disk"        // nothing more can be written; who stopped for it is started at the end
	Jump           Kind = "jump"             // the time of day moves at once
	Kill           Kind = "kill"             // the program ends at once; the disk keeps what was written
	LateFrame      Kind = "late-frame"       // the n-th frame of connections takes longer, and what is behind it
	LateMessage    Kind = "late-message"     // the n-th message between servers takes longer, and others overtake it
	LoseMessage    Kind = "lose-message"     // the n-th message between servers gets lost
	Loss           Kind = "loss"             // messages get lost
	Misdirect      Kind = "misdirect"        // power loss, and a sector is where another should be, until the end
	Partition      Kind = "partition"        // links are cut, in a shape
	Pause          Kind = "pause"            // the machine stands still and loses nothing
	Promote        Kind = "promote"          // one of the target's observers becomes a server that votes
	Remove         Kind = "remove"           // one of the target's servers is taken out of the service
	Reorder        Kind = "reorder"          // messages overtake each other
	Replace        Kind = "replace"          // a new server joins in the place of one of the target's
	Rot            Kind = "rot"              // power loss, and bits of what lies on the disk are wrong, until the end
	SlowDisk       Kind = "slow-disk"        // syncs take longer
	SlowLink       Kind = "slow-link"        // links carry only so much
	Snapshot       Kind = "snapshot"         // the service is asked for a snapshot, again and again
	StaleDisk      Kind = "stale-disk"       // power loss at the end, and the disk is what it was at the beginning
	Stop           Kind = "stop"             // the program is asked to end, hands over and ends; started again at the end
	Strobe         Kind = "strobe"           // the time of day moves to and fro
	Swizzle        Kind = "swizzle"          // machines are clogged one after another, and let go in another order
	Transfer       Kind = "transfer"         // the leader is asked to hand over to the target
	Wipe           Kind = "wipe"             // power loss, and the disk is empty; started again at the end
)

var kinds = []KindInfo{
	{Kind: Add, Family: "membership", Example: "at 2s add", oneIn: 8},
	{Kind: BreakAtFrame, Family: "packet", Example: "at 0s for 3s break-at-frame 40", OnlyInPlans: true,
		lasts: true, slots: []slot{slotNumber}},
	{Kind: Clog, Family: "packet", Example: "at 2s for 3s clog leader", oneIn: 2,
		lasts: true, network: true, clients: true, slots: []slot{slotTarget}},
	{Kind: Corrupt, Family: "packet", Example: "at 2s for 3s corrupt 5% all", oneIn: 3,
		lasts: true, network: true, clients: true, slots: []slot{slotPercent, slotTarget}},
	{Kind: Crash, Family: "crash", Example: "at 2s for 3s crash minority", oneIn: 2,
		lasts: true, clients: true, slots: []slot{slotTarget}},
	{
		Kind:        CrashAtMark,
		Family:      "crash",
		Example:     "at 0s for 3s crash-at-mark walBeforeSync n2 5 leaving 1",
		OnlyInPlans: true,
		lasts:       true,
		slots:       []slot{slotMark, slotMachine, slotNumber, slotLeaving},
	},
	{Kind: CrashAtMessage, Family: "crash", Example: "at 0s for 3s crash-at-message n2 120 leaving 1", OnlyInPlans: true,
		lasts: true, slots: []slot{slotMachine, slotNumber, slotLeaving}},
	{Kind: CrashInJob, Family: "crash", Example: "at 0s for 3s crash-in-job n2 17 leaving 3", OnlyInPlans: true,
		lasts: true, slots: []slot{slotMachine, slotNumber, slotLeaving}},
	{Kind: CrashInSync, Family: "crash", Example: "at 2s for 3s crash-in-sync leader", oneIn: 2,
		lasts: true, slots: []slot{slotTarget}},
	{Kind: Delay, Family: "packet", Example: "at 2s for 3s delay 50ms jitter 10ms all", oneIn: 2,
		lasts: true, network: true, clients: true, slots: []slot{slotDelay, slotJitter, slotTarget}},
	{Kind: Demote, Family: "membership", Example: "at 2s demote follower", oneIn: 10,
		slots: []slot{slotTarget}},
	{Kind: DoubleMessage, Family: "packet", Example: "at 0s for 3s double-message 120 20ms", OnlyInPlans: true,
		lasts: true, slots: []slot{slotNumber, slotDelay}},
	{Kind: Drift, Family: "clock", Example: "at 2s for 3s drift n2 +5000ppm", oneIn: 2,
		lasts: true, slots: []slot{slotTarget, slotDrift}},
	{Kind: Duplicate, Family: "packet", Example: "at 2s for 3s duplicate 20% all", oneIn: 2,
		lasts: true, network: true, clients: true, slots: []slot{slotPercent, slotTarget}},
	{Kind: FailRead, Family: "disk", Example: "at 2s for 3s fail-read follower", oneIn: 6,
		lasts: true, slots: []slot{slotTarget}},
	{Kind: FailSync, Family: "disk", Example: "at 2s for 3s fail-sync one", oneIn: 2,
		lasts: true, slots: []slot{slotTarget, slotShare}},
	{
		Kind:       Failpoint,
		Family:     "crash",
		Example:    "at 2s for 3s failpoint walBeforeSync follower",
		OnlyByName: true,
		oneIn:      2,
		lasts:      true,
		slots:      []slot{slotMark, slotTarget},
	},
	{Kind: FullDisk, Family: "disk", Example: "at 2s for 3s full-disk leader", oneIn: 6,
		lasts: true, slots: []slot{slotTarget}},
	{Kind: Jump, Family: "clock", Example: "at 2s jump n3 -2s", oneIn: 2,
		slots: []slot{slotTarget, slotJump}},
	{Kind: Kill, Family: "crash", Example: "at 2s for 3s kill leader", oneIn: 4,
		lasts: true, slots: []slot{slotTarget}},
	{Kind: LateFrame, Family: "packet", Example: "at 0s for 3s late-frame 40 1s", OnlyInPlans: true,
		lasts: true, slots: []slot{slotNumber, slotDelay}},
	{Kind: LateMessage, Family: "packet", Example: "at 0s for 3s late-message 120 1.5s", OnlyInPlans: true,
		lasts: true, slots: []slot{slotNumber, slotDelay}},
	{Kind: LoseMessage, Family: "packet", Example: "at 0s for 3s lose-message 120", OnlyInPlans: true,
		lasts: true, slots: []slot{slotNumber}},
	{Kind: Loss, Family: "packet", Example: "at 2s for 3s loss 20% all", oneIn: 2,
		lasts: true, network: true, clients: true, slots: []slot{slotPercent, slotTarget}},
	{Kind: Misdirect, Family: "disk", Example: "at 2s for 3s misdirect follower", oneIn: 8,
		lasts: true, slots: []slot{slotTarget}},
	{Kind: Partition, Family: "partition", Example: "at 2s for 3s partition isolate leader", oneIn: 2,
		lasts: true, network: true, clients: true, slots: []slot{slotShape}},
	{Kind: Pause, Family: "pause", Example: "at 2s for 500ms pause leader", oneIn: 2,
		lasts: true, clients: true, slots: []slot{slotTarget}},
	{Kind: Promote, Family: "membership", Example: "at 2s promote observer", oneIn: 16,
		slots: []slot{slotTarget}},
	{Kind: Remove, Family: "membership", Example: "at 2s remove leader", oneIn: 16,
		slots: []slot{slotTarget}},
	{Kind: Reorder, Family: "packet", Example: "at 2s for 3s reorder 20% all", oneIn: 2,
		lasts: true, network: true, clients: true, slots: []slot{slotPercent, slotTarget}},
	{Kind: Replace, Family: "membership", Example: "at 2s replace follower", oneIn: 16,
		slots: []slot{slotTarget}},
	{Kind: Rot, Family: "disk", Example: "at 2s for 3s rot follower", oneIn: 6,
		lasts: true, slots: []slot{slotTarget}},
	{Kind: SlowDisk, Family: "disk", Example: "at 2s for 3s slow-disk follower 50ms", oneIn: 2,
		lasts: true, slots: []slot{slotTarget, slotSyncDelay}},
	{Kind: SlowLink, Family: "packet", Example: "at 2s for 3s slow-link 1mbit all", oneIn: 4,
		lasts: true, network: true, clients: true, slots: []slot{slotRate, slotTarget}},
	{Kind: Snapshot, Family: "service", Example: "at 2s for 3s snapshot all every 100ms", oneIn: 4,
		lasts: true, slots: []slot{slotTarget, slotEvery}},
	{Kind: StaleDisk, Family: "disk", Example: "at 2s for 3s stale-disk n3", oneIn: 3,
		lasts: true, slots: []slot{slotTarget}},
	{Kind: Stop, Family: "crash", Example: "at 2s for 3s stop leader", oneIn: 4,
		lasts: true, slots: []slot{slotTarget}},
	{Kind: Strobe, Family: "clock", Example: "at 2s for 3s strobe n3 200ms every 50ms", oneIn: 6,
		lasts: true, slots: []slot{slotTarget, slotSwing, slotEvery}},
	{Kind: Swizzle, Family: "packet", Example: "at 2s for 6s swizzle all", oneIn: 4,
		lasts: true, network: true, clients: true, slots: []slot{slotTarget}},
	{Kind: Transfer, Family: "service", Example: "at 2s transfer follower", oneIn: 4,
		slots: []slot{slotTarget}},
	{Kind: Wipe, Family: "disk", Example: "at 2s for 3s wipe n3", oneIn: 4,
		lasts: true, slots: []slot{slotTarget}},
}

// reconfigures holds for the faults that change who is in the service.
func reconfigures(k Kind) bool {
	return k == Add || k == Demote || k == Promote || k == Remove || k == Replace
}

// Asks holds for the kinds that ask something of the service, which it has to know how to do: all others happen to
// machines and to what is between them.
func (k Kind) Asks() bool { return reconfigures(k) || k == Snapshot || k == Transfer }

// keepsDown holds for the faults during which a machine is down from their beginning on.
func keepsDown(k Kind) bool { return k == Crash || k == Kill || k == Stop || k == Wipe }

// damages holds for the faults that make what lies on a disk wrong.
func damages(k Kind) bool { return k == Rot || k == Misdirect }

// cycles holds for the faults that only a start can meet: the machine loses power and is started at once.
func cycles(k Kind) bool { return k == FailRead || damages(k) }

// isTrap holds for the faults that wait for the machine to come to some point.
func isTrap(k Kind) bool { return k == CrashInSync || k == Failpoint }

// downs holds for the faults that a machine may go down from.
func downs(k Kind) bool {
	return keepsDown(k) || cycles(k) || isTrap(k) || k == CrashAtMark || k == CrashAtMessage || k == CrashInJob ||
		k == FailSync ||
		k == FullDisk
}
