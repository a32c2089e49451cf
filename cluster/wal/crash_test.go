package wal

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"go.etcd.io/raft/v3/raftpb"
)

// told is what a log was told up to one call: the dumb twin of a Log. Values are never changed once made.
type told struct {
	entries     []string // of index i at i: term and data; "" where a snapshot from elsewhere took its place
	hard        hardState
	commitFloor uint64 // commit index as of the last call that had to be synced
	// snapshots are those that may be the newest on the disk, oldest first: one of the node's own is written while the log
	// goes on. None older than base may.
	snapshots   []uint64
	base        uint64
	incarnation uint64
}

func (s told) newest() uint64 {
	if len(s.snapshots) == 0 {
		return 0
	}
	return s.snapshots[len(s.snapshots)-1]
}

func (s told) last() uint64 { return uint64(len(s.entries)) - 1 }

func (s told) term(index uint64) (term uint64) {
	fmt.Sscanf(s.entries[index], "%d/", &term)
	return term
}

// trial does random things to a log and crashes it.
type trial struct {
	rng   *rand.Rand
	disk  *crashDisk
	log   *Log
	told  []told // one for each call, and where it began
	acked int    // the last of them that must have survived
	saved uint64 // the newest snapshot of the node's own that must have survived
	fresh int    // makes data unique
}

// crashTrial runs one trial and says what went wrong.
func crashTrial(seed uint64, lying bool) (err error) {
	rng := rand.New(rand.NewPCG(seed, 7))
	t := &trial{rng: rng, disk: newCrashDisk(rng), told: []told{{entries: []string{""}}}}
	t.disk.lying = lying
	for boot := 0; boot < 6; boot++ {
		if t.log, err = Open(t.disk, Options{SegmentBytes: int64(200 + rng.IntN(800)), Self: "n1"}); err != nil {
			return fmt.Errorf("boot %d: %w", boot, err)
		}
		if err := t.compare(); err != nil {
			return fmt.Errorf("boot %d: %w", boot, err)
		}
		t.boot()
		for n := rng.IntN(60); n > 0; n-- {
			t.act()
			for steps := rng.IntN(6); steps > 0; steps-- {
				t.disk.step()
			}
		}
		if rng.IntN(4) == 0 {
			t.disk.settle()
		}
		if rng.IntN(3) == 0 {
			t.disk.kill()
		} else {
			t.disk.crash()
		}
	}
	return nil
}

func (t *trial) now() told { return t.told[len(t.told)-1] }

// call notes that the log was told next, and returns the done function that notes that it is durable.
func (t *trial) call(next told) func(error) {
	t.told = append(t.told, next)
	n := len(t.told) - 1
	return func(err error) {
		if err != nil {
			panic(err)
		}
		t.acked = max(t.acked, n)
	}
}

func (t *trial) boot() {
	s := t.now()
	if t.log.Empty() {
		s.entries, s.snapshots, s.base = []string{"", "1/"}, []uint64{1}, 1
		s.hard = s.hard.raised(1, 1)
		t.call(s)
		t.log.Bootstrap([]uint64{1, 2, 3}, nil)
	}
	s.incarnation++
	s.commitFloor = s.hard.commit
	t.log.Begin(t.call(s))
}

func (t *trial) act() {
	switch t.rng.IntN(12) {
	case 0:
		t.save()
	case 1:
		t.install()
	case 2:
		t.log.Compact(uint64(t.rng.IntN(8)), int64(t.rng.IntN(200)))
	case 3, 4:
		t.commit()
	default:
		t.append()
	}
}

func (t *trial) save() {
	s := t.now()
	index := s.hard.commit
	if index <= s.newest() {
		return
	}
	s.snapshots = append(slices.Clip(s.snapshots), index)
	done := t.call(s)
	saving := save(t.log, snapshotAt(index, s.term(index), fmt.Sprintf("snapshot %d", index)), func(err error) {
		done(err)
		t.saved = max(t.saved, t.log.durable())
	})
	if t.rng.IntN(8) == 0 {
		saving.Drop()
	}
}

func (t *trial) install() {
	s := t.now()
	index, term := s.last()+1+uint64(t.rng.IntN(3)), s.hard.term+1
	s.entries = append(make([]string, index), fmt.Sprintf("%d/", term))
	s.snapshots, s.base = []uint64{index}, index
	s.hard = hardState{term: term, commit: index}
	s.commitFloor = index
	var entries []*raftpb.Entry
	if t.rng.IntN(2) == 0 {
		t.told = append(t.told, s) // the snapshot may be there without the rest
		s.entries, entries = t.grow(s, index+1, 2)
		s.hard.vote = uint64(t.rng.IntN(4))
	}
	in := receive(t.log, snapshotAt(index, term, fmt.Sprintf("snapshot %d", index)))
	done := t.call(s)
	t.log.Install(in, s.hard.message(), entries, done)
}

