// Package diff puts two runs side by side: of one trial line with a fault and without, before a change and after it, in
// the simulator and on real servers. It says where they part, and in what they differ.
package diff

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"ordeal/history"
	"ordeal/reports"
	"ordeal/reports/timeline"
	"ordeal/sim"
	"ordeal/testbed/campaign"
	"ordeal/testbed/command"
	"ordeal/testbed/kept"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// run is one of the two.
type run struct {
	name     string // "A" or "B"
	arg      string
	result   reports.Result
	history  history.History
	timeline timeline.Timeline
	// trial is what was played here, and steps the hash of the world after each of its events; nil of a run of which there
	// is only a folder.
	trial *trial.Trial
	steps []uint64
	// real says that it ran in real time.
	real bool
	// cut says that its history is missing or breaks off, and unjudged that its verdict is missing.
	cut, unjudged bool
}

// loader plays runs, or reads them.
type loader struct {
	ctx     context.Context
	service *trial.Service
	worker  func() (campaign.Worker, error)
}

// load finds a run: it plays a trial line, or a folder's if this build plays it as it was, and else reads the folder.
func (l loader) load(name, arg string) (*run, error) {
	dir := ""
	if info, err := os.Stat(arg); err == nil && info.IsDir() {
		dir = arg
	}
	line, hash, err := command.WhatToReplay(l.service, arg)
	if err != nil {
		if dir == "" {
			return nil, command.Usage(fmt.Errorf("%s: %w", name, err))
		}
		return fromFolder(name, dir, fmt.Sprintf("it can't be played again: %v", err))
	}
	seen, err := l.try(line)
	switch {
	case err != nil && dir != "" && errors.As(err, new(*campaign.Finding)):
		return fromFolder(name, dir, fmt.Sprintf("the tool itself did not survive it: %v", err))
	case err != nil:
		return nil, command.Perished(err)
	case hash != "" && hash != seen.TraceHash:
		return fromFolder(name, dir, "it was kept by another build, and this one plays it differently")
	}
	return l.play(name, arg, line, seen.Outcome)
}

// try plays a trial in a worker: what that does not survive this process would not either.
func (l loader) try(line string) (play.Summary, error) {
	w, err := l.worker()
	if err != nil {
		return play.Summary{}, err
	}
	defer w.Close()
	return w.Run(l.ctx, campaign.Request{Line: line})
}

// play plays a trial that a worker has survived.
func (l loader) play(name, arg, line, outcome string) (*run, error) {
	t, err := l.service.Parse(line)
	if err != nil {
		return nil, err
	}
	mode := play.Timeline
	if outcome == play.Invalid {
		mode = play.Told
	}
	out := &run{name: name, arg: arg, trial: &t}
	r, err := play.Run(t, play.Ask{Mode: mode, Follow: func(_ sim.Happening, hash uint64) {
		out.steps = append(out.steps, hash)
	}})
	if err != nil {
		return nil, err
	}
	out.result, out.history, out.timeline = r.Report.Result(), r.History, *r.Timeline
	return out, nil
}

func fromFolder(name, dir, why string) (*run, error) {
	f, err := kept.Read(dir, why)
	if err != nil {
		return nil, command.Usage(err)
	}
	out := &run{
		name: name, arg: dir, result: f.Result, history: f.History, timeline: f.Timeline, cut: f.Cut, unjudged: f.Unjudged,
	}
	out.real = kept.Real(f.Result.Line)
	return out, nil
}

// happening is the n-th event of a run's world, counted from 0; ok is false if there is none.
func (r *run) happening(n int) (h sim.Happening, ok bool) {
	count := 0
	_, err := play.Run(*r.trial, play.Ask{Follow: func(one sim.Happening, _ uint64) {
		if count == n {
			h, ok = one, true
		}
		count++
	}})
	return h, ok && err == nil
}

// length is how long the run was.
func (r *run) length() time.Duration { return max(r.timeline.Length, r.result.Length) }
