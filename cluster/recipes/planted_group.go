package recipes

import (
	"slices"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/marks"
	"ordeal/cluster/wire"
)

// What only the planted bugs of groups need: see planted.go.

// bendEphemeral returns the kind of a member's znode: bugEphemeralBecomesPersistent makes one that stays.
func bendEphemeral() int32 {
	flags := wire.FlagEphemeral
	failpoint.Inject("bugEphemeralBecomesPersistent", func(_ failpoint.Value) { flags = 0 })
	return flags
}

// bendAdopted returns a member with the same data that is there already: with bugAdoptsOldEphemeral, that is as good as
// a new one.
func (g *Group) bendAdopted(data []byte) (name string, number int64, ok bool) {
	failpoint.Inject("bugAdoptsOldEphemeral", func(_ failpoint.Value) {
		names, _, err := g.folder.c.SyncChildren(g.folder.path, nil)
		if err != nil {
			return
		}
		for _, m := range members(marks.Long, names) {
			bytes, stat, err := g.folder.c.Get(g.folder.at(m.name), nil)
			if err == nil && slices.Equal(bytes, data) {
				name, number, ok = m.name, stat.Czxid, true
			}
		}
	})
	return name, number, ok
}

// bendUnchanged reports whether a refresh is over because nothing was heard: with bugNoResync, what is kept is then as
// good as new.
func (g *Group) bendUnchanged(changed bool) bool {
	over := false
	failpoint.Inject("bugNoResync", func(_ failpoint.Value) {
		if over = !changed; over {
			g.last.AsOf = g.folder.p.Now()
		}
	})
	return over
}

// bendEmpty reports whether a view without members is taken for a mistake, and the last one kept.
func (g *Group) bendEmpty(members int) bool {
	ignored := false
	failpoint.Inject("bugEmptyChildrenIgnored", func(_ failpoint.Value) {
		if ignored = members == 0 && g.known && len(g.last.Members) > 0; ignored {
			g.last.AsOf = g.folder.p.Now()
		}
	})
	return ignored
}

// bendList returns the call that lists the members as of now: for bugMembersReadStale, as the server has them.
func (g *Group) bendList() func(path string, w *client.Watch) ([]string, wire.Stat, error) {
	list := g.folder.c.SyncChildren
	failpoint.Inject("bugMembersReadStale", func(_ failpoint.Value) { list = g.folder.c.Children })
	return list
}
