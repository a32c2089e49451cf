package raftwire_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"ordeal/cluster/raftwire"
)

// chance draws messages: each field is there or not, and numbers are of every length.
type chance struct{ *rand.Rand }

func (c chance) number() *uint64 {
	if c.IntN(3) == 0 {
		return nil
	}
	return new(c.Uint64() >> c.IntN(64))
}

func (c chance) bytes() []byte {
	if c.IntN(3) == 0 {
		return nil
	}
	b := make([]byte, c.IntN(300))
	for i := range b {
		b[i] = byte(c.Uint32())
	}
	return b
}

func (c chance) entry() *raftpb.Entry {
	e := &raftpb.Entry{Term: c.number(), Index: c.number(), Data: c.bytes()}
	if c.IntN(2) == 0 {
		e.Type = raftpb.EntryType(c.IntN(3)).Enum()
	}
	return e
}

func (c chance) message(depth int) *raftpb.Message {
	m := &raftpb.Message{
		To: c.number(), From: c.number(), Term: c.number(), LogTerm: c.number(), Index: c.number(),
		Commit: c.number(), Vote: c.number(), RejectHint: c.number(), Context: c.bytes(),
	}
	if c.IntN(4) > 0 {
		m.Type = raftpb.MessageType(c.IntN(24)).Enum()
	}
	if c.IntN(3) == 0 {
		m.Reject = new(c.IntN(2) == 0)
	}
	for range c.IntN(4) {
		m.Entries = append(m.Entries, c.entry())
	}
	if c.IntN(8) == 0 {
		m.Snapshot = &raftpb.Snapshot{Data: c.bytes(), Metadata: &raftpb.SnapshotMetadata{
			Index: c.number(), Term: c.number(), ConfState: &raftpb.ConfState{Voters: []uint64{1, 2, 3}},
		}}
	}
	for depth > 0 && c.IntN(4) == 0 {
		depth--
		m.Responses = append(m.Responses, c.message(depth))
	}
	return m
}

func TestBytesAreThoseOfProtobuf(t *testing.T) {
	c := chance{rand.New(rand.NewPCG(1, 2))}
	var d raftwire.Decoder
	for range 5000 {
		m := c.message(2)
		want, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		got := raftwire.AppendMessage([]byte("x"), m)
		if !bytes.Equal(got[1:], want) {
			t.Fatalf("%v\n  got %x\n want %x", m, got[1:], want)
		}
		back, err := raftwire.DecodeMessage(want)
		if err != nil || !proto.Equal(m, back) {
			t.Fatalf("%v came back as %v (%v)", m, back, err)
		}
		if back, err := d.Message(want); err != nil || !proto.Equal(m, back) {
			t.Fatalf("%v came back as %v (%v) behind others", m, back, err)
		}
		for _, e := range m.Entries {
			if n := len(raftwire.AppendEntry(nil, e)); n != raftwire.EntrySize(e) || n != proto.Size(e) {
				t.Fatalf("%v has %d bytes, EntrySize says %d and protobuf %d", e, n, raftwire.EntrySize(e), proto.Size(e))
			}
		}
	}
}

// Whatever comes in, protobuf and this package make the same of it.
func FuzzDecodeMessage(f *testing.F) {
	c := chance{rand.New(rand.NewPCG(3, 4))}
	for range 20 {
		f.Add(raftwire.AppendMessage(nil, c.message(1)))
	}
	f.Add(protowire.AppendVarint(protowire.AppendTag(nil, 99, protowire.VarintType), 7))   // an unknown field
	f.Add(protowire.AppendBytes(protowire.AppendTag(nil, 2, protowire.BytesType), nil))    // a number that is bytes
	f.Add(protowire.AppendVarint(protowire.AppendTag(nil, 7, protowire.VarintType), 1<<9)) // an entry that is a number
	f.Add(protowire.AppendBytes(protowire.AppendTag(nil, 7, protowire.BytesType), []byte{0xff}))
	f.Add([]byte{0x3a, 0x05, 0x22}) // an entry that ends too early
	f.Fuzz(func(t *testing.T, b []byte) {
		want := new(raftpb.Message)
		wantErr := proto.Unmarshal(b, want)
		got, err := raftwire.DecodeMessage(b)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("error %v, of protobuf %v", err, wantErr)
		}
		if err == nil && !proto.Equal(got, want) {
			t.Fatalf("got %v, protobuf %v", got, want)
		}
	})
}

// What is decoded must not be written over by an append to a neighbour.
func TestDecodedBytesDoNotGrowIntoEachOther(t *testing.T) {
	m := &raftpb.Message{Entries: []*raftpb.Entry{{Data: []byte("one")}, {Data: []byte("two")}}}
	back, err := raftwire.DecodeMessage(raftwire.AppendMessage(nil, m))
	if err != nil {
		t.Fatal(err)
	}
	_ = append(back.Entries[0].Data, "and more than fits"...)
	if string(back.Entries[1].Data) != "two" {
		t.Errorf("the second entry became %q", back.Entries[1].Data)
	}
}

// Raft's answer to an append points to who sent it, and its log keeps the entries: the next message must change
// neither.
func TestNextMessageLeavesWhatRaftKeeps(t *testing.T) {
	var d raftwire.Decoder
	message := func(from uint64, data string) *raftpb.Message {
		m, err := d.Message(raftwire.AppendMessage(nil, &raftpb.Message{
			Type: raftpb.MsgApp.Enum(), From: &from, Entries: []*raftpb.Entry{{Data: []byte(data)}, {Data: []byte("more")}},
		}))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	first := message(1, "one")
	from, entries := first.From, first.Entries
	message(1, "two")
	message(2, "three")
	if *from != 1 || len(entries) != 2 || string(entries[0].GetData()) != "one" || string(entries[1].GetData()) != "more" {
		t.Errorf("of the first message there are left: from %d, entries %v", *from, entries)
	}
}

func BenchmarkMessage(b *testing.B) {
	m := &raftpb.Message{
		Type: raftpb.MsgApp.Enum(), To: new(uint64(2)), From: new(uint64(1)), Term: new(uint64(7)), LogTerm: new(uint64(7)),
		Index: new(uint64(12345)), Commit: new(uint64(12345)),
		Entries: []*raftpb.Entry{{Term: new(uint64(7)), Index: new(uint64(12346)), Data: make([]byte, 100)}},
	}
	b.Run("protobuf", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			bytes, _ := proto.Marshal(m)
			_ = proto.Unmarshal(bytes, new(raftpb.Message))
		}
	})
	b.Run("raftwire", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = raftwire.DecodeMessage(raftwire.AppendMessage(make([]byte, 0, 192), m))
		}
	})
}
