package play

import (
	"fmt"
	"slices"
	"time"

	"ordeal/history"
	"ordeal/host"
	"ordeal/reports"
	"ordeal/reports/timeline"
	"ordeal/sim"
	"ordeal/testbed/trial"
)

// watched is what a timeline needs of a trial that is under way: what each server was when, and all messages and jobs
// of disks. It is a trial.Monitor.
type watched struct {
	trial.Unconcerned
	play    *play
	servers []timeline.Server
	traffic *timeline.Traffic
	// underWay are the numbers of messages that have not arrived, by the first byte of each.
	underWay map[*byte]int
	looked   time.Duration // when it looked last at servers that had no event
}

func newWatched(p *play) *watched {
	w := &watched{play: p, traffic: new(timeline.Traffic), underWay: make(map[*byte]int)}
	p.world.Departures(w.departed)
	p.world.Overhear(w.arrived)
	p.world.Jobs(func(j sim.DiskJob) {
		w.traffic.Done(string(j.Machine), j.From, j.To, j.Bytes, j.Syncs, j.Err != nil)
	})
	return w
}

func (w *watched) departed(d sim.Departure) {
	words := "message"
	if describe := w.play.service.Message; describe != nil {
		words = describe(d.Payload)
	}
	number := w.traffic.Sent(d.At, string(d.From), string(d.To), words, len(d.Payload))
	if d.Due >= 0 && len(d.Payload) > 0 {
		w.underWay[&d.Payload[0]] = number
	}
}

func (w *watched) arrived(_, _ host.Addr, payload []byte) {
	if len(payload) == 0 {
		return
	}
	if number, ok := w.underWay[&payload[0]]; ok {
		w.traffic.Arrived(number, w.play.world.Now())
		delete(w.underWay, &payload[0])
	}
}

// glanceEvery is how often servers without an event are looked at: one that loses power has none.
const glanceEvery = time.Millisecond

// Event implements trial.Monitor.
func (w *watched) Event(server host.Addr, _ host.Program) {
	w.look(server)
	if now := w.play.world.Now(); now >= w.looked+glanceEvery {
		w.lookAtAll()
	}
}

// End implements trial.Monitor.
func (w *watched) End() { w.lookAtAll() }

func (w *watched) lookAtAll() {
	w.looked = w.play.world.Now()
	for _, s := range w.play.machines.Servers() {
		w.look(s)
	}
}

func (w *watched) look(server host.Addr) {
	i := slices.IndexFunc(w.servers, func(s timeline.Server) bool { return s.Name == string(server) })
	if i < 0 {
		i, w.servers = len(w.servers), append(w.servers, timeline.Server{Name: string(server)})
	}
	role := timeline.Down
	if w.play.world.Up(server) {
		role = w.play.role(server)
	}
	s := &w.servers[i]
	if n := len(s.States); n == 0 || s.States[n-1].Role != role {
		s.States = append(s.States, timeline.State{From: w.play.world.Now(), Role: role})
	}
}

// timeline is the trial on one axis of time.
func (p *play) timeline(r Result) *timeline.Timeline {
	t := &timeline.Timeline{
		Trial: r.Report, Length: p.world.Now(), Moment: -1, Servers: p.watched.servers, Traffic: p.watched.traffic,
	}
	var blamed []int
	if violations := r.Summary.Violations; len(violations) > 0 {
		t.Moment, blamed = violations[0].At, violations[0].Events
	}
	if r.Summary.Outcome != Invalid { // else the account has it already
		p.tellEnds()
	}
	if _, plain := p.story.teller.(*teller); plain && p.service.Status == nil {
		for _, l := range r.Leaders {
			p.story.TellAt(l.From, fmt.Sprintf("%s leads in epoch %d", l.Machine, l.Epoch))
		}
	}
	for _, l := range p.story.Lines() {
		t.Story = append(t.Story, timeline.Line(l))
	}
	if p.service.Standing != nil {
		for _, s := range p.service.Standing(r.History) {
			t.Standing = append(t.Standing, timeline.Standing(s))
		}
	}
	t.Clients, t.Ops = p.clientOps(r.History, blamed)
	if p.service.Holds != nil {
		for _, h := range p.service.Holds(r.History) {
			t.Holds = append(t.Holds, timeline.Hold(h))
		}
	}
	return t
}

// clientOps are the operations of clients, in lanes of one client each; those that no client was asked for, as of those
// that probe the service, have a lane of their own.
func (p *play) clientOps(h history.History, blamed []int) (lanes []string, ops []timeline.Op) {
	pairs, err := h.Pair()
	if err != nil {
		return nil, nil // the verdict says what is wrong with it
	}
	asked := make(map[int]int) // who, by the event that began it
	most := 0
	for _, call := range p.service.Clients.Calls() {
		asked[call.Event] = call.Client
		most = max(most, call.Client)
	}
	for n := range most {
		lanes = append(lanes, fmt.Sprintf("c%d", n+1))
	}
	for _, o := range pairs {
		if o.Process < 0 {
			continue
		}
		lane := asked[o.Call] - 1
		if lane < 0 {
			if lane = most; len(lanes) == most {
				lanes = append(lanes, "probes")
			}
		}
		ops = append(ops, timeline.OpOf(o, lane, p.story.teller.Text(o), slices.Contains(blamed, o.Call)))
	}
	return lanes, ops
}

// timelineFile is the page of the timeline, if one was asked for.
func (r Result) timelineFile() ([]reports.File, error) {
	if r.Timeline == nil {
		return nil, nil
	}
	page, err := r.Timeline.Page()
	return []reports.File{{Name: "timeline.html", About: "everything on one axis of time", Data: page}}, err
}
