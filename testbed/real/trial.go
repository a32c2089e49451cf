package real

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ordeal/checker"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/reports"
	"ordeal/sim"
	"ordeal/testbed/play"
	"ordeal/testbed/real/loop"
	"ordeal/testbed/target"
)

// Trial is one of a cluster that is started for it.
type Trial struct {
	// Target says what clients do, for how long; its Servers and Around are the trial's to set.
	Target  target.Target
	Product *Product
	Nodes   int
	Means   Means
	Plan    nemesis.Plan
	// Dir is where the folders of the servers are made. Their data is removed if the trial is valid.
	Dir string
}

// Check says what is wrong with what is asked for; nothing is started yet.
func (t Trial) Check() error {
	if t.Nodes < 1 || t.Nodes > nodesMax {
		return fmt.Errorf("a cluster of %d servers: it must be from 1 to %d", t.Nodes, nodesMax)
	}
	if err := t.target(nil).Check(); err != nil {
		return err
	}
	if n := t.Nodes + joins(t.Plan); n > nodesMax {
		return fmt.Errorf("%d servers with those that join: at most %d can be", n, nodesMax)
	}
	for _, s := range t.Plan {
		if why := t.Means.unfit(s.Fault); why != "" {
			return fmt.Errorf("the plan's step %q: %s", s, why)
		}
	}
	for _, m := range t.Plan.Machines() {
		if !slices.Contains(t.machines(), m) {
			return fmt.Errorf("the plan names %s, and the machines are %v", m, t.machines())
		}
	}
	return nil
}

func (t Trial) machines() (all []host.Addr) {
	for i := range t.Nodes + joins(t.Plan) {
		all = append(all, host.Addr(fmt.Sprintf("n%d", i+1)))
	}
	for i := range t.Target.Clients() {
		all = append(all, host.Addr(fmt.Sprintf("c%d", i+1)))
	}
	return all
}

// has says whether the plan has a fault of one of these kinds.
func (t Trial) has(kinds []nemesis.Kind) bool {
	return slices.ContainsFunc(t.Plan, func(s nemesis.Step) bool { return slices.Contains(kinds, s.Fault.Kind) })
}

// Folder is a name for the folder with the trial's files.
func (t Trial) Folder() string { return t.target(nil).Folder() }

// Line says what was done. It is no trial line.
func (t Trial) Line() string { return t.target(nil).Line() }

func (t Trial) target(r *running) target.Target {
	one := t.Target
	one.Around = &target.Around{
		Called: fmt.Sprintf("cluster=%s nodes=%d", t.Product.Name, t.Nodes),
		Folder: fmt.Sprintf("%s-n%d", t.Product.Name, t.Nodes),
		Find:   t.Product.Find,
	}
	if r != nil {
		one.Servers = r.cluster.Servers()
		one.Around.Dial, one.Around.Begin, one.Around.Heal = r.cluster.Dial, r.begin, r.heal
		one.Around.Unserved, one.Around.Judge, one.Around.Report = r.worst, r.judge, r.report
		one.Around.Logs = r.logs
	} else {
		one.Servers = []string{"none:1"}
	}
	return one
}

// Run starts the cluster, puts it on trial and takes it away, whatever happens. An error that is target.ErrRefused says
// why nothing was tried.
func (t Trial) Run(ctx context.Context) (play.Result, error) {
	if err := t.Check(); err != nil {
		return play.Result{}, err
	}
	m := t.Means
	m.changes = t.has(ofMembership)
	dir := filepath.Join(t.Dir, t.Folder(), "servers")
	c, err := newCluster(t.Product, m, dir, t.Nodes, joins(t.Plan), t.Target.Clients(), t.Target.Seed)
	if err != nil {
		return play.Result{}, fmt.Errorf("%w: %w", target.ErrRefused, err)
	}
	defer c.Close()
	if t.Means.faketime != "" && t.has(ofClock) {
		c.giveClocks(t.Means.faketime)
	}
	if err := c.Start(ctx); err != nil {
		return play.Result{}, fmt.Errorf("%w: %w", target.ErrRefused, err)
	}
	r := &running{trial: t, cluster: c}
	defer r.end()
	result, err := t.target(r).Run(ctx)
	if err != nil {
		return result, err
	}
	result.Plan = t.Plan
	if result.Summary.Outcome == play.Valid {
		c.Close()
		err = c.removeData()
	} else {
		err = t.leave(result, strings.Join(c.versions, ", "))
	}
	return result, err
}

