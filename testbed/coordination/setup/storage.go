package setup

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Storage is how servers keep their logs.
type Storage struct {
	// SnapshotEvery is how many entries a server applies between two snapshots, and KeepEntries how many it then keeps
	// behind the newest one; SegmentBytes is when the log goes on in a new file, and PieceBytes is how much of a snapshot
	// is written or sent at a time.
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
			return Storage{}, fmt.Errorf("%s is not four numbers of at least 1: entries between two snapshots, entries kept, "+
				"bytes of a segment, bytes of a piece of a snapshot, as in 30/6/8192/300", text)
		}
	}
	return Storage{numbers[0], numbers[1], int64(numbers[2]), int64(numbers[3])}, nil
}

// drawStorage draws how often servers snapshot, so that the paths through snapshots and a short log are gone often, and
// also never.
func drawStorage(rng *rand.Rand) Storage {
	every := []uint64{30, 150, 1000, 100_000}[rng.IntN(4)]
	keep := every / uint64(1+rng.IntN(5))
	segment := []int64{8 << 10, 64 << 10, 1 << 20}[rng.IntN(3)]
	piece := []int64{300, 3000, 256 << 10}[rng.IntN(3)]
	return Storage{every, max(1, keep), segment, piece}
}

// never is an entry count that no trial reaches, and shortLog one that a few operations do.
const (
	neverSnapshot = 100_000
	shortLog      = 16
)

// simpler lists storages with which a trial may be easier to follow: without snapshots, or with logs so short that it
// takes few operations to get past a snapshot.
func (s Storage) simpler() (list []Storage) {
	if s.SnapshotEvery <= shortLog || s.SnapshotEvery >= neverSnapshot {
		return nil
	}
	with := func(every, keep uint64) {
		t := s
		t.SnapshotEvery, t.KeepEntries = every, keep
		list = append(list, t)
	}
	with(neverSnapshot, neverSnapshot/5)
	for every := uint64(2); every <= shortLog; every *= 2 {
		with(every, 1)
		with(every, every)
	}
	return list
}
