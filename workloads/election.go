package workloads

import (
	"fmt"

	"ordeal/cluster/recipes"
)

func stepElection(w *worker) {
	o, m := w.e.object(w.index()), w.manner()
	if w.p.Chance(50) {
		w.observe(o)
		return
	}
	e := recipes.NewElection(w.p, w.c, o.path)
	session := w.session()
	epoch := w.campaign(o, e, session)
	if epoch == 0 {
		return
	}
	w.hold(o, m)
	w.resign(o, e, m, session, epoch)
}

// campaign returns the epoch, or 0 without the office.
func (w *worker) campaign(o *object, e *recipes.Election, session string) (epoch int64) {
	w.do(o, "campaign", session, func() (_ any, outcome recipes.Outcome, err error) {
		defer w.wait(o)()
		epoch, outcome, err = e.Campaign(w.p.Patience())
		if err != nil {
			return nil, outcome, err
		}
		return []any{session, epoch}, outcome, nil
	})
	return epoch
}

func (w *worker) resign(o *object, e *recipes.Election, m manner, session string, epoch int64) bool {
	return w.giveBack(o, "resign", m, []any{session, epoch}, func() (recipes.Outcome, error) {
		return e.Resign(w.p.Patience())
	})
}

func (w *worker) observe(o *object) bool {
	_, outcome := w.do(o, "observe", nil, func() (any, recipes.Outcome, error) {
		leader, ok, err := recipes.NewElection(w.p, w.c, o.path).Observe(w.p.Patience())
		switch {
		case err != nil:
			return nil, recipes.NoEffect, err
		case !ok:
			return nil, recipes.Done, nil
		}
		return []any{fmt.Sprintf("0x%x", uint64(leader.Session)), leader.Epoch}, recipes.Done, nil
	})
	return outcome == recipes.Done
}

func probeElection(w *worker, o *object) bool {
	e := recipes.NewElection(w.p, w.c, o.path)
	session := w.session()
	epoch := w.campaign(o, e, session)
	return epoch != 0 && w.resign(o, e, usual, session, epoch)
}

func drainElection(w *worker, o *object) bool { return w.observe(o) }
