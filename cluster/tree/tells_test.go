package tree

import (
	"testing"

	"ordeal/cluster/wire"
)

// TestTells makes, changes and removes a znode that only one scheme's owner may read, below one that everybody may.
func TestTells(t *testing.T) {
	d := newDriver(t)
	mine := []wire.ACL{
		{Perms: wire.PermRead, ID: wire.ID{Scheme: "digest", ID: "me:x"}},
		{Perms: wire.PermAll &^ wire.PermRead, ID: everybody.ID},
	}
	me, super := []wire.ID{{Scheme: "digest", ID: "me:x"}}, []wire.ID{{Scheme: "super"}}
	open := []wire.ACL{everybody}
	for _, c := range []struct {
		r wire.Request
		// others says, event by event, whether a client with other ids is told.
		others []bool
	}{
		{wire.CreateRequest{Path: "/a", ACL: mine}, []bool{false, true}},
		{wire.CreateRequest{Path: "/a/b", ACL: open}, []bool{true, false}},
		{wire.SetDataRequest{Path: "/a", Version: -1}, []bool{false}},
		{wire.SetDataRequest{Path: "/a/b", Version: -1}, []bool{true}},
		{wire.MultiRequest{Ops: []wire.Request{
			wire.DeleteRequest{Path: "/a/b", Version: -1}, wire.SetDataRequest{Path: "/a", Version: -1},
			wire.DeleteRequest{Path: "/a", Version: -1},
		}}, []bool{true, false, false, false, true}},
	} {
		got := d.as(alice, c.r)
		if len(got.Events) != len(c.others) {
			t.Fatalf("%v: events %v, %v", c.r, got.Events, got.Err)
		}
		for i, others := range c.others {
			if got.Tells(i, nil) != others || !got.Tells(i, me) || !got.Tells(i, super) {
				t.Errorf("%v: of %v others are told %v, who may read %v, super %v",
					c.r, got.Events[i], got.Tells(i, nil), got.Tells(i, me), got.Tells(i, super))
			}
		}
	}
}
