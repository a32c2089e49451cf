package config

import (
	"errors"
	"fmt"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
)

// Any as a base means that a change does not mind which revision it is made of.
const Any int64 = -1

// next makes the state behind a change of the one before it: its settings and its gray release. An error means that
// nothing is changed.
type next func(now State) (Settings, *Gray, error)

// Publish changes settings for all instances. base is the revision that the changes were made of, or Any:
// recipes.ErrConflict says that there is a later one. Settings of a gray release stay in it. Like all changes it is
// made once or not at all, of which only recipes.Unknown leaves open which.
func (s *Store) Publish(by string, changes []Change, base int64, timeout time.Duration) (Revision, recipes.Outcome,
	error) {
	return s.change(by, timeout, changes, func(now State) (Settings, *Gray, error) {
		if base != Any && base != now.Revision {
			return nil, nil, recipes.ErrConflict
		}
		return now.Settings.with(changes), now.Gray, nil
	})
}

// Try begins a gray release: a share of the instances, 0 to 100 of a hundred, has the changes. It takes the place of
// the gray release that there was.
func (s *Store) Try(by string, changes []Change, share int, timeout time.Duration) (Revision, recipes.Outcome, error) {
	if err := checkShare(share); err != nil {
		return Revision{}, recipes.NoEffect, err
	}
	return s.change(by, timeout, changes, func(now State) (Settings, *Gray, error) {
		return now.Settings, &Gray{Release: now.Revision + 1, Share: share, Changes: changes}, nil
	})
}

// Widen gives the gray release another share. Whoever is in the smaller of two shares is in the larger.
func (s *Store) Widen(by string, share int, timeout time.Duration) (Revision, recipes.Outcome, error) {
	if err := checkShare(share); err != nil {
		return Revision{}, recipes.NoEffect, err
	}
	return s.change(by, timeout, nil, func(now State) (Settings, *Gray, error) {
		if now.Gray == nil {
			return nil, nil, ErrNoGray
		}
		wider := *now.Gray
		wider.Share = share
		return now.Settings, &wider, nil
	})
}

// Promote gives the changes of the gray release to all instances, and ends it.
func (s *Store) Promote(by string, timeout time.Duration) (Revision, recipes.Outcome, error) {
	return s.change(by, timeout, nil, func(now State) (Settings, *Gray, error) {
		if now.Gray == nil {
			return nil, nil, ErrNoGray
		}
		return now.Settings.with(now.Gray.Changes), nil, nil
	})
}

// Withdraw ends the gray release, whose changes no instance has then.
func (s *Store) Withdraw(by string, timeout time.Duration) (Revision, recipes.Outcome, error) {
	return s.change(by, timeout, nil, func(now State) (Settings, *Gray, error) {
		if now.Gray == nil {
			return nil, nil, ErrNoGray
		}
		return now.Settings, nil, nil
	})
}

// Rollback makes the settings what they were behind a revision, 0 for none, and ends the gray release. It is a change
// like others, with a revision of its own.
func (s *Store) Rollback(by string, revision int64, timeout time.Duration) (Revision, recipes.Outcome, error) {
	until := s.until(timeout)
	return s.change(by, timeout, nil, func(now State) (Settings, *Gray, error) {
		if revision < 0 || revision > now.Revision {
			return nil, nil, ErrNoRevision
		}
		settings := now.Settings
		for n := now.Revision; n > revision; n-- {
			made, _, err := s.made(n, until)
			if err != nil {
				return nil, nil, err
			}
			settings = settings.with(bendUndone(made.Before))
		}
		return settings, nil, nil
	})
}

func checkShare(share int) error {
	if share < 0 || share > 100 {
		return fmt.Errorf("config: a share of %d in a hundred is none", share)
	}
	return nil
}

