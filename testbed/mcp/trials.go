package mcp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/shrink"
	"ordeal/testbed/trial"
)

type runInput struct {
	First     string   `json:"first,omitempty" jsonschema:"the first seed, as digits; 1 unless it is given"`
	Trials    int      `json:"trials,omitempty" jsonschema:"how many seeds to play, 20 unless it is given, at most 10000"`
	Workloads []string `json:"workloads,omitempty" jsonschema:"what clients do; all for every one"`
	Nodes     []int    `json:"nodes,omitempty" jsonschema:"numbers of servers"`
	Faults    []string `json:"faults,omitempty" jsonschema:"swarm, none, or families and kinds of fault"`
	Seconds   float64  `json:"seconds,omitempty" jsonschema:"virtual time under faults, a trial"`
	Bug       string   `json:"bug,omitempty" jsonschema:"a planted bug"`
	Settings  string   `json:"settings,omitempty" jsonschema:"how the service is set up"`
}

type runOutput struct {
	Trials     int     `json:"trials"`
	Valid      int     `json:"valid"`
	Unknown    int     `json:"unknown"`
	Invalid    int     `json:"invalid"`
	Operations int     `json:"operations"`
	Findings   []found `json:"findings"`
}

// found is a trial that is not valid.
type found struct {
	Line    string `json:"line" jsonschema:"the trial line, for the other tools"`
	Seed    string `json:"seed"`
	Kind    string `json:"kind" jsonschema:"invalid, unknown, panic, hang, memory or nondeterministic"`
	Reason  string `json:"reason"`
	Text    string `json:"text" jsonschema:"all that a person is told of it"`
	Command string `json:"command" jsonschema:"what to paste to play it again"`
}

const (
	defaultTrials = 20
	trialsMax     = 10_000
)

func (s Server) run(ctx context.Context, _ *sdk.CallToolRequest, in runInput) (*sdk.CallToolResult, runOutput, error) {
	seeds, first, last, err := s.seeds(in)
	if err != nil {
		return nil, runOutput{}, err
	}
	report, err := campaign.Campaign{
		Service: s.Service, Jobs: s.Jobs, NewWorker: s.NewWorker, StopAtFirst: in.Bug != "",
		Trials: func(yield func(trial.Trial) bool) {
			for seed := first; yield(seeds.Trial(seed)) && seed != last; seed++ {
			}
		},
	}.Run(ctx)
	if err != nil {
		return nil, runOutput{}, err
	}
	t := report.Tally
	out := runOutput{Trials: t.Trials, Valid: t.Valid, Unknown: t.Unknown, Invalid: t.Invalid, Operations: t.Operations,
		Findings: []found{}}
	for _, f := range report.Findings {
		out.Findings = append(out.Findings, found{
			Line: f.Summary.Line, Seed: f.Seed(), Kind: f.Kind, Reason: f.Summary.Reason, Text: f.Text(),
			Command: f.Summary.Command,
		})
	}
	return nil, out, ctx.Err()
}

// seeds are the trials that are asked for.
func (s Server) seeds(in runInput) (seeds trial.Seeds, first, last uint64, err error) {
	if len(in.Faults) == 0 {
		in.Faults = []string{"swarm"}
	}
	seeds = s.Service.Campaign(in.Bug, in.Faults...)
	seeds.Template.Settings = in.Settings
	if in.Seconds != 0 {
		seeds.Template.Length = time.Duration(in.Seconds * float64(time.Second))
	}
	if len(in.Workloads) > 0 {
		seeds.Workloads = s.Service.PickWorkloads(in.Workloads, in.Bug)
	}
	if len(in.Nodes) > 0 {
		seeds.Nodes = in.Nodes
	}
	if first, err = strconv.ParseUint(cmp.Or(in.First, "1"), 10, 64); err != nil {
		return seeds, 0, 0, fmt.Errorf("first: %q is no number from 0 to 2^64-1", in.First)
	}
	count := cmp.Or(in.Trials, defaultTrials)
	if count < 1 || count > trialsMax || first+uint64(count)-1 < first {
		return seeds, 0, 0, fmt.Errorf("trials: %d from the seed %d on; there must be from 1 to %d", count, first, trialsMax)
	}
	for _, corner := range seeds.Corners() {
		if err := corner.Check(); err != nil {
			return seeds, 0, 0, err
		}
	}
	return seeds, first, first + uint64(count) - 1, nil
}