// removeData leaves of the servers' folders what was written for them, and their logs.
func (c *cluster) removeData() error {
	for _, s := range c.all() {
		if s.log == nil {
			continue // it has never joined
		}
		entries, err := os.ReadDir(s.place.Dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if !e.IsDir() {
				continue
			}
			if err := os.RemoveAll(filepath.Join(s.place.Dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// running is a trial under way.
type running struct {
	trial   Trial
	cluster *cluster
	loop    *loop.Loop
	world   *world
	leaders *leaders
	runner  *nemesis.Runner
	stop    context.CancelFunc
	looked  chan struct{}
	over    atomic.Bool
	starved starved
}

// begin begins the plan, and to look for who leads.
func (r *running) begin(now func() time.Duration) {
	r.leaders = &leaders{cluster: r.cluster, now: now}
	r.loop = loop.New(now)
	r.world = &world{cluster: r.cluster, loop: r.loop, leaders: r.leaders, means: r.trial.Means}
	for _, s := range r.cluster.servers {
		r.world.ensemble.members = append(r.world.ensemble.members, s.name)
	}
	var ctx context.Context
	ctx, r.stop = context.WithCancel(context.Background())
	r.world.ctx = ctx
	r.looked = make(chan struct{})
	r.starved.before = make(map[string]time.Duration)
	go func() {
		defer close(r.looked)
		var all sync.WaitGroup
		defer all.Wait()
		all.Go(func() { r.cluster.follow(ctx, &r.starved, func(f func()) { r.loop.Do(f) }) })
		r.leaders.look(ctx, func(f func()) { r.loop.Do(f) })
	}()
	r.loop.Do(func() {
		r.runner = nemesis.Run(r.world, r.trial.Plan, nemesis.Merciful, sim.Stream(r.trial.Target.Seed, "nemesis"), nil)
	})
}

// heal ends the plan: every server runs, and every link is sound.
func (r *running) heal() { r.loop.Do(func() { r.runner.Heal() }) }

// end stops looking around.
func (r *running) end() {
	if r.loop == nil || r.over.Swap(true) {
		return
	}
	r.stop()
	<-r.looked
	r.world.operators.Wait()
	r.loop.End()
}

// lateMax is how late this program may have done what it was to do at an instant: more says that the machine has too
// much to do for what servers do in time to mean anything.
const lateMax = 2 * time.Second

// busy says that the machine was not up to the trial.
func (r *running) busy() (busy bool) {
	look := func() { busy = r.loop.Late > lateMax || r.starved.longest > starvedMax }
	if !r.loop.Do(look) {
		look() // the loop has ended
	}
	return busy
}

// worst is what it means that servers did not do in time what they have to.
func (r *running) worst() checker.Outcome {
	if r.busy() {
		return checker.Unknown
	}
	return checker.Invalid
}

// judge says whether servers ended that were not told to, and whether the machine was up to the trial.
func (r *running) judge() []checker.Verdict {
	r.end()
	servers := checker.Verdict{Checker: "servers", Outcome: checker.Valid}
	if ended := r.cluster.endedByThemselves(); len(ended) > 0 {
		servers.Outcome, servers.Reason = r.worst(), ended[0]
	}
	machine := checker.Verdict{Checker: "machine", Outcome: checker.Valid}
	if r.busy() {
		machine.Outcome = checker.Unknown
		what := fmt.Sprintf("did things up to %v too late", r.loop.Late.Round(time.Millisecond))
		if r.starved.longest > starvedMax {
			what = fmt.Sprintf("is one on which %s waited %v for a processor", r.starved.who,
				r.starved.longest.Round(time.Millisecond))
		}
		machine.Reason = "this machine " + what + ": it is too busy to tell what servers do in time"
	}
	return []checker.Verdict{servers, machine}
}

// logs ends the servers, if the service can read the logs of such, and returns the folders that these are in.
func (r *running) logs() (dirs []string) {
	if r.trial.Product.Logs != logsOfOurs {
		return nil
	}
	r.cluster.Close()
	for _, s := range r.cluster.all() {
		if s.log != nil { // it has joined
			dirs = append(dirs, filepath.Join(s.place.Dir, r.trial.Product.Disk))
		}
	}
	return dirs
}

// report adds the plan, what became of it, who led, and what a reader has to know.
func (r *running) report(t *reports.Trial) {
	t.Plan = r.trial.Plan.String()
	t.Faults = play.ReportFaults(r.trial.Plan, r.runner.Results())
	t.Leaders = r.leaders.spans
	note := func(format string, args ...any) { t.Notes = append(t.Notes, fmt.Sprintf(format, args...)) }
	for _, v := range r.cluster.versions {
		if v != "" {
			note("%s says of its version: %s", r.cluster.product.Name, v)
		}
	}
	note("%s", r.cluster.network.told())
	if all := r.trial.Product.programs; len(all) > 1 {
		changes := 0
		for _, s := range r.cluster.all() {
			changes += s.changed
		}
		note("servers began with %s; behind an orderly stop they changed to %s, and back: %d times", all[0],
			strings.Join(all[1:], ", then to "), changes)
	}
	if told := r.toldOfDisks(); told != "" {
		note("%s", told)
	}
	if len(r.world.refused) > 0 {
		note("not done: %s", strings.Join(r.world.refused, "; "))
	}
}
