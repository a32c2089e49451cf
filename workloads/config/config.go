// Package config is what clients do with a configuration centre: the workload config.
package config

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"ordeal/cluster/recipes"
	"ordeal/cluster/recipes/config"
	"ordeal/workloads"
)

// All are the workloads of the package.
func All() []workloads.Workload {
	return []workloads.Workload{
		workloads.Write("config", config.Kept-8, 4, workloads.Steps{Step: step, Probe: probe, Drain: drain}),
	}
}

const (
	// looksMax is how often an instance looks at what it keeps, and waitMax how long it waits for changes each time.
	looksMax = 5
	waitMax  = 300 * time.Millisecond
	// boundMax is how old what is kept may be at most without being called stale.
	boundMax = 800 * time.Millisecond
)

func step(h workloads.Hand) {
	o := h.Object()
	store := config.New(h, h.Session(), o.Path())
	switch n := h.Rand().IntN(100); {
	case n < 50:
		change(h, o, store)
	case n < 60:
		look(h, o, store)
	case n < 65:
		history(h, o, store)
	default:
		keptOf(h, o, store).follow(h)
	}
}

// draw is what becomes of one or two settings.
func draw(h workloads.Hand) (changes []config.Change, shown []any) {
	first := h.Rand().IntN(4)
	for i := range 1 + h.Rand().IntN(2) {
		name := string(rune('a' + (first+i)%4))
		if h.Chance(35) {
			changes, shown = append(changes, config.Change{Name: name, Gone: true}), append(shown, []any{name, nil})
			continue
		}
		value := strconv.FormatInt(h.NewValue(), 10)
		changes, shown = append(changes, config.Change{Name: name, Value: value}), append(shown, []any{name, value})
	}
	return changes, shown
}

func change(h workloads.Hand, o *workloads.Object, s *config.Store) {
	id, share := h.NewValue(), h.Rand().IntN(11)*10
	by := strconv.FormatInt(id, 10)
	switch n := h.Rand().IntN(100); {
	case n < 50:
		publish(h, o, s)
	case n < 62:
		changes, shown := draw(h)
		made(h, o, "try", []any{id, int64(share), shown}, func() (config.Revision, recipes.Outcome, error) {
			return s.Try(by, changes, share, h.Patience())
		})
	case n < 75:
		made(h, o, "widen", []any{id, int64(share)}, func() (config.Revision, recipes.Outcome, error) {
			return s.Widen(by, share, h.Patience())
		})
	case n < 81:
		made(h, o, "promote", []any{id}, func() (config.Revision, recipes.Outcome, error) {
			return s.Promote(by, h.Patience())
		})
	case n < 86:
		made(h, o, "withdraw", []any{id}, func() (config.Revision, recipes.Outcome, error) {
			return s.Withdraw(by, h.Patience())
		})
	default:
		now, err := s.Now(h.Patience())
		if err != nil {
			return
		}
		to := h.Rand().Int64N(now.Revision + 1)
		made(h, o, "rollback", []any{id, to}, func() (config.Revision, recipes.Outcome, error) {
			return s.Rollback(by, to, h.Patience())
		})
	}
}

// publish changes settings, at times only if they are still those of a revision.
func publish(h workloads.Hand, o *workloads.Object, s *config.Store) (config.Revision, bool) {
	id, base := h.NewValue(), config.Any
	changes, shown := draw(h)
	if h.Chance(20) {
		if now, err := s.Now(h.Patience()); err == nil {
			base = now.Revision
		}
	}
	return made(h, o, "publish", []any{id, shown}, func() (config.Revision, recipes.Outcome, error) {
		return s.Publish(strconv.FormatInt(id, 10), changes, base, h.Patience())
	})
}

// made carries out a change and records it.
func made(h workloads.Hand, o *workloads.Object, f string, argument any,
	op func() (config.Revision, recipes.Outcome, error)) (r config.Revision, ok bool) {
	_, outcome := h.Do(o, f, argument, func() (_ any, outcome recipes.Outcome, err error) {
		if r, outcome, err = op(); err != nil {
			return nil, outcome, err
		}
		return []any{r.Number, r.Zxid}, outcome, nil
	})
	return r, outcome == recipes.Done
}

func look(h workloads.Hand, o *workloads.Object, s *config.Store) bool {
	_, outcome := h.Do(o, "look", nil, func() (any, recipes.Outcome, error) {
		now, err := s.Now(h.Patience())
		if err != nil {
			return nil, recipes.NoEffect, err
		}
		return shown(now), recipes.Done, nil
	})
	return outcome == recipes.Done
}

func history(h workloads.Hand, o *workloads.Object, s *config.Store) bool {
	_, outcome := h.Do(o, "history", nil, func() (any, recipes.Outcome, error) {
		made, err := s.History(0, h.Patience())
		if err != nil {
			return nil, recipes.NoEffect, err
		}
		list := make([]any, len(made))
		for i, r := range made {
			id, _ := strconv.ParseInt(r.By, 10, 64)
			list[len(made)-1-i] = []any{r.Number, id}
		}
		return list, recipes.Done, nil
	})
	return outcome == recipes.Done
}

// shown is a state as histories have it.
func shown(s config.State) []any {
	id, _ := strconv.ParseInt(s.By, 10, 64)
	settings := []any{}
	for _, one := range s.Settings {
		settings = append(settings, []any{one.Name, one.Value})
	}
	var gray any
	if s.Gray != nil {
		changes := []any{}
		for _, c := range s.Gray.Changes {
			if c.Gone {
				changes = append(changes, []any{c.Name, nil})
			} else {
				changes = append(changes, []any{c.Name, c.Value})
			}
		}
		gray = []any{s.Gray.Release, int64(s.Gray.Share), changes}
	}
	return []any{s.Revision, []any{s.Zxid, id, settings, gray}}
}

// probe publishes, and waits until a cache shows it: one that is pushed to, or one that asks.
func probe(h workloads.Hand, o *workloads.Object) bool {
	store := config.New(h, h.Session(), o.Path())
	cache := store.Cache(config.Mode(h.Number()%3), boundMax)
	if err := cache.Follow(0); err != nil && !errors.Is(err, config.ErrGone) && !h.Session().Alive() {
		return false
	}
	r, ok := publish(h, o, store)
	if !ok {
		return false
	}
	for {
		if err := cache.Follow(waitMax); err != nil && !h.Session().Alive() {
			return false
		}
		if view, ok := cache.Kept(); ok && view.Revision >= r.Number {
			return true
		}
	}
}

func drain(h workloads.Hand, o *workloads.Object) bool {
	store := config.New(h, h.Session(), o.Path())
	return look(h, o, store) && history(h, o, store)
}

// instance is what a client is called as an instance that has settings.
func instance(h workloads.Hand) string { return fmt.Sprint("instance ", h.Number()) }
