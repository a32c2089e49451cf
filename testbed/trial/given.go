package trial

import (
	"cmp"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/workloads/clients"
)

// ClientConfig is what a clients.Group of the trial has to be made with. A service may add a patience of its own.
func (s *Stage) ClientConfig() clients.Config {
	t := s.Trial
	return clients.Config{
		Clients: t.Clients(), Rate: t.Rate, Stop: t.Length, Draws: cmp.Or(t.Draws, t.Seed), Script: t.Script,
		Record: s.Record, Now: s.World.Now,
	}
}

// ModelWorkload is the workload that has the name of a model and is judged by all that can be said of it: see
// checker.ForModel, which knows the names. It panics at others.
func ModelWorkload(model string) Workload {
	c, err := checker.ForModel(model)
	if err != nil {
		panic("trial: " + err.Error())
	}
	return Workload{Name: model, Judge: JudgeBy(c)}
}

// JudgeBy is a judge who asks checkers. A checker that asks several, as checker.All, has a verdict of each.
func JudgeBy(checkers ...checker.Checker) func(history.History) []checker.Verdict {
	return func(h history.History) (verdicts []checker.Verdict) {
		for _, c := range checkers {
			v := c.Check(h)
			if len(v.Parts) == 0 {
				v.Parts = []checker.Verdict{v}
			}
			verdicts = append(verdicts, v.Parts...)
		}
		return verdicts
	}
}
