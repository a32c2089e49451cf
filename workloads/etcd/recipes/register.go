package recipes

import (
	"strconv"

	"ordeal/cluster/etcdrecipes"
	"ordeal/workloads/clients"
)

func stepRegister(w *worker, o *object) {
	switch n := w.c.Rand().IntN(100); {
	case n < 30:
		read(w, o)
	case n < 60:
		w.write(o)
	default:
		if version, ok := w.look(o); ok {
			w.setIf(o, version)
		}
	}
}

// valueOf reads a value; bytes that no client wrote stay a string, which no client wrote either.
func valueOf(b []byte) any {
	if n, err := strconv.ParseInt(string(b), 10, 64); err == nil {
		return n
	}
	return string(b)
}

func read(w *worker, o *object) bool {
	_, ok := w.look(o)
	return ok
}

func (w *worker) look(o *object) (version int64, ok bool) {
	_, outcome := w.do(o, "read", nil, func() (any, clients.Outcome, error) {
		r, err := etcdrecipes.Read(w.keys(), o.name())
		if err != nil {
			return nil, clients.NoEffect, err
		}
		if version = r.Version; version == 0 {
			return []any{nil, version}, clients.Done, nil
		}
		return []any{valueOf(r.Value), version}, clients.Done, nil
	})
	return version, outcome == clients.Done
}

func (w *worker) write(o *object) bool {
	v := w.c.NewValue()
	_, outcome := w.do(o, "write", v, func() (any, clients.Outcome, error) {
		version, err := etcdrecipes.Set(w.keys(), o.name(), strconv.AppendInt(nil, v, 10))
		if err != nil {
			return nil, outcomeOf(err), err
		}
		return []any{v, version}, clients.Done, nil
	})
	return outcome == clients.Done
}

func (w *worker) setIf(o *object, expected int64) {
	v := w.c.NewValue()
	w.do(o, "set-if", []any{v, expected}, func() (any, clients.Outcome, error) {
		version, was, err := etcdrecipes.SetIf(w.keys(), o.name(), strconv.AppendInt(nil, v, 10), expected)
		switch {
		case err != nil:
			return nil, outcomeOf(err), err
		case !was:
			return "refused", clients.Done, nil
		}
		return []any{v, version}, clients.Done, nil
	})
}

func probeRegister(w *worker, o *object) bool { return w.write(o) && read(w, o) }
