package nemesis

import (
	"fmt"
	"slices"
	"strings"
)

// Kind names a fault, as plans and flags spell it.
type Kind string

// KindInfo is what there is to know about a kind.
type KindInfo struct {
	Kind   Kind
	Family string
	// Example is a step of the kind.
	Example string
	// OnlyByName says that Select takes the kind only where it is named itself, not with its family or in "swarm":
	// it needs a special build.
	OnlyByName bool
	// OnlyInPlans says that Select takes the kind not at all: it is pinned to the number of something that happens.
	OnlyInPlans bool

	// oneIn is how many plans there are to one that the swarm gives the kind to.
	oneIn   int
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

// FamilyNames names the families of faults, sorted.
func FamilyNames() (names []string) {
	for _, f := range Families() {
		names = append(names, f.Name)
	}
	return names
}

// Families lists the families by name. Colours are those that Jepsen's nemesis packages have, for readers who know its
// plots. Disks have one of their own: Jepsen's colour for files, #99F2E2, can hardly be told from that for clocks. What
// operators do to the service has no colour there.
func Families() []Family {
	return []Family{
		{"clock", "#A0E9E3"},
		{"crash", "#E9A4A0"},
		{"disk", "#E9A0E6"},
		{"membership", "#FFBE8C"},
		{"packet", "#D1E8A0"},
		{"partition", "#E9DCA0"},
		{"pause", "#A0B1E9"},
		{"service", "#C4B6A6"},
	}
}

// Kinds lists the kinds by name.
func Kinds() []KindInfo { return slices.Clone(kinds) }

// Lasts says that a fault of the kind goes on for a time.
func (i KindInfo) Lasts() bool { return i.lasts }

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
// kind that needs no special build and is not pinned, and "none", which stands alone.
func Select(words []string) ([]Kind, error) {
	if slices.Contains(words, "none") {
		if len(words) > 1 {
			return nil, fmt.Errorf("faults: none stands alone, here it is with %s", strings.Join(words, ","))
		}
		return nil, nil
	}
	var chosen []Kind
	for _, word := range words {
		if pinned(Kind(word)) {
			return nil, fmt.Errorf(
				"faults: %s is never drawn: it is pinned to the number of something that happens, and stands in plans only",
				word,
			)
		}
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
		if info.OnlyInPlans {
			continue
		}
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
		if !info.OnlyInPlans {
			words = append(words, string(info.Kind))
		}
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
