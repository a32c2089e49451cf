package bench

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ordeal/history"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
	"ordeal/testbed/costs"
	"ordeal/testbed/load"
	"ordeal/testbed/machines"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// Setup is all that a measurement of a service depends on besides the binary.
type Setup struct {
	// Load and Network name shapes of the service's.
	Load    string `json:"load"`
	Network string `json:"network"`
	// Nodes is how many servers there are.
	Nodes   int `json:"nodes"`
	Clients int `json:"clients"`
	// Rate is how many requests a second are due; 0 lets each client ask for the next thing as soon as it has the last.
	Rate int `json:"rate"`
	// Requests is how many there are, unless the load wants fewer; the first tenth is not measured.
	Requests int    `json:"requests"`
	Settings string `json:"settings"`
	Seed     uint64 `json:"seed"`
	// Costs says what things cost in the world, where that is not the default: see package costs.
	Costs string `json:"costs,omitempty"`
}

// Figures are what one measurement gives.
type Figures struct {
	// Latencies are those of the requests that were done, by kind, sorted: from the instant at which a request was due to
	// its answer, so that one which waits for a client that is busy has waited.
	Latencies map[load.Kind][]time.Duration
	// Failed is how many were not done, of Asked.
	Failed, Asked int
	// Took is from the first instant that is measured to the last answer.
	Took time.Duration
	// Events is how many events the world had, and Hash its trace's: equal for equal runs.
	Events, Hash uint64
}

// PerSecond is how many requests were done in a second.
func (f Figures) PerSecond() float64 {
	if f.Took <= 0 {
		return 0
	}
	return float64(f.Asked-f.Failed) * float64(time.Second) / float64(f.Took)
}

// Bounds of a measurement, in virtual time.
const (
	startMax = 30 * time.Second // until there is a leader
	fillMax  = 5 * time.Minute  // until the objects are there
	runMax   = 2 * time.Hour
	step     = 20 * time.Millisecond
)

// run is a measurement under way.
type run struct {
	Setup
	service  *trial.Service
	shape    load.Shape
	network  load.Network
	world    *sim.World
	stage    *trial.Stage
	instance trial.Instance
	servers  []host.Addr // the leader first, if the service tells of one
	requests []load.Request
	due      []time.Duration
	start    time.Duration // 0 until the load begins
	filled   int           // clients that have filled their part
	ended    int           // and that have come to their end
	figures  Figures
	err      error
}

// Measure carries out a measurement of a service. An error says why there are no figures; a request that fails is none.
// It claims the process, as a trial does: play.ErrBusy says that it is not free.
func Measure(service *trial.Service, s Setup) (Figures, error) {
	r := &run{Setup: s, service: service}
	if err := r.check(); err != nil {
		return Figures{}, err
	}
	cfg, err := costs.Parse(s.Costs)
	if err != nil {
		return Figures{}, err
	}
	w := sim.New(s.Seed, cfg)
	defer w.Close()
	release, err := play.Claim(w.Rand("raft"))
	if err != nil {
		return Figures{}, err
	}
	defer release()
	r.world = w
	r.figures.Latencies = make(map[load.Kind][]time.Duration)
	if err := r.begin(); err != nil {
		return Figures{}, err
	}
	if err := r.play(); err != nil {
		return Figures{}, fmt.Errorf("load %s over %s, seed %d: %w", s.Load, s.Network, s.Seed, err)
	}
	for _, times := range r.figures.Latencies { //house:unordered each is sorted by itself
		slices.Sort(times)
	}
	r.figures.Events, r.figures.Hash = w.Events(), w.TraceHash()
	return r.figures, nil
}

// Check says what is wrong with a setup of a service.
func (s Setup) Check(service *trial.Service) error { return (&run{Setup: s, service: service}).check() }

// check says what is wrong with a setup, and finds its shapes.
func (r *run) check() (err error) {
	if r.shape, r.network, err = Shapes(r.service, r.Load, r.Network); err != nil {
		return err
	}
	if r.shape.Requests > 0 {
		r.Requests = min(r.Requests, r.shape.Requests)
	}
	switch {
	case r.Clients < 1 || r.Clients > 10_000:
		return fmt.Errorf("%d clients: there must be from 1 to 10,000", r.Clients)
	case r.Requests < 100 || r.Requests > 10_000_000:
		return fmt.Errorf("%d requests: there must be from 100 to 10,000,000", r.Requests)
	case r.Rate < 0 || r.Rate > 10_000_000:
		return fmt.Errorf("a rate of %d: it must be from 1 to 10,000,000 requests a second", r.Rate)
	}
	return nil
}

