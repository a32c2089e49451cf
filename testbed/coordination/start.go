package coordination

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/tree"
	"ordeal/host"
	"ordeal/sim"
	"ordeal/testbed/coordination/operators"
	"ordeal/testbed/coordination/setup"
)

// Where a service stands that has run for long: at the ends of what its numbers have room for. The zxid's epoch is
// ahead of the term, as it is where the counter was at its end before; it is odd, so that what runs over into it is
// lost.
const (
	lateTerm    uint64 = 1<<31 - 10_000 // so the zxid, of 64 bits, has no sign yet
	lateEpoch          = lateTerm + 21
	lateCounter uint64 = 1<<32 - 150
	lateIndex   uint64 = 1<<32 - 200
	lateBoots   uint64 = 1<<24 - 2 // a session's id has 24 bits for them
	lateChain   uint64 = 1         // stands for a hash over its log: that of an empty one is 0
	lateZxid           = int64(lateEpoch<<32 | lateCounter)
)

// late says that the trial's service has run for long when it begins.
func (i *instance) late() bool { return i.setup.Is(setup.Start, "late") }

// begun is the program of a server that founds the service. On a late one's disk lies, before its first boot, what a
// backup of such a service leaves there.
func (i *instance) begun(server host.Addr) host.Boot {
	boot := i.program(operators.ServerID(server), i.members)
	if !i.late() {
		return boot
	}
	filled := false
	return func(h host.Host) (host.Program, error) {
		if !filled {
			filled = true
			if err := i.stage.World.Fill(server, i.lateFiles()); err != nil {
				return nil, err
			}
		}
		return boot(h)
	}
}

// lateFiles are the files that a restored backup makes, in a world of their own.
func (i *instance) lateFiles() map[string][]byte {
	if i.lateDisk != nil {
		return i.lateDisk
	}
	var durable bool
	w := sim.New(1, sim.Config{})
	w.AddMachine("n1", i.lateBackup().Restore(func(err error) { durable = err == nil }))
	w.RunUntil(time.Minute)
	files, err := w.Files("n1")
	w.Close()
	if err != nil || !durable {
		panic(fmt.Sprintf("coordination: a backup could not be restored: %v", err))
	}
	i.lateDisk = maps.Clone(files)
	return i.lateDisk
}

// lateBackup is the backup of a service in which nothing but the fixed znodes is left.
func (i *instance) lateBackup() cluster.Backup {
	t := tree.New()
	t.Apply(lateZxid, tree.Txn{Request: tree.ExpireSession{ID: 1}}) // there is none: only the zxid is new
	const founded byte = 1                                          // the snapshot's version, of an ensemble as it began
	state := []byte{founded}
	for _, v := range []uint64{lateEpoch, lateCounter, lateIndex, lateTerm, lateChain, 0} {
		state = binary.AppendUvarint(state, v)
	}
	b := cluster.Backup{Index: lateIndex, Term: lateTerm, Incarnation: lateBoots, State: t.AppendSnapshot(state)}
	for _, m := range i.members {
		if m.Observer {
			b.Observers = append(b.Observers, m.ID)
		} else {
			b.Voters = append(b.Voters, m.ID)
		}
	}
	checked, err := cluster.DecodeBackup(b.Encode())
	if err != nil || !slices.Equal(checked.Voters, b.Voters) {
		panic(fmt.Sprintf("coordination: the backup is none: %v", err))
	}
	return b
}
