package build

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// module is one of two sections: something, and data.
func module(data []byte) []byte {
	b := append([]byte("\x00asm\x01\x00\x00\x00"), 6, 2, 7, 7, dataSection)
	return append(binary.AppendUvarint(b, uint64(len(data))), data...)
}

// TestJoinData: memory begins as it did, with fewer segments.
func TestJoinData(t *testing.T) {
	list := []segment{
		{64, []byte("one")}, {70, []byte("two")}, {73, []byte("three")}, {73 + 5 + gapMax, []byte("near")},
		{1 << 20, []byte("far")}, {1<<20 + 3 + gapMax + 1, []byte("farther")}, {8, []byte("before")},
		{1 << 31, []byte("high")},
	}
	got, err := improve(module(writeSegments(list)))
	if err != nil {
		t.Fatal(err)
	}
	const head = 8 + 4
	before := module(nil)[:head]
	if !bytes.Equal(got[:head], before) || got[head] != dataSection {
		t.Fatalf("the other sections are % x", got[:head+1])
	}
	size, n := binary.Uvarint(got[head+1:])
	if int(size) != len(got)-head-1-n {
		t.Fatalf("the section is said to have %d bytes, of %d", size, len(got)-head-1-n)
	}
	joined, err := readSegments(got[head+1+n:])
	if err != nil {
		t.Fatal(err)
	}
	if len(joined) != 5 {
		t.Errorf("there are %d segments", len(joined))
	}
	memory := func(list []segment) map[int64]byte {
		m := map[int64]byte{}
		for _, s := range list {
			for i, c := range s.text {
				if c != 0 {
					m[s.at+int64(i)] = c
				}
			}
		}
		return m
	}
	want, is := memory(list), memory(joined)
	if len(want) != len(is) {
		t.Errorf("%d bytes are set, and not %d", len(is), len(want))
	}
	for at, c := range want {
		if is[at] != c {
			t.Errorf("at %d there is %d, and not %d", at, is[at], c)
		}
	}
}

func TestJoinDataRefuses(t *testing.T) {
	good := module(writeSegments([]segment{{8, []byte("text")}}))
	if _, err := improve(good); err != nil {
		t.Fatal(err)
	}
	for cut := range good {
		if _, err := improve(good[:cut]); err == nil && cut != 8 && cut != 12 {
			t.Errorf("cut at %d it is taken for whole", cut)
		}
	}
	passive := module([]byte{1, 1, 4, 't', 'e', 'x', 't'})
	if _, err := improve(passive); err == nil {
		t.Error("a segment that is not placed is taken for one that is")
	}
}

func TestSigned(t *testing.T) {
	for _, v := range []int64{0, 1, -1, 63, 64, -64, -65, 1 << 20, 1<<31 - 1, -1 << 31} {
		b := appendSigned(nil, v)
		if got, n := signed(append(b, 0xff)); got != v || n != len(b) {
			t.Errorf("%d is read as %d, of %d bytes", v, got, n)
		}
	}
}
