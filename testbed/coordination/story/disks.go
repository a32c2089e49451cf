package story

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ordeal/cluster/wal"
	"ordeal/host"
	"ordeal/sim"
)

// disks follows what is durable on each server's disk. It asks the disks themselves, by opening a copy of what a power
// loss would leave: what a server believes of its disk may be wrong.
type disks struct {
	world    *sim.World
	servers  []host.Addr
	pictures map[host.Addr][]picture
	// opened are the disks as they were opened last, and settled the numbers of the world for that.
	opened  map[host.Addr]picture
	settled map[host.Addr]uint64
	syncs   uint64
	read    int
	looked  time.Duration // when it was looked at them last
}

// picture is what a disk has from an instant on.
type picture struct {
	at         time.Duration
	term, vote uint64
	last       uint64 // entry
	lastTerm   uint64
	snapshot   uint64 // index
	err        error
	log        *wal.Log
}

// disksMax is how many bytes of disks are read to know of every change: in a trial that was cut down it is far less.
// From there on they are looked at once in thinly, up to thinMax bytes.
const (
	disksMax = 256 << 20
	thinMax  = 4 * disksMax
	thinly   = 250 * time.Millisecond
)

// spent says that not every change is known any more, and blind that none is.
func (d *disks) spent() bool { return d.read > disksMax }
func (d *disks) blind() bool { return d.read > thinMax }

// look looks at the disks, if anything has become durable since it did last.
func (d *disks) look() {
	syncs := d.world.Stats().Syncs
	if syncs == d.syncs && len(d.pictures) > 0 || d.blind() || d.spent() && d.world.Now() < d.looked+thinly {
		return
	}
	d.syncs, d.looked = syncs, d.world.Now()
	for _, s := range d.servers {
		p := d.open(s)
		list := d.pictures[s]
		if n := len(list); n > 0 && list[n-1].text() == p.text() {
			list[n-1].log = p.log
			continue
		}
		d.pictures[s] = append(list, p)
	}
}

// open opens a disk, unless it is as it was when it was opened last.
func (d *disks) open(machine host.Addr) picture {
	settled := d.world.Settled(machine)
	p, known := d.opened[machine]
	if !known || d.settled[machine] != settled {
		p = d.openAnew(machine)
		if d.opened == nil {
			d.opened, d.settled = make(map[host.Addr]picture), make(map[host.Addr]uint64)
		}
		d.opened[machine], d.settled[machine] = p, settled
	}
	p.at = d.world.Now()
	return p
}

func (d *disks) openAnew(machine host.Addr) picture {
	p := picture{at: d.world.Now()}
	disk, err := d.world.Synced(machine)
	if err != nil {
		p.err = err
		return p
	}
	counted := &counting{Disk: disk}
	log, err := wal.Open(counted, wal.Options{})
	d.read += counted.bytes
	if err != nil {
		p.err = err
		return p
	}
	hard, _, err := log.InitialState()
	if err != nil {
		p.err = err
		return p
	}
	p.log, p.term, p.vote = log, hard.GetTerm(), hard.GetVote()
	p.last, _ = log.LastIndex()
	p.lastTerm, _ = log.Term(p.last)
	p.snapshot = log.Recovery().Snapshot
	return p
}

// counting counts the bytes that are read of a disk.
type counting struct {
	host.Disk
	bytes int
}

// ReadFile implements host.Disk.
func (c *counting) ReadFile(name string) ([]byte, error) {
	data, err := c.Disk.ReadFile(name)
	c.bytes += len(data)
	return data, err
}

// ReadAt implements host.Disk.
func (c *counting) ReadAt(name string, b []byte, offset int64) (int, error) {
	n, err := c.Disk.ReadAt(name, b, offset)
	c.bytes += n
	return n, err
}

// text is "term 2, a vote for n3, a log to entry 9 of term 2".
func (p picture) text() string {
	switch {
	case p.err != nil:
		return "nothing that can be read: " + p.err.Error()
	case p.last == 0 && p.term == 0:
		return "nothing"
	}
	words := []string{fmt.Sprintf("term %d", p.term), "no vote in it"}
	if p.vote != 0 {
		words[1] = fmt.Sprintf("a vote in it for n%d", p.vote)
	}
	words = append(words, fmt.Sprintf("a log to entry %d of term %d", p.last, p.lastTerm))
	if p.snapshot > 1 {
		words = append(words, fmt.Sprintf("a snapshot up to entry %d", p.snapshot))
	}
	return strings.Join(words, ", ")
}

// has says whether an entry is on the disk.
func (p picture) has(index, term uint64) bool {
	if p.log == nil {
		return false
	}
	if index <= p.snapshot {
		return true
	}
	t, err := p.log.Term(index)
	return err == nil && t == term
}

// knows says whether the disk remembers a vote, or is past its term.
func (p picture) knows(v vote) bool {
	return p.term > v.term || p.term == v.term && p.vote == v.to
}

// now says what is on a disk at present.
func (d *disks) now(machine host.Addr) string {
	if d.blind() {
		return "what was not looked at: the trial is too large; shrink it first"
	}
	return d.open(machine).text()
}

// at says what was on a disk at an instant.
func (d *disks) at(machine host.Addr, at time.Duration) string {
	list := d.pictures[machine]
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].at <= at {
			return list[i].text()
		}
	}
	return "nothing"
}

// applied looks, of an entry that a server has just applied, whether so many of the voters' disks have it that it can't
// be lost.
func (d *disks) applied(c *Teller, machine host.Addr, s *sighted, voters []host.Addr) {
	const founding = 1 // the entry that every server of a new ensemble begins with
	first := !slices.ContainsFunc(d.servers, func(other host.Addr) bool {
		return other != machine && c.sighted(other).Applied >= s.Applied
	})
	// who makes a majority may have changed
	// what it had applied before anything happened it was given
	given := c.stage.World.Now() == 0
	if !first || given || s.Applied <= founding || d.spent() || c.stage.Plan.Reconfigures() {
		return
	}
	var have []string
	votes := 0
	for _, other := range d.servers {
		if !d.open(other).has(s.Applied, s.AppliedTerm) {
			continue
		}
		have = append(have, string(other))
		if slices.Contains(voters, other) {
			votes++
		}
	}
	if votes > len(voters)/2 {
		return
	}
	where := "no disk"
	if len(have) > 0 {
		where = "the disk of " + strings.Join(have, " and ") + " only"
	}
	if c.unsafe++; c.unsafe > unsafeMax {
		return
	}
	more := ""
	if c.unsafe == unsafeMax {
		more = "; it goes on like this"
	}
	c.Tell("%s applies entry %d of term %d, which is on %s%s", machine, s.Applied, s.AppliedTerm, where, more)
	c.Odd("%s applied entry %d of term %d, and answered for it, when it was on %s%s", machine, s.Applied, s.AppliedTerm,
		where, more)
}

// unsafeMax is how many entries are told that were not safe when they were applied.
const unsafeMax = 3
