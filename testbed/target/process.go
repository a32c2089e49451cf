package target

import (
	"context"
	"fmt"
	"io"
	"net"
	"time"

	"ordeal/host"
	"ordeal/host/oshost"
)

// run implements trial.RemoteStage: its processes look around, and are no clients of the workload's.
func (v *visit) run(limit time.Duration, processes ...func(host.Process)) (ended bool) {
	return v.runAs("o", limit, processes...)
}

// runAs runs processes that are called by a letter and a number.
func (v *visit) runAs(letter string, limit time.Duration, processes ...func(host.Process)) (ended bool) {
	var all []*oshost.Process
	for i, f := range processes {
		all = append(all, v.spawn(host.Addr(fmt.Sprintf("%s%d", letter, i+1)), f))
	}
	return await(v.ctx, all, limit)
}

// spawn starts a process, which takes turns with all others.
func (v *visit) spawn(name host.Addr, f func(host.Process)) *oshost.Process {
	v.started++
	c := oshost.ProcessConfig{
		Self: name, Logger: v.target.Log, Turns: &v.turns,
		Seed: 1 + v.target.Seed*1_000_003 + v.started, // 0 would draw one
	}
	if around := v.target.Around; around != nil {
		c.Dial = func(ctx context.Context, address string) (net.Conn, error) { return around.Dial(ctx, name, address) }
	}
	var self *oshost.Process
	started := make(chan struct{})
	self = oshost.StartProcess(c, func(p host.Process) {
		<-started
		v.running.Store(p, self)
		defer v.running.Delete(p)
		f(p)
	})
	close(started)
	return self
}

// aside implements trial.RemoteStage.
func (v *visit) aside(p host.Process, f func(ctx context.Context)) {
	self, runs := v.running.Load(p)
	if !runs {
		panic("target: a process that the trial does not run is called aside")
	}
	ctx, over := context.WithCancel(context.Background())
	defer over() // also when the process is stopped
	done := p.NewSignal()
	go func() {
		f(ctx)
		self.(*oshost.Process).Do(done.Set)
	}()
	done.Wait(-1)
}

// answerMax is how much of an answer is read.
const answerMax = 64 << 10

// ask implements trial.RemoteStage.
func (v *visit) ask(server host.Addr, words string, patience time.Duration) (answer string, err error) {
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	c, err := v.dial(ctx, "", string(server))
	if err != nil {
		return "", err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		return "", err
	}
	if _, err := io.WriteString(c, words); err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(c, answerMax))
	return string(text), err
}

// dial implements trial.RemoteStage.
func (v *visit) dial(ctx context.Context, from host.Addr, address string) (net.Conn, error) {
	if around := v.target.Around; around != nil {
		return around.Dial(ctx, from, address)
	}
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}

// await waits for processes to end, for so long at most, or less if the trial is to be cut short. Those that have not
// ended by then are stopped, and it reports false.
func await(ctx context.Context, all []*oshost.Process, limit time.Duration) bool {
	late := time.NewTimer(limit)
	defer late.Stop()
	var hurry <-chan time.Time
	hurried, ended := ctx.Done(), true
	for _, p := range all {
		for waiting := true; waiting; {
			select {
			case <-p.Done():
				waiting = false
			case <-hurried:
				hurried, hurry = nil, time.After(hurryMax)
			case <-late.C:
				late.Reset(0) // for the others
				ended, waiting = false, false
			case <-hurry:
				late.Reset(0)
			}
		}
	}
	for _, p := range all {
		p.Stop()
	}
	return ended
}