// Shapes finds shapes of a service's by their names.
func Shapes(s *trial.Service, loadName, networkName string) (shape load.Shape, network load.Network, err error) {
	if s.Bench == nil {
		return shape, network, fmt.Errorf("%s can't be measured: it says nothing of loads (Service.Bench, Instance.Load)",
			s.Name)
	}
	shapes, networks := s.Bench.AllShapes(), s.Bench.AllNetworks()
	i := slices.IndexFunc(shapes, func(one load.Shape) bool { return one.Name == loadName })
	if i < 0 {
		return shape, network, fmt.Errorf("there is no load %q: %s", loadName, names(shapes, load.Shape.Called))
	}
	j := slices.IndexFunc(networks, func(one load.Network) bool { return one.Name == networkName })
	if j < 0 {
		return shape, network, fmt.Errorf("there is no network %q: %s", networkName, names(networks, load.Network.Called))
	}
	return shapes[i].Filled(), networks[j], nil
}

// names lists what there is.
func names[T any](list []T, name func(T) string) string {
	var all []string
	for _, one := range list {
		all = append(all, name(one))
	}
	return "there are " + strings.Join(all, ", ")
}

// begin boots the service and draws the load.
func (r *run) begin() error {
	t := trial.Trial{
		Service: r.service, Seed: r.Seed, Workload: r.service.Workloads[0].Name, Nodes: r.Nodes, Length: trial.DefaultLength,
		Rate: trial.DefaultRate, Plan: nemesis.Plan{},
	}
	t.Settings = r.Settings
	if err := t.Check(); err != nil {
		return err
	}
	servers := t.Servers()
	m := machines.New(r.world, servers, nil, false)
	breaches := &trial.Breaches{Now: r.world.Now}
	r.stage = &trial.Stage{
		Trial: t, Settings: r.Settings, Plan: t.Plan, World: r.world, Machines: m,
		Record: history.NewRecorder(r.world.Now), Breaches: breaches, Covered: func(string) {},
		Did: func(host.Addr, string) {}, Faults: func() []nemesis.Event { return nil },
	}
	r.instance = r.service.Begin(r.stage)
	if r.instance.Load == nil {
		return fmt.Errorf("%s can't be measured: its instances make no clients for loads (Instance.Load)", r.service.Name)
	}
	if r.instance.Operator != nil {
		m.SetOperator(r.instance.Operator)
	}
	for _, s := range servers {
		r.world.AddMachine(s, r.instance.Boot(s))
	}
	chance := r.world.Rand("load")
	r.requests = load.Draw(r.shape, r.Requests, r.Clients, chance)
	r.due = make([]time.Duration, r.Requests)
	if r.Rate > 0 {
		// So many instants of a stretch, each as likely as any other: arrivals as those of a Poisson process are, given their
		// number.
		stretch := time.Duration(int64(r.Requests) * int64(time.Second) / int64(r.Rate))
		for i := range r.due {
			r.due[i] = time.Duration(chance.Int64N(int64(stretch)))
		}
		slices.Sort(r.due)
	}
	return nil
}

// play lets the measurement happen.
func (r *run) play() error {
	r.await(startMax, func() bool { _, known := r.leader(); return known || r.speechless() })
	r.order()
	for i := range r.Clients {
		at := load.Place{Index: i, Of: r.Clients, Server: r.servers[i%len(r.servers)]}
		r.world.Spawn(clientName(i), func(p host.Process) { r.client(p, at) })
	}
	if !r.await(fillMax, func() bool { return r.filled == r.Clients }) {
		return r.stuck("the objects of the load could not be made", fillMax)
	}
	if err := r.lay(); err != nil {
		return err
	}
	r.world.RunUntil(r.world.Now() + time.Second) // what the change of the network has upset has settled
	r.start = r.world.Now() + step
	if !r.await(runMax, func() bool { return r.ended == r.Clients }) {
		return r.stuck("clients did not come to their end", runMax)
	}
	return r.err
}

