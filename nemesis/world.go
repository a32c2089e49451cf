package nemesis

import (
	"time"

	"ordeal/host"
	"ordeal/nemesis/scenario"
)

// World is what a nemesis breaks. All calls come from one goroutine, the world's own.
//
// What is set on a link, a disk or a clock belongs to the machine and outlasts its crashes and restarts. A pause
// belongs to the running program: a crash ends it.
type World interface {
	// Now is the world's time.
	Now() time.Duration
	// At calls f once at the instant t, in the order of the calls to At where instants are equal.
	At(t time.Duration, f func())

	// Members are the machines of the service, its servers, as it is configured now, Observers those of them that do not
	// vote, and Clients the machines of its clients, which never change.
	Members() []host.Addr
	Observers() []host.Addr
	Clients() []host.Addr
	// Leader is who leads the service, as far as the world can see.
	Leader() (host.Addr, bool)
	// Holders are the servers to which a session is attached that holds something for which others wait.
	Holders() []host.Addr
	// Await calls f once, as an event of its own, when the moment has come to some machine, unless cancel is called
	// before.
	Await(m Moment, f func(machine host.Addr)) (cancel func())
	// AwaitDeeds calls f once, as an event of its own, when a pattern of deeds has come about, unless cancel is called
	// before.
	AwaitDeeds(p scenario.Pattern, f func(servers scenario.Servers)) (cancel func())
	Up(machine host.Addr) bool
	Paused(machine host.Addr) bool

	// Crash takes power from a machine that is up or starting: what its disk has not synced may be lost or torn. Of a
	// client nothing is left; it begins anew when it is restarted.
	Crash(machine host.Addr)
	// Kill ends a machine's program at once; its disk keeps what was written. Leave asks the program to make ready for its
	// end, which is then like Kill's, and comes within a few seconds.
	Kill(machine host.Addr)
	Leave(machine host.Addr)
	// Restart starts a machine that is down, from what its disk still holds. It is up before a call to At for the
	// present instant that follows on Restart comes due, unless it fails to start.
	Restart(machine host.Addr)
	// CrashInSync sets a trap on a machine that is up: it loses power in the middle of its next sync. FailpointCrash
	// sets one at a mark in the program's code. A crash of any kind takes a machine's traps away.
	CrashInSync(machine host.Addr)
	FailpointCrash(machine host.Addr, mark string)
	// Disarm takes a machine's traps away.
	Disarm(machine host.Addr)
	// Pin carries a pinned fault out where the world comes to what it is pinned to: a crash, or what becomes of a message.
	// It then calls hit once, as an event of its own, with what it came to be in words; unless cancel is called before.
	Pin(f Fault, hit func(what string)) (cancel func())
	// Failpoints says whether marks do anything in this build.
	Failpoints() bool
	// Pause makes a machine that is up stand still: messages and time wait for it. Resume ends that.
	Pause(machine host.Addr)
	Resume(machine host.Addr)

	// Cut loses the messages that one machine sends to the other, and holds up what its connections there send; Mend
	// ends that.
	Cut(from, to host.Addr)
	Mend(from, to host.Addr)
	// Clog holds back what one machine sends to the other; Unclog lets it arrive.
	Clog(from, to host.Addr)
	Unclog(from, to host.Addr)
	// SetLink makes a direction of a link worse than it is by nature, in place of what was set before; ClearLink
	// ends that.
	SetLink(from, to host.Addr, link Link)
	ClearLink(from, to host.Addr)

	// SetDrift makes the machine's clocks run fast by ppm parts per million, slow if negative, from now on and
	// without a jump. It is within ±900,000; 0 is the machine's nature.
	SetDrift(machine host.Addr, ppm int)
	// JumpWall moves the machine's time of day.
	JumpWall(machine host.Addr, by time.Duration)

	// SetDisk makes a machine's disk worse than it is by nature, in place of what was set before; ClearDisk ends that.
	SetDisk(machine host.Addr, disk Disk)
	ClearDisk(machine host.Addr)
	// Damage makes bytes wrong that lie on a machine's disk, and says which; it says "" if it finds none. Repair undoes
	// it.
	Damage(machine host.Addr, d Damage) (what string)
	Repair(machine host.Addr)
	// Remember makes a copy of what a machine's disk holds, GoBack puts the copy in the place of everything there, and
	// Wipe leaves nothing. For the latter two the machine is down.
	Remember(machine host.Addr)
	GoBack(machine host.Addr)
	Wipe(machine host.Addr)

	// Transfer asks the leader to hand over to a machine, and Snapshot a machine to save a snapshot. Both are requests of
	// an operator to a program that is up; they need not do anything.
	Transfer(to host.Addr)
	Snapshot(machine host.Addr)
	// Newcomer is the name that the next new server will have. Reconfig boots it if it is to join, with an empty disk, and
	// has an operator ask the service for the change for a while.
	Newcomer() host.Addr
	Reconfig(c Change)
}

// Change is a change of who is in the service. A field that is "" asks for nothing.
type Change struct {
	Join, Leave     host.Addr
	Promote, Demote host.Addr
}

// Moment is something that happens in the service, for a fault to fall behind.
type Moment uint8

// The moments. A world that can't tell one may let a fault wait for it in vain.
const (
	// Appended is when a leader has just put something new into its log: it is not acknowledged yet, not even by its own
	// disk.
	Appended Moment = iota
	// Sending is when a leader has just begun to send a snapshot, Receiving when a server has just begun to take one, and
	// Saving when one has just begun to save its own.
	Sending
	Receiving
	Saving
	// Joining is when a server has just applied that majorities of the old voters and of the new ones are needed.
	Joining
)

// Damage is a way in which what lies on a disk goes bad.
type Damage struct {
	// Misdirected says that one piece of a file lies in another's place; else bits have flipped.
	Misdirected bool
	// Last says that what was synced last may be hit, too. That can't be told from a write that a crash has torn.
	Last bool
}

// Link is what a link does to messages, on top of its nature. Probabilities are parts per million.
type Link struct {
	Delay, Jitter                     time.Duration
	LossPPM, DuplicatePPM, ReorderPPM int
	CorruptPPM                        int
	BytesPerSecond                    int // that the link carries; 0 is no limit
}

// Disk is what a disk does to syncs, on top of its nature.
type Disk struct {
	SyncDelay   time.Duration
	FailSyncPPM int // the probability that a sync fails, in parts per million
	Full        bool
	FailRead    bool // no file can be read
}

// Way is one direction of the link between two machines.
type Way struct{ From, To host.Addr }

// String is "n1>n2".
func (w Way) String() string { return string(w.From) + ">" + string(w.To) }
