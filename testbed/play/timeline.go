package play

import (
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/reports"
	"ordeal/reports/timeline"
	"ordeal/sim"
	"ordeal/testbed/trial"
)

// watched is what a timeline needs of a trial that is under way: what each server was when, and all messages and jobs
// of disks. It is a trial.Monitor. It is called with everything that happens, so it does little each time: a page may
// cost a tenth of its trial.
type watched struct {
	play    *play
	servers []timeline.Server
	seats   []seat         // what is known of each
	names   timeline.Names // theirs
	traffic *timeline.Traffic
	// teller is a monitor too. Unless all says that it hears of every event, it hears of a program's first one, and of the
	// first one behind one that left its server down: of a service without statuses there is no more to tell.
	teller trial.Monitor
	all    bool
}

// seat is a server's place for a program.
type seat struct {
	program host.Program
	role    string
	up      bool // no event since has left it down
}

func newWatched(p *play, t trial.Monitor) *watched {
	_, plain := t.(*teller)
	w := &watched{play: p, traffic: new(timeline.Traffic), teller: t, all: !plain || p.service.Status != nil}
	p.world.Departures(w.departed)
	p.world.Arrivals(w.arrived)
	p.world.ObserveDown(w.down)
	p.world.Jobs(func(j sim.DiskJob) {
		w.traffic.Done(string(j.Machine), j.From, j.To, j.Bytes, j.Syncs, j.Err != nil)
	})
	return w
}

func (w *watched) departed(d *sim.Departure) {
	if !w.traffic.Knows(d.Link) {
		w.traffic.Link(d.Link, string(d.From), string(d.To))
	}
	words := "message"
	if d.Garbled {
		words = "damaged"
	} else if describe := w.play.service.Message; describe != nil {
		words = describe(d.Payload)
	}
	w.traffic.Sent(d.Link, d.At, words, d.Payload, d.Due < 0)
}

func (w *watched) arrived(link int, payload []byte) {
	w.traffic.Arrived(link, w.play.world.Now(), payload)
}

// Event implements trial.Monitor.
func (w *watched) Event(server host.Addr, program host.Program) {
	if len(w.servers) == 0 {
		for _, s := range w.play.machines.Servers() {
			w.is(s, w.play.role(s))
		}
	}
	role := w.play.roleOf(program)
	r := w.play.now
	if r != nil && r.role == role && !w.all {
		return
	}
	s := w.is(server, role)
	if w.all || program != nil && !(s.up && s.program == program) {
		w.teller.Event(server, program)
	}
	s.up, s.program = program != nil, program
	if r != nil {
		r.role = role
	}
}

// Fault implements trial.Monitor.
func (w *watched) Fault(e nemesis.Event) { w.teller.Fault(e) }

// End implements trial.Monitor.
func (w *watched) End() { w.teller.End() }

// down is called when a machine goes down: one that loses power has no event that would say so.
func (w *watched) down(machine host.Addr, _ bool) {
	if slices.Contains(w.play.machines.Servers(), machine) {
		w.is(machine, timeline.Down).up = false
	}
}

// is notes what a server is from now on.
func (w *watched) is(server host.Addr, role string) *seat {
	i := int(w.names.Of(string(server)))
	if i == len(w.servers) {
		w.servers = append(w.servers, timeline.Server{Name: string(server)})
		w.seats = append(w.seats, seat{})
	}
	s := &w.seats[i]
	if s.role != role {
		s.role = role
		w.servers[i].States = append(w.servers[i].States, timeline.State{From: w.play.world.Now(), Role: role})
	}
	return s
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
	pairs, err := r.History.Pair()
	if err != nil {
		return t // the verdict says what is wrong with it
	}
	if p.service.Standing != nil {
		for _, s := range p.service.Standing(pairs) {
			t.Standing = append(t.Standing, timeline.Standing(s))
		}
	}
	if p.service.Holds != nil {
		for _, h := range p.service.Holds(pairs) {
			t.Holds = append(t.Holds, timeline.Hold(h))
		}
	}
	t.Clients, t.Ops = p.clientOps(pairs, blamed)
	return t
}

// clientOps are the operations of clients, in lanes of one client each; those that no client was asked for, as of those
// that probe the service, have a lane of their own.
func (p *play) clientOps(pairs []history.Operation, blamed []int) (lanes []string, ops []timeline.Op) {
	ops = make([]timeline.Op, 0, len(pairs))
	asked := make([]int, len(p.recorder.Ops())+1) // who, by the event that began it
	most := 0
	for _, call := range p.service.Clients.Calls() {
		asked[call.Event] = call.Client
		most = max(most, call.Client)
	}
	for n := range most {
		lanes = append(lanes, fmt.Sprintf("c%d", n+1))
	}
	var words timeline.Wording
	_, plain := p.story.teller.(*teller)
	for i := range pairs {
		o := &pairs[i]
		if o.Process < 0 {
			continue
		}
		lane := asked[o.Call] - 1
		if lane < 0 {
			if lane = most; len(lanes) == most {
				lanes = append(lanes, "probes")
			}
		}
		if isBlamed := slices.Contains(blamed, o.Call); plain {
			ops = append(ops, words.Op(o, lane, isBlamed))
		} else {
			ops = append(ops, words.OpSaid(o, p.story.teller.Text(*o), lane, isBlamed))
		}
	}
	return lanes, ops
}

// WriteTimeline writes the page of the timeline and no other file: open needs only that, and a folder with its plots
// costs as much again as the trial.
func (r Result) WriteTimeline(folder reports.Folder) error {
	files, err := r.timelineFile()
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := folder(f.Name, f.Data); err != nil {
			return err
		}
	}
	return nil
}

// timelineFile is the page of the timeline, if one was asked for.
func (r Result) timelineFile() ([]reports.File, error) {
	if r.Timeline == nil {
		return nil, nil
	}
	page, err := r.Timeline.Page()
	return []reports.File{{Name: "timeline.html", About: "everything on one axis of time", Data: page}}, err
}
