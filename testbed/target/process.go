package target

import (
	"context"
	"fmt"
	"time"

	"ordeal/host"
	"ordeal/host/oshost"
)

// run implements trial.RemoteStage.
func (v *visit) run(limit time.Duration, processes ...func(host.Process)) (ended bool) {
	var all []*oshost.Process
	for _, f := range processes {
		all = append(all, v.spawn(f))
	}
	return await(v.ctx, all, limit)
}

// spawn starts a process, which takes turns with all others.
func (v *visit) spawn(f func(host.Process)) *oshost.Process {
	v.started++
	return oshost.StartProcess(oshost.ProcessConfig{
		Self: host.Addr(fmt.Sprintf("c%d", v.started)), Logger: v.target.Log, Turns: &v.turns,
		Seed: 1 + v.target.Seed*1_000_003 + v.started, // 0 would draw one
	}, f)
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
