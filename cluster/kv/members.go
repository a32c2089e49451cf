package kv

import (
	"cmp"
	"encoding/binary"
	"slices"

	"ordeal/cluster/etcdwire"
)

// publish notes what a server says of itself: its name, and where its clients find it. Whether it votes, and whether it
// belongs here, it does not decide; nor where the others find it, once the cluster has been told that.
func (s *Store) publish(r *etcdwire.Member) (etcdwire.Message, etcdwire.Status) {
	one := *r
	before := s.Member(one.ID)
	one.IsLearner, one.Standing, one.ClusterID = before.IsLearner, before.Standing, before.ClusterID
	if len(before.PeerURLs) > 0 && !bendPublished() {
		one.PeerURLs = before.PeerURLs
	}
	s.SetMember(one)
	return &one, etcdwire.Status{}
}

// SetMember notes a member, in the place of what was known of it.
func (s *Store) SetMember(one etcdwire.Member) {
	at, there := slices.BinarySearchFunc(s.members, one.ID, func(m etcdwire.Member, id uint64) int {
		return cmp.Compare(m.ID, id)
	})
	if there {
		s.members[at] = one
	} else {
		s.members = slices.Insert(s.members, at, one)
	}
}

// Member is what is known of a member by its number.
func (s *Store) Member(id uint64) etcdwire.Member {
	for _, m := range s.members {
		if m.ID == id {
			return m
		}
	}
	return etcdwire.Member{ID: id}
}

// Members are what servers have said of themselves, and what was asked for about them, by their numbers: those that
// were removed are there too.
func (s *Store) Members() []etcdwire.Member { return slices.Clone(s.members) }

func (s *Store) appendMembers(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(s.members)))
	for i := range s.members {
		b = appendText(b, string(etcdwire.Append(nil, &s.members[i])))
	}
	return b
}

func (s *Store) readMembers(r *reader) error {
	for n := r.uvarint(); n > 0 && !r.short; n-- {
		var m etcdwire.Member
		b := r.bytes()
		if r.short {
			return nil
		}
		last := len(s.members) - 1
		if err := etcdwire.Decode(slices.Clone(b), &m); err != nil || last >= 0 && s.members[last].ID >= m.ID ||
			string(etcdwire.Append(nil, &m)) != string(b) {
			return malformed("a member is out of place, or no member")
		}
		s.members = append(s.members, m)
	}
	return nil
}
