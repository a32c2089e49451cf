package findings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ordeal/testbed/campaign"
	"ordeal/testbed/trial"
)

// Folder is a folder of findings.
type Folder struct {
	dir     string
	service *trial.Service
	byID    map[string]*Finding
	// before is the state of each when the folder was opened, and found are the findings of this campaign, by ID.
	before  map[string]State
	found   map[string]bool
	changed map[string]bool
}

// Open reads the folder of a service's findings; one that is not there yet is empty. Nothing is changed by it, and one
// of a newer version is refused whole.
func Open(dir string, s *trial.Service) (*Folder, error) {
	f := &Folder{dir: dir, service: s, byID: make(map[string]*Finding), before: make(map[string]State),
		found: make(map[string]bool), changed: make(map[string]bool)}
	names, err := filepath.Glob(filepath.Join(globQuoted(dir), "*.json"))
	if err != nil {
		return nil, fmt.Errorf("the findings in %s: %w", dir, err)
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("the findings in %s: it is no folder", dir)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the findings in %s: %w", dir, err)
	}
	slices.Sort(names)
	texts := make(map[string][]byte)
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("the findings: %w", err)
		}
		if newer(text) {
			return nil, fmt.Errorf("%s is of a newer version than this program, which reads up to format %d: nothing was "+
				"changed", name, format)
		}
		texts[name] = text
	}
	for _, name := range names {
		one, err := parse(texts[name])
		if err != nil {
			return nil, fmt.Errorf("%s:%w", name, err)
		}
		if want := one.ID + ".json"; filepath.Base(name) != want {
			return nil, fmt.Errorf("%s:1:1: what is in it belongs into %s", name, want)
		}
		if one.Service == s.Name {
			f.byID[one.ID], f.before[one.ID] = &one, one.State
		}
	}
	return f, nil
}

// globQuoted is a path in which nothing is a pattern.
func globQuoted(dir string) string {
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `\`, `\\`).Replace(dir)
}

// newer says that a file is of a later format, whatever else is in it.
func newer(text []byte) bool {
	var head struct {
		Format int `json:"format"`
	}
	return json.Unmarshal(text, &head) == nil && head.Format > format
}

// All are the findings, those that are there before those that are resolved, each by ID.
func (f *Folder) All() []Finding {
	var all []Finding
	for _, one := range f.byID { //house:unordered sorted below
		all = append(all, *one)
	}
	slices.SortFunc(all, func(a, b Finding) int {
		if a.State.Open() != b.State.Open() {
			if a.State.Open() {
				return -1
			}
			return 1
		}
		return strings.Compare(a.ID, b.ID)
	})
	return all
}

// File is the path of a finding's file.
func (f *Folder) File(id string) string { return filepath.Join(f.dir, id+".json") }

// First are the findings whose trials a campaign plays before others: the resolved ones, and then those that are there.
// One whose line this version can't play is not among them.
func (f *Folder) First() (list []Finding) {
	all := f.All()
	slices.SortStableFunc(all, func(a, b Finding) int {
		switch {
		case a.State == b.State || a.State.Open() && b.State.Open():
			return 0
		case a.State == Resolved:
			return -1
		}
		return 1
	})
	for _, one := range all {
		if _, err := f.service.Parse(one.Line); err == nil && (one.Bug == "" || f.service.Marked) {
			list = append(list, one)
		}
	}
	return list
}

// Known says that a finding was there before the campaign, and was not resolved.
func (f *Folder) Known(id string) bool { return f.before[id].Open() }

// Of is what a campaign's finding is: see the function.
func (f *Folder) Of(one campaign.Finding) (Finding, bool) { return Of(f.service, one) }

// State is what is known of a finding, "" if nothing is.
func (f *Folder) State(id string) State {
	if one, ok := f.byID[id]; ok {
		return one.State
	}
	return ""
}

// Resolved are the IDs of the findings that this campaign has resolved.
func (f *Folder) Resolved() (list []string) {
	for _, one := range f.All() {
		if one.State == Resolved && f.before[one.ID] != Resolved {
			list = append(list, one.ID)
		}
	}
	return list
}

// Found notes a finding of a campaign at a commit.
func (f *Folder) Found(one Finding, commit string) {
	first := !f.found[one.ID]
	f.found[one.ID], f.changed[one.ID] = true, true
	kept, ok := f.byID[one.ID]
	if !ok {
		one.State, one.First, one.Last = New, commit, commit
		f.byID[one.ID] = &one
		return
	}
	kept.Last = commit
	if first {
		switch kept.State {
		case New, Regressed:
			kept.State = Ongoing
		case Resolved:
			kept.State = Regressed
		}
	}
	f.take(one, kept)
}

// Shrunk takes over a smaller trial of a finding that is there already, and says whether it is one. What campaigns
// know of the finding stays as it is.
func (f *Folder) Shrunk(one Finding) bool {
	kept, ok := f.byID[one.ID]
	if ok && f.take(one, kept) {
		f.changed[one.ID] = true
		return true
	}
	return false
}

// take takes over a trial that is smaller than the one that is kept, or than one that can't be played any more.
func (f *Folder) take(one Finding, kept *Finding) bool {
	if _, err := f.service.Parse(kept.Line); err == nil && !one.smaller(*kept) {
		return false
	}
	kept.Line, kept.Reason, kept.Operations, kept.Faults = one.Line, one.Reason, one.Operations, one.Faults
	return true
}

// Passed notes that the trial of a finding passed at a commit. What the campaign found again besides is not resolved.
func (f *Folder) Passed(id, commit string) {
	if kept, ok := f.byID[id]; ok && kept.State != Resolved && !f.found[id] {
		kept.State, kept.Last = Resolved, commit
		f.changed[id] = true
	}
}

// Write writes the files of those findings that have changed.
func (f *Folder) Write() error {
	for _, id := range slices.Sorted(keys(f.changed)) {
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(f.byID[id]); err != nil {
			panic("findings: a finding is plain data: " + err.Error())
		}
		if err := os.MkdirAll(f.dir, 0o755); err != nil {
			return fmt.Errorf("the findings: %w", err)
		}
		if err := replace(f.File(id), out.Bytes()); err != nil {
			return fmt.Errorf("the findings: %w", err)
		}
	}
	clear(f.changed)
	return nil
}

// replace writes a file whole or not at all.
func replace(path string, text []byte) error {
	part := path + ".part"
	if err := os.WriteFile(part, text, 0o644); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return os.Rename(part, path)
}

func keys(set map[string]bool) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for id := range set { //house:unordered whoever asks sorts
			if !yield(id) {
				return
			}
		}
	}
}
