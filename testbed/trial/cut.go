package trial

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ordeal/sim"
	"ordeal/testbed/costs"
	"ordeal/workloads/clients"
)

// Cut is what a trial may say besides, instead of leaving it to the seed. Shrinking a trial needs that: what is said
// stays as it is while other parts go. The zero value says nothing.
type Cut struct {
	// Script, if it is not nil, is what the clients do, and says which clients there are.
	Script clients.Script
	// Draws, unless it is 0, is what clients draw from in place of the seed: their turns stay what they are in a world of
	// another seed.
	Draws uint64
	// Settings, unless it is "", is how the service is set up, in the service's own words and without spaces.
	Settings string
	// Order says which of the events of one instant comes first: see sim.Order.
	Order sim.Order
	// NoRecovery ends the trial with its length: nothing is healed, and whether the service serves again is not asked.
	NoRecovery bool
	// Branch says from when on the trial's chance is another one: what happens before is that of the trial without it. The
	// plan of the faults and the settings stay.
	Branch sim.Branch
	// End, unless it is 0, is when the trial is over, before its length is: as with NoRecovery, and with everything up to
	// then as it is without.
	End time.Duration
	// MaySkip says that faults of the plan need not happen, as those of a plan that is drawn need not.
	MaySkip bool
	// Costs, unless it is "", says what things cost in the trial's world, where that is not the default: see package
	// costs.
	Costs string
}

// fields is the cut as fields of a line.
func (c Cut) fields() []string {
	var fields []string
	if c.Script != nil {
		fields = append(fields, "ops="+strconv.Quote(c.Script.String()))
	}
	if c.Draws != 0 {
		fields = append(fields, "draws="+strconv.FormatUint(c.Draws, 10))
	}
	if c.Settings != "" {
		fields = append(fields, "settings="+c.Settings)
	}
	if c.Order != sim.InTurn {
		fields = append(fields, "order="+string(c.Order))
	}
	if c.NoRecovery {
		fields = append(fields, "recovery=skip")
	}
	if c.MaySkip {
		fields = append(fields, "faults-that-fail=skip")
	}
	if c.Branch.Number != 0 {
		fields = append(fields, "branch="+branchText(c.Branch))
	}
	if c.End != 0 {
		fields = append(fields, "end="+c.End.String())
	}
	if c.Costs != "" {
		fields = append(fields, "costs="+c.Costs)
	}
	return fields
}

// set reads one field of a line; ok is false if it is none of a cut's.
func (c *Cut) set(name, value string) (ok bool, err error) {
	switch name {
	case "ops":
		text, err := strconv.Unquote(value)
		if err != nil {
			return true, fmt.Errorf("ops=%s is not in double quotes", value)
		}
		if c.Script, err = ParseScript(text); err != nil {
			return true, fmt.Errorf("ops: %w", err)
		}
	case "draws":
		c.Draws, err = strconv.ParseUint(value, 10, 64)
		if err != nil || c.Draws == 0 {
			return true, fmt.Errorf("draws=%s is not a number from 1 to 2^64-1", value)
		}
	case "settings":
		if c.Settings = value; value == "" {
			return true, errors.New("settings= is empty")
		}
	case "order":
		c.Order, err = ParseOrder(value)
	case "recovery":
		if c.NoRecovery = value == "skip"; !c.NoRecovery {
			return true, errors.New("recovery= can be skip and nothing else")
		}
	case "faults-that-fail":
		if c.MaySkip = value == "skip"; !c.MaySkip {
			return true, errors.New("faults-that-fail= can be skip and nothing else")
		}
	case "branch":
		c.Branch, err = parseBranch(value)
	case "end":
		if c.End, err = time.ParseDuration(value); err != nil || c.End <= 0 {
			return true, fmt.Errorf("end=%s is not an instant such as 32.7s", value)
		}
	case "costs":
		if c.Costs = value; value == "" {
			return true, errors.New("costs= is empty")
		}
	default:
		return false, nil
	}
	return true, err
}

func branchText(b sim.Branch) string { return b.At.String() + "/" + strconv.FormatUint(b.Number, 10) }

// parseBranch reads an instant and a number.
func parseBranch(text string) (sim.Branch, error) {
	at, number, _ := strings.Cut(text, "/")
	var b sim.Branch
	var errAt, errNumber error
	b.At, errAt = time.ParseDuration(at)
	b.Number, errNumber = strconv.ParseUint(number, 10, 64)
	if errAt != nil || errNumber != nil || b.At < 0 || b.Number == 0 {
		return sim.Branch{}, fmt.Errorf("branch=%s is not an instant and a number from 1 on, such as 12.5s/7", text)
	}
	return b, nil
}

// ParseOrder reads how the events of one instant are ordered: sim.Prioritized is the only one that is said.
func ParseOrder(word string) (sim.Order, error) {
	if sim.Order(word) != sim.Prioritized {
		return "", fmt.Errorf("order=%s can be %s and nothing else", word, sim.Prioritized)
	}
	return sim.Prioritized, nil
}

// ParseScript reads what the clients of a trial do: see clients.Script. It has no more clients than any rate asks for.
func ParseScript(text string) (clients.Script, error) {
	return clients.ParseScript(text, rateMax/rateOfOne)
}

// check says what is wrong with a cut of a trial that has so many clients.
func (c Cut) check(clients int) error {
	for _, s := range c.Script {
		if s.Client > clients {
			return fmt.Errorf("ops: there is no client c%d: a trial of this rate has %d", s.Client, clients)
		}
	}
	if err := c.Script.Check(); err != nil {
		return fmt.Errorf("ops: %w", err)
	}
	if _, err := costs.Parse(c.Costs); err != nil {
		return fmt.Errorf("costs=%s: %w", c.Costs, err)
	}
	return nil
}
