package shards

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ordeal/testbed/campaign"
	"ordeal/testbed/trial"
)

// Merged is a campaign put together from its shards.
type Merged struct {
	Campaign Campaign
	Report   campaign.Report
	Again    []Again
	// Missed says that a shard did not find the canary.
	Missed bool
	// Shards are the parts, by number.
	Shards []Part
	// Lacks says what is not there of the campaign, which only a partial merge lets pass: without it, it is empty.
	Lacks []string
}

// Part is a shard in numbers.
type Part struct {
	Shard
	campaign.Tally
}

// namesMax is how many shards are named in one sentence.
const namesMax = 10

// Merge puts the shards in folders together. It refuses shards of different campaigns, two of one number, and, unless
// it is partial, a campaign of which something is missing; the error says which they are.
func Merge(dirs []string, s *trial.Service, partial bool) (Merged, error) {
	if len(dirs) == 0 {
		return Merged{}, errors.New("no shards")
	}
	var all Merged
	var first Result
	sum := campaign.NewSum(s)
	var wrong []error
	at := make(map[int]string) // the folder of each shard
	for i, dir := range dirs {
		r, err := read(dir, s)
		if err != nil {
			return Merged{}, err
		}
		if i == 0 {
			first, all.Campaign = r, r.Campaign
		}
		if text := first.differs(r); text != "" {
			wrong = append(wrong, fmt.Errorf("%s and %s are no shards of one campaign: %s", dirs[0], dir, text))
			continue
		}
		if other, twice := at[r.Index]; twice {
			wrong = append(wrong, overlap(other, dir, r.Shard))
			continue
		}
		at[r.Index] = dir
		if text := r.short(); text != "" {
			all.Lacks = append(all.Lacks, text)
		}
		all.Missed = all.Missed || r.Canary == CanaryMissed
		all.Again = append(all.Again, r.Again...)
		sum.Add(within(r.Report, dir))
		all.Shards = append(all.Shards, Part{r.Shard, r.Report.Tally})
	}
	if text := missing(first.Of, at); text != "" {
		all.Lacks = append([]string{text}, all.Lacks...)
	}
	if err := refused(wrong, all.Lacks, partial); err != nil {
		return Merged{}, err
	}
	slices.SortFunc(all.Again, func(a, b Again) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(all.Shards, func(a, b Part) int { return a.Index - b.Index })
	all.Report = sum.Report()
	return all, nil
}

func overlap(one, other string, of Shard) error {
	return fmt.Errorf("%s and %s overlap: both are %v", one, other, of)
}

// refused is why shards are not put together: what is wrong with them, or else, unless the merge is partial, what they
// lack.
func refused(wrong []error, lacks []string, partial bool) error {
	if len(wrong) == 0 && !partial {
		for _, text := range lacks {
			wrong = append(wrong, errors.New(text))
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return listed(wrong)
}

// listed is an error of one line for the first of many.
func listed(wrong []error) error {
	var texts []string
	for _, err := range wrong[:min(len(wrong), namesMax)] {
		texts = append(texts, err.Error())
	}
	if left := len(wrong) - len(texts); left > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", left))
	}
	return errors.New(strings.Join(texts, "; "))
}

// differs says in what two shards' campaigns differ, "" if in nothing.
func (r Result) differs(o Result) string {
	a, b := r.Campaign, o.Campaign
	return difference([]contrast{
		{"they are of different builds", a.Build, b.Build},
		{"their trial lines are of different versions", fmt.Sprint(a.Line), fmt.Sprint(b.Line)},
		{"they were told different things", a.Command, b.Command},
		{"they are of different commits", a.Commit, b.Commit},
		{"there are different numbers of shards", fmt.Sprint(r.Of), fmt.Sprint(o.Of)},
		{"they are of different seeds", fmt.Sprintf("%d-%d", a.First, a.Last), fmt.Sprintf("%d-%d", b.First, b.Last)},
		{"their trials differ", fmt.Sprint(a.Template, a.Workloads, a.Nodes), fmt.Sprint(b.Template, b.Workloads, b.Nodes)},
		{"different things are required of them", a.Require, b.Require},
		{"they have different canaries", a.CanaryBug, b.CanaryBug},
		{"they are for different things", a.Purpose, b.Purpose},
	})
}

// contrast is something of two shards that has to be the same, and what to say if it is not.
type contrast struct{ what, one, other string }

// difference says what is not the same, "" if all is.
func difference(list []contrast) string {
	for _, c := range list {
		if c.one != c.other {
			return fmt.Sprintf("%s, %q and %q", c.what, c.one, c.other)
		}
	}
	return ""
}

// missing says which shards of so many are not there.
func missing(of int, at map[int]string) string {
	var lacks []string
	n := 0
	for i := 1; i <= of; i++ {
		if at[i] != "" {
			continue
		}
		if n++; n <= namesMax {
			lacks = append(lacks, fmt.Sprint(i))
		}
	}
	switch {
	case n == 0:
		return ""
	case n == 1:
		return fmt.Sprintf("shard %s of %d is missing", lacks[0], of)
	case n > namesMax:
		lacks = append(lacks, fmt.Sprintf("%d more", n-namesMax))
	}
	return fmt.Sprintf("shards %s and %s of %d are missing", strings.Join(lacks[:len(lacks)-1], ", "),
		lacks[len(lacks)-1], of)
}

// within is a report whose kept trials are in the folder of their shard, wherever it was when they were played.
func within(r campaign.Report, dir string) campaign.Report {
	for i := range r.Kept {
		r.Kept[i].Dir = moved(r.Kept[i].Dir, dir)
	}
	for i := range r.Findings {
		r.Findings[i].Summary.Dir = moved(r.Findings[i].Summary.Dir, dir)
	}
	return r
}

func moved(kept, dir string) string {
	if kept == "" {
		return ""
	}
	kept = strings.ReplaceAll(kept, "\\", "/")
	return dir + "/" + kept[strings.LastIndexByte(kept, '/')+1:]
}
