package wal

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"testing"

	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

// framed makes a segment of payloads, each of which is its length and its bytes in data: so the fuzzer gets past the
// checksums.
func framed(data []byte) []byte {
	var out []byte
	for len(data) >= 2 {
		n := min(int(binary.LittleEndian.Uint16(data)), len(data)-2)
		out = appendFrame(out, 1, int64(len(out)), int64(len(out)), data[2:2+n])
		data = data[2+n:]
	}
	return out
}

// framedSnapshot is framed for the file of snapshot 1.
func framedSnapshot(data []byte) []byte {
	var out []byte
	for len(data) >= 2 {
		n := min(int(binary.LittleEndian.Uint16(data)), len(data)-2)
		out = appendFrame(out, snapshotSequence(1), int64(len(out)), int64(len(out)), data[2:2+n])
		data = data[2+n:]
	}
	return out
}

func payloads(list ...[]byte) []byte {
	var out []byte
	for _, p := range list {
		out = append(binary.LittleEndian.AppendUint16(out, uint16(len(p))), p...)
	}
	return out
}

func FuzzOpen(f *testing.F) {
	h := hardState{1, 1, 1}
	records := payloads(headerPayload(state{}, false), bootRecord(1).payload,
		appendRecord(nil, &h, []*raftpb.Entry{entry(1, 1, "a"), entry(2, 1, "b")}, true).payload)
	f.Add(records, []byte{}, true)
	f.Add(framed(records), bytes.Join(encodeSnapshot(snapshotAt(1, 1, "one")), nil), false)
	meta, _ := proto.Marshal(snapshotAt(1, 1, "").GetMetadata())
	f.Add(records, payloads(append([]byte{recordSnapshot, snapshotVersion}, meta...), []byte{recordPiece, 'x'},
		[]byte{recordEnd, 1, 0, 0, 0, 0, 0, 0, 0}), true)
	f.Add([]byte{}, []byte("no snapshot"), false)
	f.Fuzz(func(t *testing.T, log, snapshot []byte, frames bool) {
		if frames {
			log, snapshot = framed(log), framedSnapshot(snapshot)
		}
		d := testDisk()
		d.names["0000000000000001.log"] = &inode{bytes: log, durable: log}
		if len(snapshot) > 0 {
			d.names["0000000000000001.snap"] = &inode{bytes: snapshot, durable: snapshot}
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		l, err := Open(d, Options{})
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 1<<19+200*uint64(len(log)+len(snapshot)) {
			t.Fatalf("%d bytes were used to read %d", used, len(log)+len(snapshot))
		}
		if err != nil {
			return
		}
		last, _ := l.LastIndex()
		term, _ := l.Term(last)
		l.Append(nil, []*raftpb.Entry{entry(last+1, term, "next")}, ignore(t))
		d.settle()
		if again, _ := mustOpen(t, d, 0).LastIndex(); again != last+1 {
			t.Fatalf("the log ended at %d, and after one more entry at %d", last, again)
		}
	})
}
