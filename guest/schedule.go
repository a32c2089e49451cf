package guest

import (
	"fmt"
	"strconv"
	"strings"
)

// Schedule is the order in which the goroutines of a guest run that can.
type Schedule string

// The schedules.
const (
	// ByChance is the default: who becomes able to run gets a place among those that wait by chance.
	ByChance Schedule = ""
	// InTurn is first in, first out, as Go's own scheduler has it where there is one processor.
	InTurn Schedule = "in-turn"
)

// priorities begins the word of a schedule by priorities, as "priorities-3".
const priorities = "priorities-"

// ByPriority is a schedule in which each goroutine has a priority that is drawn for it, and the one with the highest
// runs; at so many instants, from 0 to 31, which are drawn too, one falls back behind all others (Burckhardt et al., "A
// Randomized Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS 2010).
func ByPriority(changes int) Schedule { return Schedule(priorities + strconv.Itoa(changes)) }

// changesMax is how many changes of priority there are at most.
const changesMax = 31

// ParseSchedule reads a schedule as a trial's settings have it: "in-turn", "by-chance" or "priorities-3".
func ParseSchedule(word string) (Schedule, error) {
	switch number, ok := strings.CutPrefix(word, priorities); {
	case word == "by-chance":
		return ByChance, nil
	case Schedule(word) == InTurn:
		return InTurn, nil
	case ok:
		if n, err := strconv.Atoi(number); err == nil && n >= 0 && n <= changesMax {
			return ByPriority(n), nil
		}
	}
	return "", fmt.Errorf("%q is no schedule: there are by-chance, in-turn, and priorities-0 to priorities-%d", word,
		changesMax)
}

// number is what the program is told: see ordeal_schedule in build/go1.26/runtime.go.txt.
func (s Schedule) number() uint32 {
	switch n, ok := strings.CutPrefix(string(s), priorities); {
	case s == InTurn:
		return 0
	case ok:
		changes, _ := strconv.Atoi(n)
		return uint32(changes) + 2
	}
	return 1
}
