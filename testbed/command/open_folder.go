package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"ordeal/history"
	"ordeal/history/formats"
	"ordeal/nemesis"
	"ordeal/reports"
	"ordeal/reports/timeline"
)

// pageOfFolder is the page of a trial that can't be played again, made from what its folder holds. why says why it
// can't.
func pageOfFolder(dir, why string) ([]byte, error) {
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
	t.Trial = r.Trial()
	colourFaults(t.Trial.Faults)
	if t.Trial.Title == "" {
		t.Trial.Title = filepath.Base(dir)
	}
	t.Length = r.Length
	h, herr := readHistory(filepath.Join(dir, "history.jsonl"))
	if herr != nil {
		missing("history.jsonl", herr)
	}
	if err != nil && herr != nil {
		return nil, Usage(fmt.Errorf("%s is not the folder of a trial: %w", dir, err))
	}
	fromHistory(&t, h)
	return t.Page()
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

func readHistory(name string) (history.History, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return formats.Read(name, data)
}

// fromHistory puts the operations of a history into lanes of one process each.
func fromHistory(t *timeline.Timeline, h history.History) {
	pairs, err := h.Pair()
	if err != nil {
		t.Missing = append(t.Missing, fmt.Sprintf("The history can't be drawn: %v.", err))
		return
	}
	blamed := make(map[int]bool)
	for _, v := range t.Trial.Verdicts {
		for _, e := range v.Evidence {
			blamed[e.Index] = true
			t.Moment = max(t.Moment, e.Time)
		}
	}
	for _, o := range pairs {
		if o.Process < 0 {
			continue
		}
		name := fmt.Sprintf("process %d", o.Process)
		lane := slices.Index(t.Clients, name)
		if lane < 0 {
			lane, t.Clients = len(t.Clients), append(t.Clients, name)
		}
		t.Ops = append(t.Ops, timeline.OpOf(o, lane, "", blamed[o.Call]))
		t.Length = max(t.Length, o.Completed, o.Invoked)
	}
}
