// Package expand writes a trial out in full: what its line leaves to the seed is said, and so is what happened. A trial
// that is written so can be played by a newer version of the service or of the testbed, where its trace hash is another
// one, and it can be said whether it still means the same.
package expand

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"ordeal/history"
	"ordeal/nemesis"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// format grows when a field changes its meaning or goes.
const format = 1

// Expanded is a trial written out in full, and what happened in it.
type Expanded struct {
	Format int `json:"format"`
	// Program is the version of the program that wrote it, and Line the line that it was asked for.
	Program string `json:"program"`
	Line    string `json:"line"`
	// Fields are those of the line that says all, without the service's name and version: its plan and settings are those
	// that were drawn.
	Fields string `json:"fields"`
	// Script says which of their turns the clients took, and when, as a line's ops does.
	Script string `json:"script"`
	// Outcome and Violations are what the trial came to: kinds of violations, the first of which decided.
	Outcome    string   `json:"outcome"`
	Violations []string `json:"violations"`
	TraceHash  string   `json:"trace"`
	// Faults are what the nemesis did, an event each, and Operations what the clients asked for: the client, the turn and
	// the number within the turn; then the operation, its object, and the argument.
	Faults     []string `json:"faults"`
	Operations []string `json:"operations"`
}

// Of plays a trial and writes it out; program is the version of this one.
func Of(t trial.Trial, program string) (Expanded, error) {
	explicit := t
	explicit.Settings = t.DrawSettings()
	if t.Plan == nil {
		explicit.Plan, explicit.Faults, explicit.MaySkip = t.DrawPlan(), nil, true
		if explicit.Plan == nil {
			explicit.Plan = nemesis.Plan{}
		}
	}
	r, err := play.Run(t, play.Ask{})
	if err != nil {
		return Expanded{}, err
	}
	e := happened(r)
	_, fields, _ := strings.Cut(explicit.Line(), " ")
	e.Format, e.Program, e.Line, e.Fields = format, program, t.Line(), fields
	return e, nil
}

// happened is what a trial that is over came to.
func happened(r play.Result) Expanded {
	did := r.Explicit()
	e := Expanded{
		Script: did.Ops, Outcome: r.Summary.Outcome, TraceHash: r.Summary.TraceHash, Violations: []string{},
		Faults: []string{}, Operations: []string{},
	}
	for _, v := range r.Summary.Violations {
		e.Violations = append(e.Violations, v.Kind)
	}
	for _, f := range r.Faults {
		e.Faults = append(e.Faults, f.String())
	}
	for _, c := range did.Calls {
		if c.Event >= 0 && c.Event < len(r.History) {
			e.Operations = append(e.Operations, fmt.Sprintf("c%d %d.%d %s", c.Client, c.Turn, c.Op, asked(r.History[c.Event])))
		}
	}
	return e
}

// asked is an operation: what, on which object, and with which argument.
func asked(op history.Op) string {
	key := op.Key
	if key == "" {
		key = "-"
	}
	return op.F + " " + key + " " + strings.ReplaceAll(fmt.Sprint(op.Value), "\n", " ")
}

// JSON is the trial as a file.
func (e Expanded) JSON() []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(e); err != nil {
		panic("expand: a trial is plain data: " + err.Error())
	}
	return out.Bytes()
}

// Parse reads what JSON wrote.
func Parse(text []byte) (e Expanded, err error) {
	if err := json.Unmarshal(text, &e); err != nil {
		return Expanded{}, fmt.Errorf("the expanded trial can't be read: %w", err)
	}
	switch {
	case e.Format != format:
		return Expanded{}, fmt.Errorf("the expanded trial is of format %d, and this program reads format %d", e.Format,
			format)
	case e.Fields == "" || e.Outcome == "":
		return Expanded{}, fmt.Errorf("the expanded trial says nothing of its trial: %q is missing", "fields")
	}
	return e, nil
}

// trial is the trial as this version of the service has it.
func (e Expanded) trial(s *trial.Service) (trial.Trial, error) {
	return s.Parse(s.Name + "/" + strconv.Itoa(s.Version) + " " + e.Fields)
}
