package workloads

import (
	"errors"
	"strconv"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
)

// gone is the version of a register whose znode is not there although it was made.
const gone int64 = -1

func stepRegister(w *worker) {
	o := w.e.object(w.place())
	if !w.make(o) {
		return
	}
	switch n := w.p.Rand().IntN(100); {
	case n < 10:
		w.watch(o)
	case n < 50:
		w.read(o)
	case n < 75:
		w.write(o)
	default:
		w.setIf(o)
	}
}

// place is the place of the register that the turn is about: the client's own, or, of many, the n-th about n times as
// seldom as the first.
func (w *worker) place() int {
	if !w.e.cfg.Habits.Tail {
		return w.index()
	}
	for len(w.e.places) < tailPlaces {
		w.e.places = append(w.e.places, w.e.newObject())
	}
	rng, sum := w.p.Aside(asideKey).Rand(), 0
	for i := range tailPlaces {
		sum += tailWeight / (i + 1)
	}
	n := rng.IntN(sum)
	for i := range tailPlaces {
		if n -= tailWeight / (i + 1); n < 0 {
			return i
		}
	}
	panic("workloads: the weights of the registers do not add up")
}

// tailPlaces is how many registers there are at a time, and tailWeight what the first of them weighs.
const tailPlaces, tailWeight = 60, 10_000

// make makes a register's znode, with no data and version 0, unless it was made before. It reports whether it is made.
func (w *worker) make(o *object) bool {
	if !o.made {
		o.made = recipes.EnsurePath(w.p, w.c, o.path, w.p.Patience()) == nil
	}
	return o.made
}

func (w *worker) read(o *object) recipes.Outcome {
	_, outcome := w.do(o, "read", nil, func() (any, recipes.Outcome, error) {
		data, stat, err := w.c.SyncGet(o.path, nil)
		switch {
		case errors.Is(err, wire.NoNode):
			return []any{nil, gone}, recipes.Done, nil
		case err != nil:
			return nil, recipes.NoEffect, err
		}
		w.see(o, stat)
		if len(data) == 0 {
			return []any{nil, int64(stat.Version)}, recipes.Done, nil
		}
		return []any{decode(data), int64(stat.Version)}, recipes.Done, nil
	})
	return outcome
}

func (w *worker) write(o *object) recipes.Outcome {
	v := w.p.NewValue()
	_, outcome := w.do(o, "write", v, func() (any, recipes.Outcome, error) {
		return w.set(o, v, wire.AnyVersion)
	})
	return outcome
}

// setIf expects the version that the worker last saw: others may have changed it since.
func (w *worker) setIf(o *object) {
	if w.saw != o {
		w.saw, w.version = o, 0
	}
	v, expected := w.p.NewValue(), w.version
	w.do(o, "set-if", []any{v, expected}, func() (any, recipes.Outcome, error) {
		return w.set(o, v, int32(expected))
	})
}

func (w *worker) set(o *object, v int64, version int32) (any, recipes.Outcome, error) {
	stat, err := w.c.Set(o.path, strconv.AppendInt(nil, v, 10), version)
	switch {
	case errors.Is(err, wire.NoNode):
		return []any{v, gone}, recipes.Done, nil
	case errors.Is(err, wire.BadVersion):
		return "refused", recipes.Done, nil
	case err != nil && client.MaybeApplied(err):
		return nil, recipes.Unknown, err
	case err != nil:
		return nil, recipes.NoEffect, err
	}
	w.see(o, stat)
	return []any{v, int64(stat.Version)}, recipes.Done, nil
}

func (w *worker) see(o *object, stat wire.Stat) { w.saw, w.version = o, int64(stat.Version) }

// decode reads a value; bytes that no client wrote stay a string, which no client wrote either.
func decode(data []byte) any {
	if n, err := strconv.ParseInt(string(data), 10, 64); err == nil {
		return n
	}
	return string(data)
}

func probeRegister(w *worker, o *object) bool {
	return w.make(o) && w.write(o) == recipes.Done && w.read(o) == recipes.Done
}

func drainRegister(w *worker, o *object) bool {
	return !o.made || w.read(o) == recipes.Done
}
