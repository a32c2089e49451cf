package nemesis

import (
	"fmt"
	"slices"
	"strings"
)

// Kind names a fault, as plans and flags spell it.
type Kind string

// The kinds of fault.
const (
	Clog        Kind = "clog"          // messages wait at the target's links, and arrive when it ends
	Crash       Kind = "crash"         // power loss; started again at the end
	CrashInSync Kind = "crash-in-sync" // power loss in the middle of the target's next sync; started again at the end
	Delay       Kind = "delay"         // messages take longer
	Drift       Kind = "drift"         // the monotonic clock and the time of day run at a wrong rate
	Duplicate   Kind = "duplicate"     // messages arrive twice
	FailSync    Kind = "fail-sync"     // syncs fail; a machine that stopped for it is started again at the end
	Failpoint   Kind = "failpoint"     // power loss when the target comes to a mark in its code
	Jump        Kind = "jump"          // the time of day moves at once
	Loss        Kind = "loss"          // messages get lost
	Partition   Kind = "partition"     // links are cut, in a shape
	Pause       Kind = "pause"         // the machine stands still and loses nothing
	Reorder     Kind = "reorder"       // messages overtake each other
	SlowDisk    Kind = "slow-disk"     // syncs take longer
)

// KindInfo is what there is to know about a kind.
type KindInfo struct {
	Kind   Kind
	Family string
	// Example is a step of the kind.
	Example string
	// OnlyByName says that Select takes the kind only where it is named itself, not with its family or in "swarm":
	// it needs a special build.
	OnlyByName bool

	lasts   bool // the step needs "for"
	network bool // the step may end in "with-clients"
	clients bool // the step may aim at clients
	slots   []slot
}

// Family is kinds that a reader thinks of together and that share a band in a plot.
type Family struct {
	Name string
	// Colour is the band's, as "#RRGGBB".
	Colour string
}

// Families lists the families by name. Colours are those that Jepsen's nemesis packages have, for whoever knows its
// plots. Disks have one of their own: Jepsen's colour for files, #99F2E2, can hardly be told from that for clocks.
func Families() []Family {
	return []Family{
		{"clock", "#A0E9E3"},
		{"crash", "#E9A4A0"},
		{"disk", "#E9A0E6"},
		{"packet", "#D1E8A0"},
		{"partition", "#E9DCA0"},
		{"pause", "#A0B1E9"},
	}
}

// Kinds lists the kinds by name.
func Kinds() []KindInfo { return slices.Clone(kinds) }

var kinds = []KindInfo{
	{Kind: Clog, Family: "packet", Example: "at 2s for 3s clog leader",
		lasts: true, network: true, clients: true, slots: []slot{slotTarget}},
	{Kind: Crash, Family: "crash", Example: "at 2s for 3s crash minority",
		lasts: true, slots: []slot{slotTarget}},
	{Kind: CrashInSync, Family: "crash", Example: "at 2s for 3s crash-in-sync leader",
		lasts: true, slots: []slot{slotTarget}},
	{Kind: Delay, Family: "packet", Example: "at 2s for 3s delay 50ms jitter 10ms all",
		lasts: true, network: true, clients: true, slots: []slot{slotDelay, slotJitter, slotTarget}},
	{Kind: Drift, Family: "clock", Example: "at 2s for 3s drift n2 +5000ppm",
		lasts: true, slots: []slot{slotTarget, slotDrift}},
	{Kind: Duplicate, Family: "packet", Example: "at 2s for 3s duplicate 20% all",
		lasts: true, network: true, clients: true, slots: []slot{slotPercent, slotTarget}},
	{Kind: FailSync, Family: "disk", Example: "at 2s for 3s fail-sync one",
		lasts: true, slots: []slot{slotTarget, slotShare}},
	{Kind: Failpoint, Family: "crash", Example: "at 2s for 3s failpoint walBeforeSync follower", OnlyByName: true,
		lasts: true, slots: []slot{slotMark, slotTarget}},
	{Kind: Jump, Family: "clock", Example: "at 2s jump n3 -2s",
		slots: []slot{slotTarget, slotJump}},
	{Kind: Loss, Family: "packet", Example: "at 2s for 3s loss 20% all",
		lasts: true, network: true, clients: true, slots: []slot{slotPercent, slotTarget}},
	{Kind: Partition, Family: "partition", Example: "at 2s for 3s partition isolate leader",
		lasts: true, network: true, clients: true, slots: []slot{slotShape}},
	{Kind: Pause, Family: "pause", Example: "at 2s for 500ms pause leader",
		lasts: true, clients: true, slots: []slot{slotTarget}},
	{Kind: Reorder, Family: "packet", Example: "at 2s for 3s reorder 20% all",
		lasts: true, network: true, clients: true, slots: []slot{slotPercent, slotTarget}},
	{Kind: SlowDisk, Family: "disk", Example: "at 2s for 3s slow-disk follower 50ms",
		lasts: true, slots: []slot{slotTarget, slotSyncDelay}},
}

// Info looks a kind up.
func (k Kind) Info() (KindInfo, bool) {
	for _, info := range kinds {
		if info.Kind == k {
			return info, true
		}
	}
	return KindInfo{}, false
}

// Select turns words as a flag takes them into kinds, sorted: names of kinds, names of families, "swarm" for every
// kind that needs no special build, and "none", which stands alone.
func Select(words []string) ([]Kind, error) {
	if slices.Contains(words, "none") {
		if len(words) > 1 {
			return nil, fmt.Errorf("faults: none stands alone, here it is with %s", strings.Join(words, ","))
		}
		return nil, nil
	}
	var chosen []Kind
	for _, word := range words {
		named := kindsNamed(word)
		if named == nil {
			return nil, fmt.Errorf("faults: %s", unknown("fault or family", word, selectable()))
		}
		chosen = append(chosen, named...)
	}
	slices.Sort(chosen)
	return slices.Compact(chosen), nil
}

func kindsNamed(word string) []Kind {
	var named []Kind
	for _, info := range kinds {
		group := (word == "swarm" || word == info.Family) && !info.OnlyByName
		if group || word == string(info.Kind) {
			named = append(named, info.Kind)
		}
	}
	return named
}

func selectable() []string {
	words := []string{"none", "swarm"}
	for _, f := range Families() {
		words = append(words, f.Name)
	}
	for _, info := range kinds {
		words = append(words, string(info.Kind))
	}
	slices.Sort(words)
	return slices.Compact(words)
}

func kindNames() []string {
	var names []string
	for _, info := range kinds {
		names = append(names, string(info.Kind))
	}
	return names
}
