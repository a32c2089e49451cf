package zone

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/naming"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// Source keeps a view of zones. It is told of changes by a watch on all of each zone, and asks in any case before what
// it knows is as old as a third of the bound: so that a watch which was lost costs time and nothing else.
type Source struct {
	p     host.Process
	c     *client.Client
	bound time.Duration
	zones []*follower
}

// follower keeps one zone.
type follower struct {
	known Known
	names map[string]*named // by the znode's name
	heard *client.Subscription
	dirty bool // which names there are has changed, for all that is known
}

// named keeps one name.
type named struct {
	name  *naming.Name
	dirty bool
	known Named
}

// NewSource makes a source of zones, of which what is known may be as old as bound. It panics if a zone is none: see
// Zone.Check.
func NewSource(p host.Process, c *client.Client, bound time.Duration, zones ...Zone) *Source {
	s := &Source{p: p, bound: bound}
	for _, z := range zones {
		if err := z.Check(); err != nil {
			panic(err)
		}
		s.zones = append(s.zones, &follower{known: Known{Zone: z}})
	}
	s.Use(c)
	return s
}

// Use has the source go on with another session, when the one before is over. What is known stays.
func (s *Source) Use(c *client.Client) {
	s.c = c
	for _, f := range s.zones {
		f.names, f.heard, f.dirty = map[string]*named{}, nil, true
	}
}

// View is what is known.
func (s *Source) View() View {
	v := View{Bound: s.bound}
	for _, f := range s.zones {
		v.Zones = append(v.Zones, f.known)
	}
	return v
}

// Follow waits for a change for at most timeout, or until it has to ask in any case, and brings the view up to what the
// service has. The error says that no server could be asked.
func (s *Source) Follow(timeout time.Duration) error {
	s.hear(max(0, min(timeout, s.due())))
	for _, f := range s.zones {
		if err := f.bring(s); err != nil {
			return err
		}
	}
	return nil
}

// due is how long it may wait until something is a third of the bound old.
func (s *Source) due() time.Duration {
	oldest := s.p.Now()
	for _, f := range s.zones {
		if f.dirty || !f.known.Listed {
			return 0
		}
		oldest = min(oldest, f.known.AsOf)
		for _, n := range f.known.Names { //house:unordered the least of them
			oldest = min(oldest, n.AsOf)
		}
	}
	return oldest + s.bound/3 - s.p.Now()
}

// old says whether something has to be asked for in any case.
func (s *Source) old(asOf time.Duration) bool { return bendOld(s.p.Now()-asOf >= s.bound/3) }

// hear waits for events, and notes what they are about.
func (s *Source) hear(timeout time.Duration) {
	if len(s.zones) == 0 || s.zones[0].heard == nil {
		return
	}
	for k, f := range s.zones {
		wait := time.Duration(0)
		if k == 0 { // a client has one signal for all that it hears
			wait = timeout
		}
		for f.heard != nil {
			e, ok := f.heard.Next(wait)
			if !ok {
				break
			}
			wait = 0
			f.note(e)
		}
	}
}

// note notes what an event is about.
func (f *follower) note(e client.Event) {
	rest := strings.TrimPrefix(strings.TrimPrefix(e.Path, f.known.Path), "/")
	name, _, below := strings.Cut(rest, "/")
	switch n := f.names[name]; {
	case e.Err != nil || e.Type == wire.EventPersistentWatchRemoved:
		f.heard, f.dirty = nil, true
	case n != nil && below:
		n.dirty = true
	default:
		f.dirty = true
	}
}

// bring reads of a zone what has changed or is old.
func (f *follower) bring(s *Source) error {
	defer f.publish(s)
	if f.heard == nil {
		heard, err := s.c.AddWatch(f.known.Path, wire.ModePersistentRecursive)
		if err != nil {
			return err
		}
		f.heard = heard
	}
	if f.dirty || s.old(f.known.AsOf) {
		if err := f.list(s); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.names)) {
		n := f.names[name]
		if n.dirty || !n.known.Read || s.old(n.known.AsOf) {
			if err := n.read(); err != nil {
				return err
			}
		}
	}
	return nil
}

// list reads which names there are. Those that are no labels, or differ from another only by case, are left out.
func (f *follower) list(s *Source) error {
	asked := s.p.Now()
	names, stat, err := s.c.SyncChildren(f.known.Path, nil)
	if err != nil && !errors.Is(err, wire.NoNode) {
		return err
	}
	names = f.bendNames(names)
	slices.Sort(names)
	for name := range f.names { //house:unordered each is looked at by itself
		if !slices.Contains(names, name) {
			delete(f.names, name)
		}
	}
	for _, name := range names {
		if f.names[name] == nil && isLabel(name) {
			f.names[name] = &named{name: naming.NewName(s.p, s.c, f.known.Path+"/"+name), known: Named{Name: name}}
		}
	}
	f.known.AsOf, f.known.Listed, f.dirty = asked, true, false
	f.known.Serial = uint32(stat.Pzxid>>32)<<20 | uint32(stat.Pzxid)&(1<<20-1)
	return nil
}

// read reads which instances are behind a name.
func (n *named) read() error {
	if err := n.name.Refresh(0); err != nil {
		return err
	}
	list, asOf := n.name.Instances()
	n.known.Instances, n.known.AsOf, n.known.Read = bendInstances(list, n.known.Instances), asOf, true
	n.dirty = false
	return nil
}

// publish makes a new map of what is known, as the old one is in views. What another session has not read yet stays as
// the last one knew it.
func (f *follower) publish(s *Source) {
	if !f.known.Listed || f.dirty { // what is known is of before
		return
	}
	before := f.known.Names
	f.known.Names = make(map[string]Named, len(f.names))
	for _, name := range slices.Sorted(maps.Keys(f.names)) {
		known, key := f.names[name].known, strings.ToLower(name)
		if old, there := before[key]; there && !known.Read {
			known = old
		}
		known.AsOf = s.bendAsOf(known.AsOf)
		f.known.Names[key] = known
	}
	f.known.AsOf = s.bendAsOf(f.known.AsOf)
}
