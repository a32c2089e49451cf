package kv

import (
	"slices"
	"testing"

	"ordeal/cluster/etcdwire"
)

// TestAMovedMemberStaysThere: a server says its name and where clients find it when it starts again. Of
// its place that counts only which no one has said before.
func TestAMovedMemberStaysThere(t *testing.T) {
	s := New()
	tells := func(url string) []string {
		one := &etcdwire.Member{ID: 2, Name: "two", PeerURLs: []string{url}, ClientURLs: []string{"http://two:2379"}}
		s.Apply(Entry{Service: true, Request: one})
		return s.Member(2).PeerURLs
	}
	if got := tells("http://two:2380"); !slices.Equal(got, []string{"http://two:2380"}) {
		t.Errorf("a server that no one knew is at %v", got)
	}
	moved := s.Member(2)
	moved.PeerURLs = []string{"http://elsewhere:2380"}
	s.SetMember(moved)
	if got := tells("http://two:2380"); !slices.Equal(got, moved.PeerURLs) {
		t.Errorf("a server that was moved is at %v, and not at %v", got, moved.PeerURLs)
	}
}
