package cluster

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"

	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"

	"ordeal/cluster/wal"
	"ordeal/host"
)

// Backup is everything that the log decided up to one entry: znodes, sessions, and who sent what. A new log can begin
// with it, of one server or of every server of an ensemble.
type Backup struct {
	// Index and Term are the entry's.
	Index, Term uint64
	// Incarnation is the highest boot of any server that the state knows of. A server that begins with the backup must
	// count on from there, or it would make sessions and requests a second time.
	Incarnation uint64
	// Voters and Observers are the servers that the ensemble had.
	Voters, Observers []uint64
	// State is a node's state, encoded.
	State []byte
}

// Backup is the node's state at the newest entry that it has applied. An ensemble that begins with it is founded anew,
// by the servers that there are now: how they became that is left out.
func (n *Node) Backup() Backup {
	founded := *n.state
	founded.next, founded.conf, founded.confIndex = nil, nil, 0
	b := Backup{Index: n.state.index, Term: n.state.term, Incarnation: n.outbox.incarnation, State: founded.encode()}
	for _, c := range n.state.cursors {
		b.Incarnation = max(b.Incarnation, c.incarnation)
	}
	for _, s := range n.state.tree.Sessions() {
		b.Incarnation = max(b.Incarnation, s.Owner.Incarnation)
	}
	conf := n.confState()
	b.Voters = slices.Clone(conf.GetVoters())
	for _, id := range conf.GetLearners() {
		if m, in := n.members.find(id); in && m.Observer {
			b.Observers = append(b.Observers, id)
		}
	}
	return b
}

// backupMagic begins a backup: its name and its format's version.
const backupMagic = "ordealB1"

// Encode writes the backup with a checksum.
func (b Backup) Encode() []byte {
	out := append([]byte(backupMagic), 0, 0, 0, 0)
	for _, v := range []uint64{b.Index, b.Term, b.Incarnation} {
		out = binary.AppendUvarint(out, v)
	}
	for _, servers := range [][]uint64{b.Voters, b.Observers} {
		out = binary.AppendUvarint(out, uint64(len(servers)))
		for _, id := range servers {
			out = binary.AppendUvarint(out, id)
		}
	}
	out = append(out, b.State...)
	binary.BigEndian.PutUint32(out[len(backupMagic):], crc32.Checksum(out[len(backupMagic)+4:], castagnoli))
	return out
}

// DecodeBackup reads what Encode wrote. An error says why the bytes are no whole backup.
func DecodeBackup(data []byte) (Backup, error) {
	head := len(backupMagic)
	if len(data) < head+4 || string(data[:head]) != backupMagic {
		return Backup{}, errors.New("this is no backup of this version")
	}
	if crc32.Checksum(data[head+4:], castagnoli) != binary.BigEndian.Uint32(data[head:]) {
		return Backup{}, errors.New("the backup is damaged: its checksum does not match")
	}
	r := reader{b: data[head+4:]}
	b := Backup{Index: r.uvarint(), Term: r.uvarint(), Incarnation: r.uvarint()}
	for _, servers := range []*[]uint64{&b.Voters, &b.Observers} {
		for count := r.uvarint(); count > 0 && !r.bad; count-- {
			*servers = append(*servers, r.uvarint())
		}
	}
	b.State = r.b
	if r.bad {
		return Backup{}, errors.New("the backup ends too early")
	}
	if s, err := decodeState(b.State); err != nil {
		return Backup{}, err
	} else if s.index != b.Index {
		return Backup{}, fmt.Errorf("the backup is of entry %d, and its state of entry %d", b.Index, s.index)
	}
	return b, nil
}

// Restore boots a program that begins a log on its host's disk with the backup, for the ensemble that the backup names,
// and does nothing else. done is called when all is durable, or with what went wrong. Booting fails unless the disk has
// no log yet.
func (b Backup) Restore(done func(error)) host.Boot {
	return func(h host.Host) (host.Program, error) {
		log, err := wal.Open(h.Disk(), wal.Options{Self: h.Self()})
		if err != nil {
			return nil, err
		}
		if !log.Empty() {
			return nil, errors.New("cluster: there is a log already")
		}
		log.Restore(&raftpb.Snapshot{
			Data: b.State,
			Metadata: &raftpb.SnapshotMetadata{
				Index: proto.Uint64(b.Index), Term: proto.Uint64(b.Term),
				ConfState: &raftpb.ConfState{
					Voters: slices.Sorted(slices.Values(b.Voters)), Learners: slices.Sorted(slices.Values(b.Observers)),
				},
			},
		}, b.Incarnation, done)
		return idle{}, nil
	}
}

// idle is a program that serves no client.
type idle struct{}

func (idle) Receive(host.Addr, []byte) {}
func (idle) Accept(c host.Conn)        { c.Close() }
func (idle) Frame(host.Conn, []byte)   {}
func (idle) Closed(host.Conn)          {}
func (idle) Wake()                     {}