func (r *run) stuck(what string, within time.Duration) error {
	if failed := r.world.Failures(); len(failed) > 0 {
		return fmt.Errorf("%s: %w", what, failed[0])
	}
	if r.err != nil {
		return fmt.Errorf("%s: %w", what, r.err)
	}
	return fmt.Errorf("%s within %v", what, within)
}

// await lets time pass until holds does, for so long at most.
func (r *run) await(limit time.Duration, holds func() bool) bool {
	for end := r.world.Now() + limit; !holds(); {
		if r.world.Now() >= end || r.err != nil || len(r.world.Failures()) > 0 {
			return false
		}
		r.world.RunUntil(r.world.Now() + step)
	}
	return true
}

// leader is who leads, if the service tells that.
func (r *run) leader() (leader host.Addr, known bool) {
	if r.instance.Operator != nil {
		return r.instance.Operator.Leader()
	}
	if r.instance.Status == nil {
		return "", false
	}
	var epoch uint64
	for _, s := range r.stage.Trial.Servers() {
		if p := r.world.Program(s); p != nil {
			if st := r.instance.Status(p); st.Leads && (!known || st.Epoch > epoch) {
				leader, epoch, known = s, st.Epoch, true
			}
		}
	}
	return leader, known
}

// speechless says that the service does not tell who leads.
func (r *run) speechless() bool { return r.instance.Operator == nil && r.instance.Status == nil }

// order puts the leader first: so the network is the same to the service whoever leads.
func (r *run) order() {
	r.servers = slices.Clone(r.stage.Trial.Servers())
	if leader, known := r.leader(); known {
		at := slices.Index(r.servers, leader)
		r.servers = slices.Insert(slices.Delete(r.servers, at, at+1), 0, leader)
	}
}

// lay gives every way the network's nature.
func (r *run) lay() error {
	if r.network.Way == nil {
		return nil
	}
	n := len(r.servers)
	set := func(from, to host.Addr, a, b load.Spot) error {
		return r.world.SetLink(from, to, r.network.Way(a, b))
	}
	for i, s := range r.servers {
		here := load.Spot{At: i, Of: n}
		for j, other := range r.servers {
			if i == j {
				continue
			}
			if err := set(s, other, here, load.Spot{At: j, Of: n}); err != nil {
				return err
			}
		}
		for c := range r.Clients {
			spot := load.Spot{Client: true, At: c % n, Of: n}
			if err := set(clientName(c), s, spot, here); err != nil {
				return err
			}
			if err := set(s, clientName(c), here, spot); err != nil {
				return err
			}
		}
	}
	return nil
}

func clientName(i int) host.Addr { return host.Addr(fmt.Sprintf("c%d", i+1)) }

// client is one client: it fills its part, waits for the load to begin, and asks for every so many-th thing when that
// is due, or as soon as it can.
func (r *run) client(p host.Process, at load.Place) {
	c := r.instance.Load(p, at)
	if err := c.Fill(r.shape, at.Index, at.Of); err != nil {
		r.err = fmt.Errorf("client %s: %w", p.Self(), err)
		return
	}
	r.filled++
	for r.start == 0 {
		p.Sleep(step / 2)
	}
	for i := at.Index; i < len(r.requests); i += at.Of {
		due := r.start + r.due[i]
		if left := due - r.world.Now(); left > 0 {
			p.Sleep(left)
		}
		if r.Rate == 0 {
			due = r.world.Now()
		}
		err := c.Ask(r.requests[i])
		r.note(i, due, err)
	}
	c.Close()
	r.ended++
}

// note counts a request that has come to its end, unless it is one of those that only warm the service up.
func (r *run) note(i int, due time.Duration, err error) {
	warm := len(r.requests) / 10
	if i < warm {
		return
	}
	f := &r.figures
	f.Asked++
	f.Took = max(f.Took, r.world.Now()-r.start-r.due[warm])
	if err != nil {
		f.Failed++
		return
	}
	kind := r.requests[i].Kind
	f.Latencies[kind] = append(f.Latencies[kind], r.world.Now()-due)
}
