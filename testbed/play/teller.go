package play

import (
	"fmt"
	"strings"
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
	last  map[host.Addr]told
	// progress is what each server said of itself, since when.
	progress []progress
}

// told is a server as it was at its last event, and whether it is up since.
type told struct {
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
	if t.last == nil {
		t.last = make(map[host.Addr]told)
	}
	t.gone()
	was, known := t.last[server]
	if program == nil {
		return
	}
	now := told{program, true, t.play.status(program)}
	t.last[server] = now
	if known && !was.up {
		t.story.Tell("%s is up again%s", server, t.found(now.Status))
	}
	if was.program != program || was.Status != now.Status {
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

// others tells who else believes to lead.
func (t *teller) others(leader host.Addr) {
	for _, server := range t.play.machines.Servers() {
		if s, up := t.play.statusOf(server); server != leader && up && s.Leads {
			t.story.Tell("%s still believes that it leads in epoch %d", server, s.Epoch)
		}
	}
}

// gone tells which servers went down since the last event: a machine that loses power has no last event.
func (t *teller) gone() {
	for _, server := range t.play.machines.Servers() {
		if was := t.last[server]; was.up && !t.play.world.Up(server) {
			t.story.Tell("%s goes down%s", server, t.before(was.Status))
			was.up = false
			t.last[server] = was
		}
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
func (t *teller) Fault(e nemesis.Event) {
	t.gone()
	t.story.Fault(e)
}

// End implements trial.Monitor.
func (t *teller) End() {}

// Text implements trial.Teller.
func (t *teller) Text(op history.Operation) string {
	_, text, _ := strings.Cut(model.Text(op), ": ")
	return text
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
