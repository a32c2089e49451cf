package ordeal

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"ordeal/testbed/clients"
)

// Cut is what a trial may say besides, instead of leaving it to the seed. Shrinking a trial needs that: what is said
// stays as it is while other parts go. The zero value says nothing.
type Cut struct {
	// Script, if it is not nil, is what the clients do, and says which clients there are.
	Script clients.Script
	// Draws, unless it is 0, is what clients draw from in place of the seed: their turns stay what they are in a world of
	// another seed.
	Draws uint64
	// Storage, unless it is zero, is how the servers keep their logs.
	Storage Storage
	// NoRecovery ends the trial with its length: nothing is healed, and nobody looks whether the service serves again.
	NoRecovery bool
	// MaySkip says that faults of the plan need not happen, as those of a plan that is drawn need not.
	MaySkip bool
}

// Storage is how servers keep their logs.
type Storage struct {
	// SnapshotEvery is how many entries a server applies between two snapshots, and KeepEntries how many it then keeps
	// behind the newest one; SegmentBytes is when the log goes on in a new file, and PieceBytes is how much of a snapshot is
	// written or sent at a time.
	SnapshotEvery, KeepEntries uint64
	SegmentBytes, PieceBytes   int64
}

// String is "30/6/8192/300".
func (s Storage) String() string {
	return fmt.Sprintf("%d/%d/%d/%d", s.SnapshotEvery, s.KeepEntries, s.SegmentBytes, s.PieceBytes)
}

// parseStorage reads what String wrote.
func parseStorage(text string) (s Storage, err error) {
	words := strings.Split(text, "/")
	numbers := make([]uint64, 4)
	for i := range numbers {
		if len(words) == len(numbers) && err == nil {
			numbers[i], err = strconv.ParseUint(words[i], 10, 31)
		}
		if len(words) != len(numbers) || err != nil || numbers[i] == 0 {
			return Storage{}, fmt.Errorf(
				"storage=%s is not four numbers of at least 1: entries between two snapshots, entries kept, bytes of a segment, bytes of a piece of a snapshot, as in 30/6/8192/300", text)
		}
	}
	return Storage{numbers[0], numbers[1], int64(numbers[2]), int64(numbers[3])}, nil
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
	if c.Storage != (Storage{}) {
		fields = append(fields, "storage="+c.Storage.String())
	}
	if c.NoRecovery {
		fields = append(fields, "recovery=skip")
	}
	if c.MaySkip {
		fields = append(fields, "faults-that-fail=skip")
	}
	return fields
}

// set takes one field of a line over; ok is false if it is none of a cut's.
func (c *Cut) set(name, value string) (ok bool, err error) {
	switch name {
	case "ops":
		text, err := strconv.Unquote(value)
		if err != nil {
			return true, fmt.Errorf("ops=%s is not in double quotes", value)
		}
		if c.Script, err = clients.ParseScript(text, scriptClientsMax); err != nil {
			return true, fmt.Errorf("ops: %w", err)
		}
	case "draws":
		c.Draws, err = strconv.ParseUint(value, 10, 64)
		if err != nil || c.Draws == 0 {
			return true, fmt.Errorf("draws=%s is not a number from 1 to 2^64-1", value)
		}
	case "storage":
		c.Storage, err = parseStorage(value)
	case "recovery":
		if c.NoRecovery = value == "skip"; !c.NoRecovery {
			return true, errors.New("recovery= can be skip and nothing else")
		}
	case "faults-that-fail":
		if c.MaySkip = value == "skip"; !c.MaySkip {
			return true, errors.New("faults-that-fail= can be skip and nothing else")
		}
	default:
		return false, nil
	}
	return true, err
}

// scriptClientsMax is the most clients that any rate asks for.
const scriptClientsMax = rateMax / 20

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
	return nil
}
