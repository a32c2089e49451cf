package config

import (
	"errors"
	"slices"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
)

// reading is a state as it was read, and the version of the head then.
type reading struct {
	State
	version int32
}

// Now is the state as of now.
func (s *Store) Now(timeout time.Duration) (State, error) {
	now, err := s.read(s.until(timeout))
	return now.State, err
}

func (s *Store) read(until time.Duration) (now reading, err error) {
	err = recipes.Settle(s.p, until, func() (err error) {
		now, err = s.look(nil)
		return err
	})
	return now, err
}

// look reads the whole subtree at one instant, as of now; the settings of another state that are still the same may be
// taken from before. The head is read before everything else and behind it: where it is the same all is of one state,
// also where servers carry out the parts of one request at several instants.
func (s *Store) look(before Settings) (reading, error) {
	for {
		names, _, err := s.c.SyncChildren(s.entries(), nil)
		if err != nil && !errors.Is(err, wire.NoNode) {
			return reading{}, err
		}
		head := wire.GetDataRequest{Path: s.path}
		ops := []wire.Request{head, wire.GetChildrenRequest{Path: s.entries()}}
		for _, name := range names {
			ops = append(ops, wire.GetDataRequest{Path: s.entry(name)})
		}
		results, err := s.bendAtOnce(append(ops, head))
		if err != nil {
			return reading{}, err
		}
		if now, whole, err := s.join(names, results, before); whole || err != nil {
			return now, err
		}
	}
}

// join makes a state of what was read. whole is false if it is of several.
func (s *Store) join(names []string, results []wire.MultiResult, before Settings) (now reading, whole bool, err error) {
	first, there := results[0].Response.(wire.GetDataResponse)
	last, stays := results[len(results)-1].Response.(wire.GetDataResponse)
	if !there && !stays {
		return reading{}, true, nil
	}
	if !bendSameHead(there && stays && first.Stat.Mzxid == last.Stat.Mzxid) {
		return reading{}, false, nil
	}
	listed, _ := results[1].Response.(wire.GetChildrenResponse)
	slices.Sort(names)
	slices.Sort(listed.Names)
	if !bendSameHead(slices.Equal(names, listed.Names)) {
		return reading{}, false, nil
	}
	var settings Settings
	for i, name := range names {
		r, ok := results[2+i].Response.(wire.GetDataResponse)
		switch {
		case !ok && bendSameHead(false):
			continue
		case !ok:
			return reading{}, false, nil
		}
		one := Setting{Name: name, Value: string(r.Data), Zxid: r.Stat.Mzxid, version: r.Stat.Version}
		settings = append(settings, bendSetting(one, before))
	}
	state, err := stateOf(last.Data, last.Stat, settings)
	return reading{State: state, version: last.Stat.Version}, true, err
}

// History are the revisions that are kept, the latest first, back to the one before since: so 0 is for all of them.
func (s *Store) History(since int64, timeout time.Duration) (list []Revision, err error) {
	until := s.until(timeout)
	now, err := s.read(until)
	if err != nil {
		return nil, err
	}
	for n := now.Revision; n > since; n-- {
		made, zxid, err := s.made(n, until)
		if errors.Is(err, ErrNoRevision) {
			break
		}
		if err != nil {
			return nil, err
		}
		list = append(list, Revision{Number: n, Zxid: zxid, By: made.By, Changes: made.Behind, Gray: made.Gray})
	}
	return list, nil
}

// made reads the record of a revision, as of now.
func (s *Store) made(number int64, until time.Duration) (r record, zxid int64, err error) {
	err = recipes.Settle(s.p, until, func() error {
		data, stat, err := s.c.SyncGet(s.revision(number), nil)
		if errors.Is(err, wire.NoNode) {
			return ErrNoRevision
		}
		if err != nil {
			return err
		}
		zxid = stat.Czxid
		r, err = parseRecord(data)
		return err
	})
	return r, zxid, err
}

// changed reads the head, with a watch, and says whether it is of another state than one that is known. A path without
// a head is in the state before the first change, and is not watched; where a later one is known it was deleted.
func (s *Store) changed(w *client.Watch, zxid int64) (changed, watched bool, err error) {
	data, stat, err := s.bendHead()(s.path, w)
	if errors.Is(err, wire.NoNode) && zxid == 0 {
		return false, false, nil
	}
	if errors.Is(err, wire.NoNode) {
		return false, false, ErrGone
	}
	if err != nil {
		return false, false, err
	}
	h, err := parseHead(data)
	return h.Revision > 0 && stat.Mzxid != zxid, w != nil, err
}
