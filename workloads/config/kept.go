package config

import (
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/recipes/config"
	"ordeal/workloads"
)

// kept is the cache of an instance, which lives on over its sessions.
type kept struct {
	o       *workloads.Object
	session *client.Client
	store   *config.Store
	cache   *config.Cache
	mode    config.Mode
	bound   time.Duration
	known   workloads.Known
}

// keptOf is the client's cache of an object: as it was, with another session, or a new one.
func keptOf(h workloads.Hand, o *workloads.Object, s *config.Store) *kept {
	k := h.Kept(func() any { return &kept{} }).(*kept)
	if k.o != o {
		mode, bound := config.Mode(h.Rand().IntN(3)), boundMax/4+h.UpTo(boundMax*3/4)
		*k = kept{o: o, session: h.Session(), store: s, cache: s.Cache(mode, bound), mode: mode, bound: bound}
	}
	if k.session != h.Session() {
		k.session, k.store = h.Session(), s
		k.cache.Use(s)
	}
	return k
}

// follow looks for a while at what the client keeps.
func (k *kept) follow(h workloads.Hand) {
	for range 1 + h.Rand().IntN(looksMax) {
		k.known.Note(h)
		err := k.cache.Follow(h.UpTo(waitMax))
		k.known.Note(h)
		told := int64(0)
		if err == nil && k.mode == config.Push && h.Chance(50) {
			// What the session is shown otherwise the cache has been told of.
			begun := h.Event()
			if look(h, k.o, k.store) && k.cache.Follow(0) == nil {
				told = int64(begun)
			}
		}
		view, ok := k.cache.Kept()
		if ok {
			k.record(h, view, told)
		}
		if !h.Session().Alive() {
			return
		}
		if err == nil {
			h.Sleep(h.UpTo(waitMax))
			k.known.Note(h)
		}
	}
}

// record records what is kept. It claims to be of an instant behind the one that it names; behind a look of the session
// that it must have been told of; and unless it calls itself stale, no older than its bound.
func (k *kept) record(h workloads.Hand, view config.View, told int64) {
	since := max(k.known.Since(view.AsOf), told)
	if !view.Stale && k.mode != config.Push {
		since = max(since, k.known.Since(h.Now()-k.bound))
	}
	h.Do(k.o, "cached", nil, func() (any, recipes.Outcome, error) {
		return append(shown(view.State), since), recipes.Done, nil
	})
	if view.Gray == nil {
		return
	}
	_, has := view.For(instance(h))
	h.Do(k.o, "serves", instance(h), func() (any, recipes.Outcome, error) {
		return []any{view.Gray.Release, int64(view.Gray.Share), has}, recipes.Done, nil
	})
}
