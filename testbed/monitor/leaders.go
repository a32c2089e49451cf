package monitor

import (
	"time"

	"ordeal/host"
	"ordeal/testbed/trial"
)

// Leaders notes who led when, by what the servers say of themselves.
type Leaders struct {
	trial.Unconcerned
	now    func() time.Duration
	status func(host.Program) trial.Status
	last   map[host.Addr]trial.Status
	spans  []trial.LeaderSpan
}

// NewLeaders begins to note; now is the world's clock.
func NewLeaders(now func() time.Duration, status func(host.Program) trial.Status) *Leaders {
	return &Leaders{now: now, status: status, last: make(map[host.Addr]trial.Status)}
}

// Spans are those noted so far.
func (l *Leaders) Spans() []trial.LeaderSpan { return l.spans }

// Event implements trial.Monitor.
func (l *Leaders) Event(server host.Addr, program host.Program) {
	var now trial.Status
	if program != nil {
		now = l.status(program)
	}
	was := l.last[server]
	l.last[server] = now
	if was.Leads == now.Leads && was.Epoch == now.Epoch {
		return
	}
	if was.Leads {
		l.end(server)
	}
	if now.Leads {
		l.spans = append(l.spans, trial.LeaderSpan{Machine: server, Epoch: now.Epoch, From: l.now(), To: -1})
	}
}

func (l *Leaders) end(server host.Addr) {
	for i := len(l.spans) - 1; i >= 0; i-- {
		if s := &l.spans[i]; s.Machine == server && s.To < 0 {
			s.To = l.now()
			return
		}
	}
}