type lineInput struct {
	Line string `json:"line" jsonschema:"a trial line"`
}

type replayOutput struct {
	Outcome   string `json:"outcome" jsonschema:"valid, unknown or invalid"`
	Reason    string `json:"reason"`
	Text      string `json:"text"`
	TraceHash string `json:"traceHash" jsonschema:"equal for equal runs"`
	Same      bool   `json:"same" jsonschema:"whether a second run was the same"`
}

func (s Server) replay(ctx context.Context, _ *sdk.CallToolRequest, in lineInput) (*sdk.CallToolResult,
	replayOutput, error) {
	if _, err := s.Service.Parse(in.Line); err != nil {
		return nil, replayOutput{}, err
	}
	w, err := s.NewWorker()
	if err != nil {
		return nil, replayOutput{}, err
	}
	defer w.Close()
	var runs [2]play.Summary
	for i := range runs {
		var f *campaign.Finding
		switch runs[i], err = w.Run(ctx, campaign.Request{Line: in.Line}); {
		case errors.As(err, &f):
			return nil, replayOutput{Outcome: play.Invalid, Reason: f.Kind, Text: f.Detail}, nil
		case err != nil:
			return nil, replayOutput{}, err
		}
	}
	one := runs[0]
	return nil, replayOutput{Outcome: one.Outcome, Reason: one.Reason, Text: one.Text, TraceHash: one.TraceHash,
		Same: one.Same(runs[1])}, nil
}

type shrinkInput struct {
	Line    string  `json:"line" jsonschema:"the line of a trial that fails"`
	Seconds float64 `json:"seconds,omitempty" jsonschema:"real time to spend, 60 unless it is given"`
}

type shrinkOutput struct {
	Line       string `json:"line" jsonschema:"the smallest trial that fails in the same way"`
	Kind       string `json:"kind" jsonschema:"the violation that both have"`
	Operations int    `json:"operations"`
	Faults     int    `json:"faults"`
	Servers    int    `json:"servers"`
	Tried      int    `json:"tried" jsonschema:"how many trials it took"`
	Spent      bool   `json:"spent" jsonschema:"whether the time ended it, so that it might go on"`
}

func (s Server) shrink(ctx context.Context, _ *sdk.CallToolRequest, in shrinkInput) (*sdk.CallToolResult,
	shrinkOutput, error) {
	t, err := s.Service.Parse(in.Line)
	if err != nil {
		return nil, shrinkOutput{}, err
	}
	budget := time.Duration(cmp.Or(in.Seconds, 60) * float64(time.Second))
	if budget <= 0 {
		return nil, shrinkOutput{}, fmt.Errorf("seconds: %v must be more than 0", in.Seconds)
	}
	shrunk, err := shrink.Shrinker{NewWorker: s.NewWorker, Jobs: s.Jobs, Budget: budget}.Run(ctx, t)
	if err != nil {
		return nil, shrinkOutput{}, err
	}
	return nil, shrinkOutput{
		Line: shrunk.Trial.Line(), Kind: shrunk.Kind, Operations: shrunk.After.Operations, Faults: shrunk.After.Faults,
		Servers: shrunk.After.Servers, Tried: shrunk.Tried, Spent: shrunk.Spent,
	}, nil
}

type explainOutput struct {
	Text string `json:"text" jsonschema:"the story, and the faults that the trial needs"`
}

func (s Server) explain(ctx context.Context, _ *sdk.CallToolRequest, in lineInput) (*sdk.CallToolResult, explainOutput,
	error) {
	t, err := s.Service.Parse(in.Line)
	if err != nil {
		return nil, explainOutput{}, err
	}
	e, err := shrink.Explainer{NewWorker: s.NewWorker, Jobs: s.Jobs}.Run(ctx, t)
	if err != nil {
		return nil, explainOutput{}, err
	}
	return nil, explainOutput{e.Text()}, nil
}
