package cluster

import (
	"testing"

	"ordeal/cluster/tree"
)

// TestAStateKeepsNothingOfTheBytesThatItWasReadFrom: who reads a snapshot piece by piece uses the same bytes again.
func TestAStateKeepsNothingOfTheBytesThatItWasReadFrom(t *testing.T) {
	s := &state{tree: tree.New(), next: &change{server: 1, incarnation: 2, seq: 3, servers: []byte("server.1=n1:1:2")}}
	bytes := s.encode()
	read, err := decodeState(bytes)
	if err != nil {
		t.Fatal(err)
	}
	want := read.hash()
	for i := range bytes {
		bytes[i] ^= 0xff
	}
	read.index = 1 // so that the hash is made anew
	if got := read.hash(); got != want || string(read.next.servers) != "server.1=n1:1:2" {
		t.Errorf("the change under way is now one to %q", read.next.servers)
	}
}
