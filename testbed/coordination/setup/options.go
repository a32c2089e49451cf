package setup

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Option is one thing that can be set up in several ways.
type Option uint8

// The options. First what stands in the servers' configuration.
const (
	Tick        Option = iota // the unit of the ensemble's timeouts
	Timeouts                  // bounds of what sessions may ask for
	Outstanding               // requests without an answer, from which on servers stop reading
	ReadOnly                  // servers without a leader serve reads, and clients make do with that
	Local                     // new sessions are their server's alone
	Observers                 // so many of the servers do not vote
	TTL                       // whether znodes can have a time to live
	Quota                     // whether what is over a hard limit is refused
	Super                     // whether there is one who may do everything, or all may
	Reconfig                  // whether clients may change the ensemble
	Unused                    // when containers go that never had a child
	Start                     // where numbers begin
	Disk                      // what the servers' disks do not do; it is never drawn
	Reads                     // whether reads wait for what is committed
	Limits                    // sizes beyond which servers do things in parts
	// What the clients are like.
	Asks      // sessions ask for any timeout, and for another one at each reconnect
	Eager     // what waits is sent right behind the handshake
	Piles     // much waits for another connection when one breaks
	Names     // of the tree's znodes, of which one begins another
	Keys      // many registers, most of them used seldom
	Idle      // sessions on one server that ask for nothing
	Watches   // so many on one connection
	Codec     // that clients speak through
	Strangers // others use the service besides, in ways of their own
	Chroot    // a znode is the root to them
	Rude      // some try to take sessions over without their password, and some take over their own while it is in use
	Enforce   // whether clients have to say who they are before they are served
	optionsEnd
)

// option is how an Option is written, and drawn.
type option struct {
	name string
	// permille is in how many of 1000 trials that are not plain it is something else than the default.
	permille int
	// values are its words, the default first.
	values []string
}

var options = [optionsEnd]option{
	Tick:        {"tick", 120, []string{"500ms", "300ms", "800ms"}},
	Timeouts:    {"timeouts", 200, []string{"1s-10s", "2s-2500ms", "1s-1200ms", "4s-6s"}},
	Outstanding: {"outstanding", 150, []string{"0", "1", "4", "30"}},
	ReadOnly:    {"readonly", 150, []string{"no", "yes"}},
	Local:       {"local", 120, []string{"no", "yes", "upgrade"}},
	Observers:   {"observers", 150, []string{"0", "1", "2"}},
	TTL:         {"ttl", 60, []string{"yes", "no"}},
	Quota:       {"quota", 60, []string{"hard", "soft"}},
	Super:       {"super", 80, []string{"digest", "no", "all"}},
	Reconfig:    {"reconfig", 100, []string{"no", "yes"}},
	Unused:      {"unused", 100, []string{"never", "1s", "4s"}},
	Start:       {"start", 120, []string{"new", "late"}},
	Disk:        {"disk", 0, []string{DiskTrue, DiskNoSync, DiskNoDirSync, DiskTornRename}},
	Reads:       {"reads", 250, []string{"applied", "committed"}},
	Limits:      {"limits", 200, []string{"usual", "small"}},
	Asks:        {"asks", 200, []string{"usual", "any"}},
	Eager:       {"eager", 150, []string{"no", "yes"}},
	Piles:       {"piles", 150, []string{"no", "yes"}},
	Names:       {"names", 200, []string{"apart", "kin"}},
	Keys:        {"keys", 100, []string{"few", "tail"}},
	Idle:        {"idle", 40, []string{"0", "200"}},
	Watches:     {"watches", 120, []string{"0", "1200"}},
	Codec:       {"codec", 150, []string{"own", "second"}},
	Strangers:   {"strangers", 250, []string{"no", "yes"}},
	Chroot:      {"chroot", 100, []string{"no", "yes"}},
	Rude:        {"rude", 200, []string{"no", "yes"}},
	Enforce:     {"enforce", 120, []string{"no", "digest", "open"}},
}

// What disks do: all that they promise; syncs do nothing, those of directories too; those of directories do nothing; a
// rename removes first what has the name.
const (
	DiskTrue       = "true"
	DiskNoSync     = "no-sync"
	DiskNoDirSync  = "no-dir-sync"
	DiskTornRename = "torn-rename"
)

// Lies are what disks may not do.
func Lies() []string { return options[Disk].values[1:] }

// Lying is settings in which disks have a lie.
func Lying(settings, lie string) string { return settings + "," + options[Disk].name + "=" + lie }

// Is says whether an option has a value, as it is written.
func (s Settings) Is(o Option, word string) bool { return s.word(o) == word }

func (s Settings) word(o Option) string { return options[o].values[s.options[o]] }

// Schemes are those by one of which clients have to be known.
func (s Settings) Schemes() []string {
	if s.Is(Enforce, "no") {
		return nil
	}
	return []string{"digest"}
}

// Open says that everybody may do everything. Where clients have to say who they are, that alone is not enough.
func (s Settings) Open() bool { return s.Is(Super, "all") || s.Is(Enforce, "open") }

// Changeable are the settings with what it takes for an operator to change the ensemble.
func (s Settings) Changeable() Settings {
	s.options[Reconfig] = uint8(slices.Index(options[Reconfig].values, "yes"))
	if s.Is(Super, "no") {
		s.options[Super] = 0
	}
	return s
}

// Root is the path of the znode that a workload's clients take for the root, "" for none. The tree's judge knows the
// whole tree.
func (s Settings) Root(workload string) string {
	if workload == "tree" || s.Is(Chroot, "no") {
		return ""
	}
	return "/apps/one"
}

// Count is the value of an option that is a number.
func (s Settings) Count(o Option) int {
	n, err := strconv.Atoi(s.word(o))
	if err != nil {
		panic(fmt.Sprintf("setup: %s is no number", s.word(o)))
	}
	return n
}

// Time is the value of an option that is a duration.
func (s Settings) Time(o Option) time.Duration { return duration(s.word(o)) }

// Bounds are the two durations of an option that has them.
func (s Settings) Bounds(o Option) (low, high time.Duration) {
	first, second, _ := strings.Cut(s.word(o), "-")
	return duration(first), duration(second)
}

func duration(word string) time.Duration {
	d, err := time.ParseDuration(word)
	if err != nil {
		panic(fmt.Sprintf("setup: %s is no duration", word))
	}
	return d
}
