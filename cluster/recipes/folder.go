package recipes

import (
	"errors"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/marks"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// folder is the znode that a recipe's members stand under, and who looks at it.
type folder struct {
	p    host.Process
	c    *client.Client
	path string
	// kind stands behind the marks of the members that are added, in the shape of all of them.
	kind  string
	shape marks.Shape
}

func (f *folder) at(name string) string { return f.path + "/" + name }

// add makes a member, and the folder if need be. If the answer is lost it looks for the member by its mark; vanishes
// says that another client may remove a member as soon as it is there, so that not finding it proves nothing.
func (f *folder) add(data []byte, flags int32, vanishes bool, until time.Duration) (
	name string, stat wire.Stat, outcome Outcome, err error) {
	mark := marks.New(f.p.Rand()) + f.kind
	for {
		created, stat, err := f.c.Create(f.at(mark+"-"), data, flags|wire.FlagSequential)
		switch {
		case err == nil:
			return base(created), stat, Done, nil
		case errors.Is(err, wire.NoNode):
			if err := ensurePath(f.p, f.c, f.path, until); err != nil {
				return "", wire.Stat{}, NoEffect, err
			}
		case !Passing(err):
			return "", wire.Stat{}, failed(err, false), err
		case client.MaybeApplied(err) && !bendUnheard():
			name, stat, found, seekErr := f.find(mark, until)
			if found {
				return name, stat, Done, nil
			}
			if seekErr != nil {
				return "", wire.Stat{}, Unknown, seekErr
			}
			if vanishes {
				return "", wire.Stat{}, Unknown, err
			}
		}
		if f.p.Now() >= until {
			return "", wire.Stat{}, NoEffect, ErrGaveUp
		}
	}
}

// find looks for the member that bears a mark.
func (f *folder) find(mark string, until time.Duration) (name string, stat wire.Stat, found bool, err error) {
	err = Settle(f.p, until, func() error {
		names, _, err := f.c.SyncChildren(f.path, nil)
		if errors.Is(err, wire.NoNode) {
			return nil
		} else if err != nil {
			return err
		}
		if name, found = f.bendMarked(names, mark); found {
			stat, found, err = f.c.Exists(f.at(name), nil)
		}
		return err
	})
	return name, stat, found, err
}

// present are the members as of now, by their numbers; none where the folder is not there.
func (f *folder) present(until time.Duration) (list []member, err error) {
	err = Settle(f.p, until, func() error {
		names, _, err := f.c.SyncChildren(f.path, nil)
		list = members(f.shape, names)
		return err
	})
	if errors.Is(err, wire.NoNode) {
		err = nil
	}
	return list, err
}

// first is who stands first of all, as of now; ok is false if there is no member.
func (f *folder) first(until time.Duration) (name string, stat wire.Stat, ok bool, err error) {
	err = Settle(f.p, until, func() error {
		for {
			names, _, err := f.bendPresent()(f.path, nil)
			if errors.Is(err, wire.NoNode) {
				return nil
			} else if err != nil {
				return err
			}
			list := members(f.shape, names)
			if len(list) == 0 {
				return nil
			}
			// Newcomers go to the end: whoever was first and is still there is still first.
			name = list[0].name
			stat, ok, err = f.c.Exists(f.at(name), nil)
			if ok || err != nil {
				return err
			}
		}
	})
	return name, stat, ok, err
}

// EnsurePath makes a persistent znode, and those above it, unless they are there.
func EnsurePath(p host.Process, c *client.Client, path string, timeout time.Duration) error {
	return ensurePath(p, c, path, Deadline(p, timeout))
}

func ensurePath(p host.Process, c *client.Client, path string, until time.Duration) error {
	for i := 1; i <= len(path); i++ {
		if i < len(path) && path[i] != '/' {
			continue
		}
		// Making a znode that may be there is as good as a read: doing it twice changes nothing.
		err := Settle(p, until, func() error {
			_, _, err := c.Create(path[:i], nil, 0)
			return err
		})
		if err != nil && err != error(wire.NodeExists) {
			return err
		}
	}
	return nil
}
