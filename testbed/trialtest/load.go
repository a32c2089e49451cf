package trialtest

import (
	"errors"
	"slices"

	"ordeal/host"
	"ordeal/testbed/load"
	"ordeal/testbed/trial"
)

// loader is a client of a load: it reads and writes the one register that there is, whatever key it is asked for.
type loader struct{ *client }

func newLoader(s *trial.Stage, p host.Process, at load.Place) loader {
	l := loader{newCrowd(s).newClient(p)}
	l.place = slices.Index(s.Machines.Servers(), at.Server)
	return l
}

// Fill waits until there is a primary: the register is there from the start.
func (l loader) Fill(load.Shape, int, int) error { return l.Ask(load.Request{Kind: load.Read}) }

// Ask asks one server after another.
func (l loader) Ask(r load.Request) error {
	for end := l.p.Now() + givesUp; l.p.Now() < end; l.p.Sleep(tick / 10) {
		answer := l.ask(request{Write: r.Kind == load.Write, Value: 1})
		if answer != nil && answer.OK {
			return nil
		}
		l.leave()
	}
	return errors.New("there is no primary")
}

// Close implements load.Client.
func (l loader) Close() {
	if l.conn != nil {
		l.conn.Close()
	}
}
