package counting

import (
	"errors"
	"strconv"

	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/workloads"
)

// user is a client with what it keeps of a value.
type user struct {
	workloads.Hand
	o     *workloads.Object
	v     *recipes.Value
	known workloads.Known
}

func use(h workloads.Hand, o *workloads.Object) *user {
	u := &user{Hand: h, o: o, v: recipes.NewValue(h, h.Session(), o.Path())}
	u.known.Note(u.Hand)
	return u
}

func value(h workloads.Hand) {
	u := use(h, h.Object())
	switch n := h.Rand().IntN(100); {
	case n < 25:
		u.get()
	case n < 60:
		u.set()
	case n < 80:
		if version, ok := u.get(); ok {
			u.setIf(version)
		}
	default:
		u.follow()
	}
}

// follow looks for a while at what the client keeps.
func (u *user) follow() {
	for range 1 + u.Rand().IntN(looksMax) {
		u.known.Note(u.Hand)
		err := u.v.Refresh(u.UpTo(waitMax))
		u.known.Note(u.Hand)
		if err == nil {
			u.Sleep(u.UpTo(waitMax))
		}
		if kept, ok := u.v.Cached(); ok {
			u.Do(u.o, "cached", nil, func() (any, recipes.Outcome, error) {
				return []any{decode(kept.Bytes), kept.Version, u.known.Since(kept.AsOf)}, recipes.Done, nil
			})
		}
		if !u.Session().Alive() {
			return
		}
	}
}

func (u *user) get() (version int64, ok bool) {
	_, outcome := u.Do(u.o, "read", nil, func() (any, recipes.Outcome, error) {
		now, err := u.v.Get(u.Patience())
		if err != nil {
			return nil, recipes.NoEffect, err
		}
		version = now.Version
		return []any{decode(now.Bytes), now.Version}, recipes.Done, nil
	})
	return version, outcome == recipes.Done
}

func (u *user) set() bool {
	n := u.NewValue()
	_, outcome := u.Do(u.o, "write", n, func() (any, recipes.Outcome, error) {
		version, outcome, err := u.v.Set(strconv.AppendInt(nil, n, 10), u.Patience())
		if err != nil {
			return nil, outcome, err
		}
		return []any{n, version}, outcome, nil
	})
	return outcome == recipes.Done
}

func (u *user) setIf(expected int64) {
	n := u.NewValue()
	u.Do(u.o, "set-if", []any{n, expected}, func() (any, recipes.Outcome, error) {
		version, outcome, err := u.v.SetIf(strconv.AppendInt(nil, n, 10), expected, u.Patience())
		switch {
		case errors.Is(err, wire.BadVersion) && outcome == recipes.NoEffect:
			return "refused", recipes.Done, nil
		case err != nil:
			return nil, outcome, err
		}
		return []any{n, version}, outcome, nil
	})
}

// decode reads a value; what no client wrote stays a string, which no client wrote either.
func decode(data []byte) any {
	if len(data) == 0 {
		return nil
	}
	if n, err := strconv.ParseInt(string(data), 10, 64); err == nil {
		return n
	}
	return string(data)
}

func probeValue(h workloads.Hand, o *workloads.Object) bool { return use(h, o).set() }

func drainValue(h workloads.Hand, o *workloads.Object) bool {
	_, ok := use(h, o).get()
	return ok
}
