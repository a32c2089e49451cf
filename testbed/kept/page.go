package kept

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"ordeal/history"
	"ordeal/history/formats"
	"ordeal/nemesis"
	"ordeal/reports"
	"ordeal/reports/timeline"
)

// Page is the page of a trial that can't be played again, made from what its folder holds. why says why it
// can't.
func Page(dir, why string) ([]byte, error) {
	f, err := Read(dir, why)
	if err != nil {
		return nil, err
	}
	return f.Timeline.Page()
}

// Found is what a folder holds of a trial.
type Found struct {
	Result   reports.Result
	History  history.History
	Timeline timeline.Timeline
	// Cut says that the history is missing or breaks off, and Unjudged that the verdict is: of the result there is then no
	// more than the history says.
	Cut, Unjudged bool
}

// Read reads the folder of a trial that can't be played again. What of it is missing, the timeline says; without a
// verdict and without a history there is nothing.
func Read(dir, why string) (Found, error) {
	t := timeline.Timeline{Moment: -1, Missing: []string{
		"The trial was not played again: " + why + ". Messages, disks and what servers were are therefore missing.",
	}}
	missing := func(name string, err error) {
		if errors.Is(err, fs.ErrNotExist) {
			err = errors.New("it is not there")
		}
		t.Missing = append(t.Missing, fmt.Sprintf("%s could not be read: %v.", name, err))
	}
	r, err := readResult(filepath.Join(dir, "verdict.json"))
	if err != nil {
		missing("verdict.json", err)
	}
	if Real(r.Line) {
		t.Missing[0] = "The trial ran on real servers, in real time: messages between them, their disks and what they " +
			"were are not known."
	}
	t.Trial = r.Trial()
	colourFaults(t.Trial.Faults)
	if t.Trial.Title == "" {
		t.Trial.Title = filepath.Base(dir)
	}
	t.Length = r.Length
	h, herr := readHistory(filepath.Join(dir, "history.jsonl"))
	cut := herr != nil
	switch {
	case herr != nil && len(h) > 0:
		t.Missing = append(t.Missing, fmt.Sprintf("history.jsonl breaks off behind %d events: %v.", len(h), herr))
		herr = nil
	case herr != nil:
		missing("history.jsonl", herr)
	}
	if err != nil && herr != nil {
		return Found{}, fmt.Errorf("%s is not the folder of a trial: %w", dir, err)
	}
	t.AddHistory(h)
	found := Found{Result: r, History: h, Timeline: t, Cut: cut, Unjudged: err != nil}
	if found.Unjudged {
		told := reports.Trial{Ops: h, Length: t.Length}.Result()
		found.Result.Operations, found.Result.Latencies = told.Operations, told.Latencies
	}
	return found, nil
}

// colourFaults gives faults the colours of their families, which files do not hold.
func colourFaults(faults []reports.Fault) {
	for _, family := range nemesis.Families() {
		for i := range faults {
			if faults[i].Family == family.Name {
				faults[i].Color = family.Colour
			}
		}
	}
}

func readResult(name string) (r reports.Result, err error) {
	text, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	return r, err
}

// readHistory reads a history as far as it can be read: with an error there are the events before it.
func readHistory(name string) (h history.History, err error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	f, err := formats.Open(filepath.Base(name), bytes.NewReader(data), "jsonl")
	if err != nil {
		return nil, err
	}
	err = f.Each(func(op *history.Op) error {
		h = append(h, *op)
		return nil
	})
	return h, err
}
