package play

import (
	"fmt"
	"time"

	"ordeal/history"
	"ordeal/host"
	"ordeal/model"
	"ordeal/nemesis"
	"ordeal/testbed/account"
	"ordeal/testbed/trial"
)

// teller tells the story of a trial of a service that says no more than its programs' statuses: faults, which servers
// go down and come up, who begins and ceases to lead, and how far the server that answered was.
type teller struct {
	story *account.Story
	play  *play
	last  []told
	// progress is what each server said of itself, since when.
	progress []progress
}

func newTeller(story *account.Story, p *play) *teller {
	t := &teller{story: story, play: p}
	p.world.ObserveDown(t.down)
	return t
}

// told is a server as it was at its last event, and whether it is up since.
type told struct {
	server  host.Addr
	program host.Program
	up      bool
	trial.Status
}

type progress struct {
	at     time.Duration
	server host.Addr
	trial.Status
}

// Event implements trial.Monitor.
func (t *teller) Event(server host.Addr, program host.Program) {
	if program == nil {
		return
	}
	last, known := t.lastOf(server)
	now := told{server, program, true, t.play.status(program)}
	if !known {
		t.last = append(t.last, now)
		last = &t.last[len(t.last)-1]
	}
	was := *last
	*last = now
	if known && !was.up {
		t.story.Tell("%s is up again%s", server, t.found(now.Status))
	}
	if !known || was.program != program || was.Status != now.Status {
		t.progress = append(t.progress, progress{t.play.world.Now(), server, now.Status})
	}
	switch led := known && was.program == program && was.Leads; {
	case now.Leads && !(led && was.Epoch == now.Epoch):
		t.story.Tell("%s leads in epoch %d", server, now.Epoch)
		t.others(server)
	case led && !now.Leads:
		t.story.Tell("%s no longer leads in epoch %d", server, was.Epoch)
	}
}

// lastOf is what was told of a server; known is false if it had no event yet.
func (t *teller) lastOf(server host.Addr) (last *told, known bool) {
	for i := range t.last {
		if t.last[i].server == server {
			return &t.last[i], true
		}
	}
	return nil, false
}

// others tells who else believes to lead.
func (t *teller) others(leader host.Addr) {
	for _, server := range t.play.machines.Servers() {
		if s, up := t.play.statusOf(server); server != leader && up && s.Leads {
			t.story.Tell("%s still believes that it leads in epoch %d", server, s.Epoch)
		}
	}
}

// down tells that a server went down: one that loses power has no last event.
func (t *teller) down(machine host.Addr, _ bool) {
	if last, known := t.lastOf(machine); known && last.up {
		t.story.Tell("%s goes down%s", machine, t.before(last.Status))
		last.up = false
	}
}

// before and found are what a server said of itself before it went down and when it came up, of a service that says
// such.
func (t *teller) before(s trial.Status) string {
	if t.play.service.Status == nil {
		return ""
	}
	return "; before that: " + statusText(s)
}

func (t *teller) found(s trial.Status) string {
	if t.play.service.Status == nil {
		return ""
	}
	return ": it " + statusText(s)
}

// Fault implements trial.Monitor.
func (t *teller) Fault(e nemesis.Event) { t.story.Fault(e) }

// End implements trial.Monitor.
func (t *teller) End() {}

// Text implements trial.Teller.
func (t *teller) Text(op history.Operation) string {
	return model.Deed(op)
}

// Shows implements trial.Teller.
func (t *teller) Shows(history.Operation) bool { return false }

// Answered implements trial.Teller.
func (t *teller) Answered(o account.Call) {
	t.story.TellAt(o.Completed, fmt.Sprintf("%s is answered: %s%s", o.Who(), t.Text(o.Operation), t.standing(o.Server,
		o.Completed)))
}

// standing says how far the server that answered was, and whether another was farther.
func (t *teller) standing(server host.Addr, at time.Duration) string {
	if server == "" || t.play.service.Status == nil {
		return ""
	}
	own, ahead := t.progressOf(server, at), progress{}
	for _, other := range t.play.machines.Servers() {
		if p := t.progressOf(other, at); p.Progress > ahead.Progress {
			ahead = p
		}
	}
	text := fmt.Sprintf("; %s %s", server, statusText(own.Status))
	if ahead.Progress > own.Progress {
		text += fmt.Sprintf(", and %s has applied %d", ahead.server, ahead.Progress)
	}
	return text
}

func (t *teller) progressOf(server host.Addr, at time.Duration) (last progress) {
	for _, p := range t.progress {
		if p.server == server && p.at <= at {
			last = p
		}
	}
	return last
}

// Background implements trial.Teller.
func (t *teller) Background(time.Duration) string { return "" }
