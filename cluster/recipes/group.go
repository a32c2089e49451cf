package recipes

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/marks"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// Group is who is there: members, each for as long as its session lives, with bytes of its own. One Group is a client's
// view of it, and perhaps a member.
//
// Guaranteed: a member shows only while its session lives, and from the answer to Join on until it leaves. Members is
// as of now; what is kept (Cached) is what the group was at an instant behind the one that it names, and never goes
// back. A new session never takes an old one's znode for its own: each Join makes one with a name that no other ever
// has (Dubbo 5125). Not guaranteed: that a member that shows can be reached, or lives: its session may not have ended
// yet.
type Group struct {
	folder folder
	own    string
	watch  *client.Watch // on the members, nil for none
	last   View
	known  bool
	data   map[string]Member // of those who were seen last
}

// Member is one of a group. Number is when it joined, as the service's order has it: that of the member's znode's
// creation.
type Member struct {
	Session, Number int64
	Data            []byte
}

// View is the members at one instant, by their numbers. Zxid is the latest change of who is there.
type View struct {
	Members []Member
	Zxid    int64
	// AsOf is an instant, by Process.Now, at or behind which this was the view.
	AsOf time.Duration
}

// NewGroup makes a view of the group at path. The znode is made when the first member joins.
func NewGroup(p host.Process, c *client.Client, path string) *Group {
	return &Group{folder: folder{p: p, c: c, path: path, shape: marks.Long}, data: make(map[string]Member)}
}

// Join makes the client a member until it leaves or its session ends, and returns its number. A client may be several
// members, but each Group one at a time. Outcomes are those of Lock.Acquire.
func (g *Group) Join(data []byte, timeout time.Duration) (number int64, outcome Outcome, err error) {
	until := Deadline(g.folder.p, timeout)
	if g.own != "" {
		return 0, NoEffect, ErrHeld
	}
	id, ok := g.folder.c.Session()
	if !ok {
		if err := g.folder.c.Sync("/"); err != nil {
			return 0, NoEffect, err
		}
		id, _ = g.folder.c.Session()
	}
	if name, number, ok := g.bendAdopted(data); ok {
		g.own = name
		return number, Done, nil
	}
	g.folder.kind = fmt.Sprintf("%016x", uint64(id))
	name, stat, outcome, err := g.folder.add(data, bendEphemeral(), false, until)
	if err != nil {
		return 0, outcome, err
	}
	g.own = name
	return stat.Czxid, Done, nil
}

// Leave takes the member out. NoEffect with ErrLost says that it was none any more: its session had ended.
func (g *Group) Leave(timeout time.Duration) (Outcome, error) {
	if g.own == "" {
		return NoEffect, ErrNotHeld
	}
	l := line{folder: g.folder, own: g.own}
	outcome, err := l.leave(Deadline(g.folder.p, timeout))
	if l.own == "" {
		g.own = ""
	}
	return outcome, err
}

// Members is who is there as of now.
func (g *Group) Members(timeout time.Duration) (view View, err error) {
	err = Settle(g.folder.p, Deadline(g.folder.p, timeout), func() (err error) {
		view, err = g.look(nil)
		return err
	})
	return view, err
}

// Cached is the view that the client keeps, without asking a server; ok is false if there is none yet.
func (g *Group) Cached() (view View, ok bool) { return g.last, g.known }

// Refresh waits for a change of who is there for at most timeout, and in any case asks who is: behind it Cached is a
// view of after the call's beginning, unless the error says that no server could be asked.
func (g *Group) Refresh(timeout time.Duration) error {
	if g.watch != nil {
		_, changed := g.watch.Wait(max(0, timeout))
		if g.bendUnchanged(changed) {
			return nil
		}
		g.folder.c.Forget(g.watch)
	}
	g.watch = nil
	w := client.NewWatch()
	if _, err := g.look(w); err != nil {
		g.folder.c.Forget(w)
		return err
	}
	g.watch = w
	return nil
}

// look reads who is there, with a watch on changes, nil for none.
func (g *Group) look(w *client.Watch) (View, error) {
	for {
		asked := g.folder.p.Now()
		names, stat, err := g.bendList()(g.folder.path, w)
		if errors.Is(err, wire.NoNode) {
			return g.keep(View{AsOf: asked}, nil), nil
		}
		if err != nil {
			return View{}, err
		}
		data, whole, err := g.read(names)
		if err != nil {
			return View{}, err
		}
		if whole {
			return g.keep(View{AsOf: asked, Zxid: stat.Pzxid}, data), nil
		}
		if w != nil { // it has fired, as a member has gone
			g.folder.c.Forget(w)
			*w = *client.NewWatch()
		}
	}
}

// read reads the data of the members with these names. whole is false if one has gone meanwhile.
func (g *Group) read(names []string) (data map[string]Member, whole bool, err error) {
	data = make(map[string]Member)
	for _, m := range members(g.folder.shape, names) {
		bytes, stat, err := g.folder.c.Get(g.folder.at(m.name), nil)
		if errors.Is(err, wire.NoNode) {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		data[m.name] = Member{Session: int64(marks.KindNumber(m.name)), Number: stat.Czxid, Data: bytes}
	}
	return data, true, nil
}

func (g *Group) keep(v View, data map[string]Member) View {
	if g.bendEmpty(len(data)) {
		return g.last
	}
	for _, m := range data { //house:unordered they are sorted below
		v.Members = append(v.Members, m)
	}
	slices.SortFunc(v.Members, func(a, b Member) int { return int(max(-1, min(1, a.Number-b.Number))) })
	g.last, g.known, g.data = v, true, data
	return v
}

// Update changes the member's data. NoEffect with ErrLost says that it is a member no more.
func (g *Group) Update(data []byte, timeout time.Duration) (Outcome, error) {
	if g.own == "" {
		return NoEffect, ErrNotHeld
	}
	until, doubt := Deadline(g.folder.p, timeout), false
	for {
		_, err := g.folder.c.Set(g.folder.at(g.own), data, wire.AnyVersion)
		switch {
		case err == nil:
			return Done, nil
		case errors.Is(err, wire.NoNode):
			g.own = ""
			return NoEffect, ErrLost
		case !Passing(err) || g.folder.p.Now() >= until:
			return failed(err, doubt), err
		}
		// The znode is the member's alone: to set it again changes nothing more.
		doubt = doubt || client.MaybeApplied(err)
	}
}