// commit moves the commit index alone, which need not be synced.
func (t *trial) commit() {
	s := t.now()
	s.hard.commit += uint64(t.rng.IntN(int(s.last()-s.hard.commit) + 1))
	t.told = append(t.told, s)
	t.log.Append(s.hard.message(), nil, func(error) {})
}

func (t *trial) append() {
	s := t.now()
	if t.rng.IntN(4) == 0 {
		s.hard.term, s.hard.vote = s.hard.term+1, uint64(t.rng.IntN(4))
	}
	var entries []*raftpb.Entry
	from := s.last() + 1
	if t.rng.IntN(5) == 0 && s.last() > s.hard.commit {
		from -= uint64(t.rng.IntN(int(s.last() - s.hard.commit)))
	}
	s.entries, entries = t.grow(s, from, t.rng.IntN(4))
	s.commitFloor = s.hard.commit
	mustSync := len(entries) > 0 || s.hard != t.now().hard
	if !mustSync {
		s.commitFloor = t.now().commitFloor
	}
	done := t.call(s)
	t.log.Append(s.hard.message(), entries, done)
}

// grow puts n entries at from, over what is there. The twin's slice is copied.
func (t *trial) grow(s told, from uint64, n int) ([]string, []*raftpb.Entry) {
	if n == 0 {
		return s.entries, nil
	}
	kept := append([]string(nil), s.entries[:from]...)
	var entries []*raftpb.Entry
	for i := range uint64(n) {
		t.fresh++
		data := fmt.Sprintf("%d%*s", t.fresh, t.rng.IntN(100), "")
		entries = append(entries, entry(from+i, s.hard.term, data))
		kept = append(kept, fmt.Sprintf("%d/%s", s.hard.term, data))
	}
	return kept, entries
}

// compare finds the call up to which the log remembers: none that was acknowledged may be behind it.
func (t *trial) compare() error {
	var reason error
	for n := len(t.told) - 1; n >= t.acked; n-- {
		if reason = t.told[n].differs(t.log, t.saved); reason == nil {
			s := t.told[n]
			s.snapshots, s.base = []uint64{t.log.durable()}[:min(1, t.log.durable())], t.log.durable()
			s.hard = t.log.memory.hard // its commit index may have gone back
			s.commitFloor = min(s.commitFloor, s.hard.commit)
			t.told = append(t.told[:n], s) // what was read is certain once something later is acknowledged
			return nil
		}
	}
	return fmt.Errorf("nothing from the %d. call to the %d. was read back; against the former: %w", t.acked,
		len(t.told)-1, reason)
}

// differs says how the log differs from s.
func (s told) differs(l *Log, saved uint64) error {
	at := l.durable()
	if at < max(s.base, min(saved, s.newest())) || at > 0 && !slices.Contains(s.snapshots, at) {
		return fmt.Errorf("the snapshot is at %d, not one of %d from %d on", at, s.snapshots, max(s.base, saved))
	}
	data, err := dataOf(l)
	if want := fmt.Sprintf("snapshot %d", at); at > 1 && data != want || err != nil {
		return fmt.Errorf("snapshot %d holds %q, %v", at, data, err)
	}
	if l.Incarnation() != s.incarnation {
		return fmt.Errorf("the incarnation is %d, not %d", l.Incarnation(), s.incarnation)
	}
	got := l.memory.hard
	if got.term != s.hard.term || got.vote != s.hard.vote || got.commit > s.hard.commit || got.commit < s.commitFloor {
		return fmt.Errorf("the hard state is %+v, not %+v with at least %d committed", got, s.hard, s.commitFloor)
	}
	first, _ := l.FirstIndex()
	if last, _ := l.LastIndex(); last != s.last() || first > at+1 {
		return fmt.Errorf("the log is from %d to %d, and it should end at %d", first, last, s.last())
	}
	for i := first; i <= s.last(); i++ {
		entries, err := l.Entries(i, i+1, 0)
		if err != nil {
			return err
		}
		if e := fmt.Sprintf("%d/%s", entries[0].GetTerm(), entries[0].GetData()); e != s.entries[i] {
			return fmt.Errorf("entry %d is %q, not %q", i, e, s.entries[i])
		}
	}
	return nil
}

func TestCrashesLoseNothingThatWasAcknowledged(t *testing.T) {
	for seed := range uint64(800) {
		if err := crashTrial(seed, false); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// A trial on a disk whose syncs do nothing must fail, or the trial would find nothing.
func TestCrashTrialsCatchADiskThatLies(t *testing.T) {
	for seed := range uint64(20) {
		if crashTrial(seed, true) != nil {
			return
		}
	}
	t.Fatal("20 trials on a disk that does not sync found nothing")
}
