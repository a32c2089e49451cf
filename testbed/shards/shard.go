// Package shards divides a campaign among machines that know nothing of each other, and puts together what they found.
// A trial is a pure function of its line, so a shard's number is all that a machine has to be told.
package shards

import (
	"fmt"
	"iter"
	"strconv"
	"strings"

	"ordeal/testbed/trial"
)

// Shard is one of the parts of a campaign: the Index-th of Of, counted from 1. It has every Of-th trial.
type Shard struct {
	Index int `json:"index"`
	Of    int `json:"of"`
}

// auto is the word for the shard that the environment names.
const auto = "auto"

// shardsMax is how many shards a campaign may have.
const shardsMax = 1_000_000

// Parse reads "3/8", or asks the environment at "auto".
func Parse(text string, variable func(string) string) (Shard, error) {
	if text == auto {
		return fromEnvironment(variable)
	}
	index, of, ok := strings.Cut(text, "/")
	i, err := strconv.Atoi(index)
	n, err2 := strconv.Atoi(of)
	if !ok || err != nil || err2 != nil {
		return Shard{}, fmt.Errorf("--shard %s: it must be as 3/8, the third of eight, or %s", text, auto)
	}
	s := Shard{i, n}
	if err := s.check(); err != nil {
		return Shard{}, fmt.Errorf("--shard %s: %w", text, err)
	}
	return s, nil
}

func (s Shard) check() error {
	switch {
	case s.Of < 1 || s.Of > shardsMax:
		return fmt.Errorf("there may be from 1 to %d shards", shardsMax)
	case s.Index < 1 || s.Index > s.Of:
		return fmt.Errorf("of %d shards the first is 1 and the last %d", s.Of, s.Of)
	}
	return nil
}

func (s Shard) String() string { return fmt.Sprintf("shard %d of %d", s.Index, s.Of) }

// fromEnvironment reads what GitLab sets for a job with "parallel", and what the Jobs of deploy/kubernetes set:
// Kubernetes itself tells a pod its index and not how many there are.
func fromEnvironment(variable func(string) string) (Shard, error) {
	for _, v := range []struct {
		index, of string
		from      int // the first index
	}{{"CI_NODE_INDEX", "CI_NODE_TOTAL", 1}, {"JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", 0}} {
		if variable(v.index) == "" {
			continue
		}
		i, err := strconv.Atoi(variable(v.index))
		n, err2 := strconv.Atoi(variable(v.of))
		s := Shard{i - v.from + 1, n}
		if err != nil || err2 != nil || s.check() != nil {
			return Shard{}, fmt.Errorf("--shard %s: %s=%q and %s=%q name no shard", auto, v.index, variable(v.index), v.of,
				variable(v.of))
		}
		return s, nil
	}
	return Shard{}, fmt.Errorf("--shard %s: neither CI_NODE_INDEX nor JOB_COMPLETION_INDEX is set", auto)
}

// Whole is the shard, and all of the campaign if it is none.
func (s Shard) Whole() Shard {
	if s.Of == 0 {
		return Shard{1, 1}
	}
	return s
}

// Own is how many of so many trials are the shard's.
func (s Shard) Own(trials uint64) uint64 {
	index, of := uint64(s.Index), uint64(s.Of)
	if trials < index {
		return 0
	}
	return (trials-index)/of + 1
}

// TrialsOf are those of the seeds from first to last that are the shard's.
func (s Shard) TrialsOf(seeds trial.Seeds, first, last uint64) iter.Seq[trial.Trial] {
	return func(yield func(trial.Trial) bool) {
		step := uint64(s.Of)
		for seed := first + uint64(s.Index-1); seed >= first && seed <= last; seed += step {
			if !yield(seeds.Trial(seed)) || last-seed < step {
				return
			}
		}
	}
}

// Folder is what the shard's folder is called where those of all shards are.
func (s Shard) Folder() string { return fmt.Sprintf("shard-%d-of-%d", s.Index, s.Of) }
