package play

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"ordeal/reports"
	"ordeal/testbed/machines"
)

// Outcomes of a trial.
const (
	Valid   = "valid"
	Unknown = "unknown"
	Invalid = "invalid"
)

// Summary is a trial's result without its history: what a worker sends home.
type Summary struct {
	// Line is the trial, as trial.Service.Parse reads it, and Command what to paste to play it again.
	Line    string `json:"line"`
	Command string `json:"command"`
	// Outcome is "valid", "unknown" or "invalid"; Checker and Reason belong to the verdict that decided it.
	Outcome string `json:"outcome"`
	Checker string `json:"checker,omitempty"`
	Reason  string `json:"reason,omitempty"`
	// Violations are the promises that were broken; the first decided the verdict.
	Violations []Violation `json:"violations,omitempty"`
	// Resolved is how many operations ended unknown to their clients, and the simulator knows how. Masked says that
	// something is wrong that no client could have seen: see trial.Truth.
	Resolved int  `json:"resolved,omitempty"`
	Masked   bool `json:"masked,omitempty"`
	// TraceHash is over every event of the world, in hex; HistoryHash over the history as it is written.
	TraceHash   string `json:"traceHash"`
	HistoryHash string `json:"historyHash"`
	// Events of the world; VirtualMs is how long it lived, in its own milliseconds.
	Events    uint64 `json:"events"`
	VirtualMs int64  `json:"virtualMs"`
	// Operations is how many the clients began.
	Operations int `json:"operations"`
	// Fired and Skipped count the plan's steps by kind of fault.
	Fired   map[string]int `json:"fired,omitempty"`
	Skipped map[string]int `json:"skipped,omitempty"`
	// Recoveries are how long clients waited for the faults that fired.
	Recoveries []reports.Recovery `json:"recoveries,omitempty"`
	// Sprung are the pinned faults that came to what they were pinned to, in order.
	Sprung []machines.Sprung `json:"sprung,omitempty"`
	// Points are what faults can be pinned to, if they were asked for.
	Points []machines.Point `json:"points,omitempty"`
	// Covered are the names of the items that happened, in the order of coverage.Items.
	Covered []string `json:"covered,omitempty"`
	// Scenarios are how far those of the service's got that began, by name.
	Scenarios map[string]Reached `json:"scenarios,omitempty"`
	// States are hashes of the states of the protocol that were reached, sorted, if they were asked for.
	States []uint32 `json:"states,omitempty"`
	// Text tells a person of a trial that is not valid.
	Text string `json:"text,omitempty"`
	// Result is the trial for programs, if it was asked for.
	Result *reports.Result `json:"result,omitempty"`
	// Explicit is what the trial did, as data, if it was asked for.
	Explicit *Explicit `json:"explicit,omitempty"`
	// Account tells the story of a trial that is invalid, if it was asked for.
	Account string `json:"account,omitempty"`
	// CPUMs is what the trial cost in CPU milliseconds. It is the only field that differs from run to run.
	CPUMs int64 `json:"cpuMs"`
	// Dir is the folder that the trial's files were written to, if they were.
	Dir string `json:"dir,omitempty"`
	// Unwritten says why the trial's files could not be written, if they were asked for and could not.
	Unwritten string `json:"unwritten,omitempty"`
}

// Reached is how far a scenario got in a trial: how many of its steps came about at most, and how often all did.
type Reached struct {
	Steps int `json:"steps"`
	Times int `json:"times"`
}

// Brief is the summary without what happened in the trial besides its verdict.
func (s Summary) Brief() Summary {
	s.Recoveries, s.Sprung, s.Points, s.Covered, s.Scenarios, s.States = nil, nil, nil, nil, nil, nil
	s.Result, s.Explicit, s.Account = nil, nil, ""
	return s
}

// Same reports whether two summaries are of one run of one trial.
func (s Summary) Same(other Summary) bool {
	return s.TraceHash == other.TraceHash && s.HistoryHash == other.HistoryHash && s.Events == other.Events &&
		s.Outcome == other.Outcome && s.Reason == other.Reason && slices.Equal(s.Covered, other.Covered)
}

// Difference says how two runs of one trial differ.
func (s Summary) Difference(other Summary) string {
	return fmt.Sprintf("two runs of one trial differ: trace %s and %s, %d and %d events, history %s and %s, %s and %s",
		s.TraceHash, other.TraceHash, s.Events, other.Events, s.HistoryHash, other.HistoryHash, s.Outcome, other.Outcome)
}

// Folder is the name of the trial's folder within the campaign's, "" without one.
func (s Summary) Folder() string {
	if s.Dir == "" {
		return ""
	}
	return filepath.Base(s.Dir)
}

// Away says that the trial's files are on no disk of this machine: Dir is a URL.
func (s Summary) Away() bool { return strings.Contains(s.Dir, "://") }
