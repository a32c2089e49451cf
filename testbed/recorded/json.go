package recorded

import (
	"encoding/json"

	"ordeal/checker"
	"ordeal/checker/txn"
	"ordeal/history"
	"ordeal/model"
)

// A judgement as programs read it. Operations have their events, counted from 0, the second nil where nothing completed
// them, and their values as text.

type judgementJSON struct {
	File      string          `json:"file"`
	Model     string          `json:"model"`
	Outcome   string          `json:"outcome"`
	Contents  string          `json:"contents"`
	Reason    string          `json:"reason,omitempty"`
	Object    string          `json:"object,omitempty"`
	Evidence  []operationJSON `json:"evidence,omitempty"`
	Measures  []measureJSON   `json:"measures,omitempty"`
	Anomalies []anomalyJSON   `json:"anomalies,omitempty"`
	Counts    map[string]int  `json:"counts,omitempty"`
	Forbidden []string        `json:"forbidden,omitempty"`
	Not       []string        `json:"not,omitempty"`
	AlsoNot   []string        `json:"also_not,omitempty"`
	Holds     []string        `json:"holds,omitempty"`
	Notes     []string        `json:"notes,omitempty"`
}

type operationJSON struct {
	Process  int    `json:"process"`
	F        string `json:"f,omitempty"`
	Key      string `json:"key,omitempty"`
	Argument string `json:"argument"`
	Result   string `json:"result"`
	Type     string `json:"type"`
	Events   [2]any `json:"events"`
}

type measureJSON struct {
	Checker string `json:"checker"`
	Name    string `json:"name"`
	Value   int64  `json:"value"`
	Unit    string `json:"unit,omitempty"`
}

type anomalyJSON struct {
	Kind         string          `json:"kind"`
	Text         string          `json:"text"`
	Transactions []operationJSON `json:"transactions"`
	Steps        []stepJSON      `json:"steps,omitempty"`
}

type stepJSON struct {
	Kind string `json:"kind"`
	Why  string `json:"why"`
}

func operationsJSON(ops []history.Operation) []operationJSON {
	var out []operationJSON
	for _, op := range ops {
		o := operationJSON{
			Process: op.Process, F: op.F, Key: op.Key, Argument: model.TextOf(op.Argument), Result: model.TextOf(op.Result),
			Type: op.End.String(), Events: [2]any{op.Call, nil},
		}
		if op.Return >= 0 {
			o.Events[1] = op.Return
		}
		out = append(out, o)
	}
	return out
}

func anomaliesJSON(all []txn.Anomaly) []anomalyJSON {
	var out []anomalyJSON
	for _, a := range all {
		one := anomalyJSON{Kind: a.Kind, Text: a.Text, Transactions: operationsJSON(a.Transactions)}
		for _, s := range a.Steps {
			one.Steps = append(one.Steps, stepJSON{s.Kind, s.Why})
		}
		out = append(out, one)
	}
	return out
}

func measuresJSON(v checker.Verdict) []measureJSON {
	var out []measureJSON
	for _, m := range v.Measures {
		out = append(out, measureJSON{v.Checker, m.Name, m.Value, m.Unit})
	}
	for _, p := range v.Parts {
		out = append(out, measuresJSON(p)...)
	}
	return out
}

// judgementBytes is a judgement as one line of JSON.
func judgementBytes(name, as string, held counts, v checker.Verdict, notes []string) ([]byte, error) {
	j := judgementJSON{
		File: name, Model: as, Outcome: v.Outcome.String(), Contents: held.text(v), Reason: v.Reason, Object: v.Key,
		Evidence: operationsJSON(v.Evidence), Measures: measuresJSON(v), Notes: notes,
	}
	if r := transactionsOf(v); r != nil {
		j.Anomalies, j.Forbidden, j.Not, j.AlsoNot, j.Holds = anomaliesJSON(r.Found), r.Forbidden, r.Not, r.AlsoNot, r.Holds
		j.Counts = map[string]int{}
		for _, c := range r.Counts {
			j.Counts[c.Kind] = c.N
		}
	}
	line, err := json.Marshal(j)
	return append(line, '\n'), err
}
