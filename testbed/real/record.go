package real

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"ordeal/nemesis"
	"ordeal/testbed/play"
	"ordeal/testbed/target"
	"ordeal/testbed/trial"
)

// Record is what a trial that was not valid leaves for whoever wants to play it again: all that its seed does not
// decide but the time. It is the file again.json of the trial's folder.
type Record struct {
	// Cluster and Network are as the flags take them.
	Cluster string `json:"cluster"`
	Network string `json:"network"`
	// Says is what the product said of its version.
	Says     string `json:"says,omitempty"`
	Workload string `json:"workload"`
	// Seed is that of the clients and of what chance does to the network.
	Seed   uint64        `json:"seed"`
	Nodes  int           `json:"nodes"`
	Length time.Duration `json:"length_ns"`
	Rate   int           `json:"rate"`
	Plan   []string      `json:"plan"`
	// Faults are the steps of the plan with when they were carried out, in nanoseconds, and on whom.
	Faults  []RecordedFault `json:"faults"`
	Outcome string          `json:"outcome"`
	Checker string          `json:"checker"`
	Reason  string          `json:"reason"`
}

// RecordedFault is a step of a plan as it was carried out.
type RecordedFault struct {
	Fault string        `json:"fault"`
	On    string        `json:"on"`
	From  time.Duration `json:"from_ns"`
	To    time.Duration `json:"to_ns"`
}

// recordName is the name of the file in the trial's folder.
const recordName = "again.json"

// leave writes the record of a trial that was not valid.
func (t Trial) leave(r play.Result, says string) error {
	record := Record{
		Cluster: t.Product.called, Network: t.Means.network, Says: says, Workload: t.Target.Workload, Seed: t.Target.Seed,
		Nodes: t.Nodes, Length: t.Target.Length, Rate: t.Target.Rate, Outcome: r.Summary.Outcome,
		Checker: r.Summary.Checker, Reason: r.Summary.Reason, Plan: []string{},
	}
	for _, s := range t.Plan {
		record.Plan = append(record.Plan, s.String())
	}
	for _, f := range r.Report.Faults {
		record.Faults = append(record.Faults, RecordedFault{f.Kind, f.Label, f.From, f.To})
	}
	return record.Write(filepath.Join(t.Dir, t.Folder(), recordName))
}

// Write writes a record.
func (r Record) Write(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o640)
}

// ReadRecord reads a record: a file, or the one of a trial's folder.
func ReadRecord(path string) (r Record, err error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, recordName)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("%s: %w", path, err)
	}
	if r.Cluster == "" || r.Workload == "" || r.Nodes == 0 || r.Length <= 0 {
		return r, fmt.Errorf("%s is no record of a trial of a cluster", path)
	}
	return r, nil
}

// Faulty is the record's plan.
func (r Record) Faulty() (nemesis.Plan, error) {
	var text []byte
	for _, line := range r.Plan {
		text = append(append(text, line...), '\n')
	}
	return trial.ParsePlan("plan", text)
}

// Again is the trial of a record, with the same seed. service is the one that trials are of unless the cluster's
// protocol has another; its folder goes below dir.
func (r Record) Again(service *trial.Service, dir string) (Trial, error) {
	p, err := Named(r.Cluster)
	if err != nil {
		return Trial{}, err
	}
	if service, err = p.Service(service); err != nil {
		return Trial{}, err
	}
	means, err := Look(r.Network, p)
	if err != nil {
		return Trial{}, err
	}
	t := Trial{Product: p, Nodes: r.Nodes, Means: means, Dir: dir, Target: target.Target{Service: service,
		Workload: r.Workload, Seed: r.Seed, Length: r.Length, Rate: r.Rate}}
	if t.Plan, err = r.Faulty(); err == nil {
		err = t.Check()
	}
	return t, err
}

// Service is what a cluster of the product is tried as.
func (p *Product) Service(s *trial.Service) (*trial.Service, error) {
	if p.Protocol == "" {
		return s, nil
	}
	if other := s.Protocols[p.Protocol]; other != nil {
		return other, nil
	}
	return nil, fmt.Errorf("nothing here has clients that speak the protocol %s", p.Protocol)
}
