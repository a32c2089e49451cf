package shards

import (
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

// Merge puts the shards in folders together. It refuses shards of different campaigns, two of one number, and, unless
// it is partial, a campaign of which something is missing; the error says which they are.
func Merge(dirs []Folder, s *trial.Service, partial bool) (all Merged, err error) {
	sum := campaign.NewSum(s)
	first, lacks, err := gather(dirs, "campaign", partial,
		func(dir Folder) (Result, error) { return read(dir, s) },
		func(r Result, dir Folder) {
			all.Missed = all.Missed || r.Canary == CanaryMissed
			all.Again = append(all.Again, r.Again...)
			sum.Add(within(r.Report, dir.Name))
			all.Shards = append(all.Shards, Part{r.Shard, r.Report.Tally})
		})
	if err != nil {
		return Merged{}, err
	}
	slices.SortFunc(all.Again, func(a, b Again) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(all.Shards, func(a, b Part) int { return a.Index - b.Index })
	all.Campaign, all.Lacks, all.Report = first.Campaign, lacks, sum.Report()
	return all, nil
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
