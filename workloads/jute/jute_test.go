package jute

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"testing"
)

type statOf struct {
	Czxid, Mzxid, Ctime, Mtime  int64
	Version, Cversion, Aversion int32
	EphemeralOwner              int64
	DataLength, NumChildren     int32
	Pzxid                       int64
}

type idOf struct{ Scheme, ID string }

type aclOf struct {
	Perms int32
	ID    idOf
}

type createOf struct {
	Path  string
	Data  []byte
	ACL   []aclOf
	Flags int32
}

type createdOf struct {
	Path string
	Stat *statOf
}

type connectOf struct {
	ProtocolVersion int32
	LastZxidSeen    int64
	TimeoutMs       int32
	SessionID       int64
	Passwd          []byte
	ReadOnly        bool
}

// golden are bytes as the description has them, by hand: blanks separate fields, and 'text' stands for its ASCII.
var golden = []struct {
	record string
	value  any
	bytes  string
}{
	{"Stat", statOf{1, 2, 3, 4, 5, 6, 7, -8, 9, 10, 11}, `0000000000000001 0000000000000002 0000000000000003
		0000000000000004 00000005 00000006 00000007 fffffffffffffff8 00000009 0000000a 000000000000000b`},
	{"ConnectRequest", connectOf{0, 7, 30_000, -1, []byte{1, 2}, true},
		"00000000 0000000000000007 00007530 ffffffffffffffff 00000002 0102 01"},
	{"CreateRequest", createOf{"/a", nil, []aclOf{{31, idOf{"world", "anyone"}}}, 3},
		"00000002 '/a ffffffff 00000001 0000001f 00000005 'world 00000006 'anyone 00000003"},
	{"CreateRequest", createOf{"/a", []byte{}, nil, -1}, "00000002 '/a 00000000 00000000 ffffffff"},
	{"Create2Response", createdOf{"/b", &statOf{Czxid: 1, Pzxid: 1}}, `00000002 '/b 0000000000000001` +
		strings.Repeat(" 00", 52) + " 0000000000000001"},
	{"SetWatches2", struct {
		RelativeZxid                                        int64
		Data, Exist, Child, Persistent, PersistentRecursive []string
	}{9, []string{"/d"}, []string{"/e"}, nil, nil, []string{"/r"}}, `0000000000000009 00000001 00000002 '/d
		00000001 00000002 '/e 00000000 00000000 00000001 00000002 '/r`},
	{"Nothing", struct{}{}, ""},
}

func unhex(t *testing.T, text string) (b []byte) {
	t.Helper()
	for field := range strings.FieldsSeq(text) {
		if word, ok := strings.CutPrefix(field, "'"); ok {
			b = append(b, word...)
			continue
		}
		part, err := hex.DecodeString(field)
		if err != nil {
			t.Fatal(err)
		}
		b = append(b, part...)
	}
	return b
}

func TestGoldenBytes(t *testing.T) {
	for _, g := range golden {
		want := unhex(t, g.bytes)
		if got := Append(nil, g.record, g.value); !bytes.Equal(got, want) {
			t.Errorf("%s: %x, and must be %x", g.record, got, want)
		}
		read := reflect.New(reflect.TypeOf(g.value))
		rest, err := Read(append(want, 0xee), g.record, read.Interface())
		if err != nil || !bytes.Equal(rest, []byte{0xee}) || !reflect.DeepEqual(read.Elem().Interface(), g.value) {
			t.Errorf("%s: %+v, %x, %v", g.record, read.Elem().Interface(), rest, err)
		}
		for n := range want {
			if _, err := Read(want[:n], g.record, reflect.New(reflect.TypeOf(g.value)).Interface()); !errors.Is(err, errShort) {
				t.Errorf("%s: of %d bytes the first %d are read: %v", g.record, len(want), n, err)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x01/\xff\xff\xff\xff\x7f\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var r createOf
		rest, err := Read(b, "CreateRequest", &r)
		if err == nil && len(r.Path) > 0 && len(rest) >= len(b) {
			t.Error("something was read, and nothing is gone")
		}
	})
}
