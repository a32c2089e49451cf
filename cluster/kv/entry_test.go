package kv

import (
	"errors"
	"reflect"
	"testing"

	"ordeal/cluster/etcdwire"
)

func FuzzDecodeEntry(f *testing.F) {
	for k := kindPut; k <= kindMember; k++ {
		f.Add(AppendEntry(nil, Entry{User: "u", AuthRevision: 3, Request: requestOf(k)}))
	}
	key := []byte("k")
	for _, m := range []etcdwire.Message{
		&etcdwire.PutRequest{Key: key, Value: []byte("v"), Lease: 7, IgnoreValue: true},
		&etcdwire.TxnRequest{
			Compare: []etcdwire.Compare{{Key: key, Target: etcdwire.CompareLease, Given: true, With: etcdwire.CompareLease}},
			Success: []etcdwire.RequestOp{{}, {Txn: &etcdwire.TxnRequest{Success: []etcdwire.RequestOp{
				{Put: &etcdwire.PutRequest{Key: key}},
			}}}},
		},
		&etcdwire.LeaseGrantRequest{ID: 7, TTL: 5}, &etcdwire.CompactionRequest{Revision: 1},
		&etcdwire.AuthUserAddRequest{Name: "root", HashedPassword: "cGFzcw=="},
		&etcdwire.AlarmRequest{Action: etcdwire.AlarmActivate, MemberID: 1, Alarm: etcdwire.AlarmCorrupt},
	} {
		f.Add(AppendEntry(nil, Entry{Service: true, Request: m}))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := DecodeEntry(b)
		if err != nil {
			if !errors.Is(err, etcdwire.ErrMalformed) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		again, err := DecodeEntry(AppendEntry(nil, e))
		if err != nil || !reflect.DeepEqual(kindOf(again.Request), kindOf(e.Request)) || again.User != e.User {
			t.Fatalf("%#v came back as %#v %v", e, again, err)
		}
		s := New()
		s.Apply(Entry{Request: &etcdwire.LeaseGrantRequest{ID: 7, TTL: 5}})
		s.Apply(Entry{Request: &etcdwire.PutRequest{Key: []byte("k"), Lease: 7}})
		s.Apply(e) // whatever it asks for: no panic
		reload(t, s)
	})
}

func FuzzLoader(f *testing.F) {
	s := New()
	f.Add(s.AppendSnapshot(nil))
	fill(s, 60, 3)
	f.Add(s.AppendSnapshot(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		l := NewLoader()
		half := len(b) / 2
		behind, done, err := l.Add(b[:half])
		if err == nil && !done {
			behind, done, err = l.Add(b[half:])
		} else {
			behind = append(append([]byte(nil), behind...), b[half:]...)
		}
		if err != nil {
			if !errors.Is(err, etcdwire.ErrMalformed) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		if !done {
			return
		}
		got, err := l.Store()
		if err != nil {
			t.Fatal(err)
		}
		if again := got.AppendSnapshot(nil); string(again) != string(b[:len(b)-len(behind)]) {
			t.Fatalf("%x was taken for a snapshot, and is written as %x", b, again)
		}
	})
}

func TestDecodeEntryRefuses(t *testing.T) {
	good := AppendEntry(nil, Entry{User: "u", Request: &etcdwire.PutRequest{Key: []byte("k"), Value: []byte("v")}})
	for n := range len(good) - 6 {
		if _, err := DecodeEntry(good[:n]); !errors.Is(err, etcdwire.ErrMalformed) {
			t.Errorf("%d of %d bytes: %v", n, len(good), err)
		}
	}
	for at, b := range map[int]byte{0: 'x', 1: 0, 2: 9} {
		bad := append([]byte(nil), good...)
		bad[at] = b
		if _, err := DecodeEntry(bad); !errors.Is(err, etcdwire.ErrMalformed) {
			t.Errorf("byte %d is %d: %v", at, b, err)
		}
	}
}