// change makes one change, of whatever the state is.
func (s *Store) change(by string, timeout time.Duration, changes []Change, to next) (Revision, recipes.Outcome, error) {
	for _, c := range changes {
		if err := c.Check(); err != nil {
			return Revision{}, recipes.NoEffect, err
		}
	}
	until, mark := s.until(timeout), fmt.Sprintf("%016x", s.p.Rand().Uint64())
	for {
		now, err := s.read(until)
		if err != nil {
			return Revision{}, recipes.NoEffect, err
		}
		revision, ops, err := s.plan(by, mark, now, to)
		if err != nil {
			return Revision{}, recipes.NoEffect, err
		}
		results, err := s.c.Multi(ops...)
		switch {
		case err == nil:
			revision.Zxid = results[0].Response.(wire.SetDataResponse).Stat.Mzxid
			s.forget(revision.Number)
			return revision, recipes.Done, nil
		case errors.Is(err, wire.BadVersion), errors.Is(err, wire.NodeExists), errors.Is(err, wire.NoNode):
			// Another was faster, or the znodes are not there yet.
			if err := s.prepare(now, until); err != nil {
				return Revision{}, recipes.NoEffect, err
			}
		case client.MaybeApplied(err) && !bendPublishedAgain():
			zxid, found, seekErr := s.find(revision.Number, mark, until)
			if found {
				revision.Zxid = zxid
				return revision, recipes.Done, nil
			}
			if seekErr != nil {
				return Revision{}, recipes.Unknown, seekErr
			}
		case !recipes.Passing(err):
			return Revision{}, recipes.NoEffect, err
		}
		if s.p.Now() >= until {
			return Revision{}, recipes.NoEffect, recipes.ErrGaveUp
		}
	}
}

// prepare makes the znodes that the first change needs.
func (s *Store) prepare(now reading, until time.Duration) error {
	if now.Revision > 0 {
		return nil
	}
	for _, path := range []string{s.entries(), s.history()} {
		if err := recipes.EnsurePath(s.p, s.c, path, max(0, until-s.p.Now())); err != nil {
			return err
		}
	}
	return nil
}

// plan is the transaction that makes a change.
func (s *Store) plan(by, mark string, now reading, to next) (r Revision, ops []wire.Request, err error) {
	settings, gray, err := to(now.State)
	if err != nil {
		return Revision{}, nil, err
	}
	behind := State{Settings: settings, Gray: gray}
	if err := s.refused(behind); err != nil {
		return Revision{}, nil, err
	}
	r = Revision{Number: now.Revision + 1, By: by, Changes: now.Settings.changesTo(settings), Gray: gray}
	made := record{
		Format: format, By: by, Mark: mark, Behind: r.Changes, Before: settings.changesTo(now.Settings), Gray: gray,
	}
	ops = append(ops, wire.SetDataRequest{
		Path: s.path, Version: now.version, Data: encode(head{Format: format, Revision: r.Number, By: by, Gray: gray})})
	for _, c := range r.Changes {
		_, there := now.Settings.Get(c.Name)
		switch path := s.entry(c.Name); {
		case c.Gone:
			ops = append(ops, wire.DeleteRequest{Path: path, Version: wire.AnyVersion})
		case there:
			ops = append(ops, wire.SetDataRequest{Path: path, Data: []byte(c.Value), Version: wire.AnyVersion})
		default:
			ops = append(ops, client.CreateRequest(path, []byte(c.Value), 0))
		}
	}
	return r, append(ops, client.CreateRequest(s.revision(r.Number), encode(made), 0)), nil
}

// refused is what the schema has against a state.
func (s *Store) refused(behind State) error {
	if s.Schema == nil {
		return nil
	}
	if err := s.Schema(behind.Settings); err != nil || behind.Gray == nil {
		return err
	}
	return s.Schema(behind.Settings.with(behind.Gray.Changes))
}

// find looks for a revision that bears a mark. If it has gone by now, it is not known whether it was there.
func (s *Store) find(number int64, mark string, until time.Duration) (zxid int64, found bool, err error) {
	made, zxid, err := s.made(number, until)
	switch {
	case err == nil:
		return zxid, made.Mark == mark, nil
	case !errors.Is(err, ErrNoRevision):
		return 0, false, err
	}
	now, err := s.read(until)
	if err == nil && now.Revision >= number+Kept {
		err = ErrNoRevision
	}
	return 0, false, err
}

// forget deletes the revision of history that is kept no longer. If that fails it stays for ever, which does no harm.
func (s *Store) forget(number int64) {
	if number > Kept {
		_ = s.c.Delete(s.revision(number-Kept), wire.AnyVersion)
	}
}
