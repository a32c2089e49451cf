package shards

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ordeal/reports"
	"ordeal/testbed/pricing"
	"ordeal/testbed/trial"
)

// PricesName is the file in a shard's folder that holds its Prices.
const PricesName = "prices.json"

// Prices is what a shard of a search for planted bugs hands on: what each of its bugs costs. It has every Of-th bug.
type Prices struct {
	Format int `json:"format"`
	Shard
	Search
	Prices []pricing.Price `json:"prices"`
}

// Search is a search for planted bugs that shards have parts of.
type Search struct {
	// Service and Line are the service's name and the version of its trial lines; Build is the program.
	Service string `json:"service"`
	Line    int    `json:"line"`
	Build   string `json:"build"`
	// Command is what all shards were told, and Bugs are those of the whole search, in order.
	Command string   `json:"command"`
	Bugs    []string `json:"bugs"`
}

// Share is those of so many bugs that are the shard's.
func (s Shard) Share(all []string) (own []string) {
	for i := s.Index - 1; i < len(all); i += s.Of {
		own = append(own, all[i])
	}
	return own
}

// Write writes a shard's prices into its folder.
func (p Prices) Write(folder reports.Folder) error {
	p.Format = resultFormat
	text, err := json.MarshalIndent(p, "", "\t")
	if err != nil {
		panic("shards: prices are plain data: " + err.Error())
	}
	return folder(PricesName, append(text, '\n'))
}

// HasPrices says that a folder is that of a shard of a search for planted bugs.
func HasPrices(dir Folder) bool {
	_, err := os.Stat(filepath.Join(dir.Path, PricesName))
	return err == nil
}

// MergePrices puts the prices in folders together, in the order of the whole search. It refuses what Merge does.
// Lacks is what is not there, which only a partial merge lets pass.
func MergePrices(dirs []Folder, s *trial.Service, partial bool) (all Prices, lacks []string, err error) {
	found := make(map[string]pricing.Price)
	all, lacks, err = gather(dirs, "search", partial,
		func(dir Folder) (Prices, error) { return readPrices(dir, s) },
		func(p Prices, _ Folder) {
			for _, one := range p.Prices {
				found[one.Bug] = one
			}
		})
	if err != nil {
		return Prices{}, nil, err
	}
	all.Prices = nil
	for _, name := range all.Bugs {
		if one, ok := found[name]; ok {
			all.Prices = append(all.Prices, one)
		}
	}
	return all, lacks, nil
}

func (p Prices) shard() Shard { return p.Shard }

// short says which prices a shard lacks; "" if none.
func (p Prices) short() string {
	if own := p.Share(p.Bugs); len(p.Prices) < len(own) {
		return fmt.Sprintf("%v has the prices of %d of its %d bugs", p.Shard, len(p.Prices), len(own))
	}
	return ""
}

// readPrices reads the prices of the shard in a folder.
func readPrices(dir Folder, s *trial.Service) (Prices, error) {
	text, path, err := readFile(dir, PricesName, "a shard of `bugs run`")
	if err != nil {
		return Prices{}, err
	}
	p := Prices{}
	err = json.Unmarshal(text, &p)
	if err := usable(path, p.Format, p.Shard, p.Service, s, err); err != nil {
		return Prices{}, err
	}
	own := p.Share(p.Bugs)
	for _, one := range p.Prices {
		if !slices.Contains(own, one.Bug) {
			return Prices{}, fmt.Errorf("%s: %q is no bug of %v", path, one.Bug, p.Shard)
		}
	}
	return p, nil
}

func (p Prices) differs(o Prices) string { return p.Search.differs(o.Search, p.Of, o.Of) }

// differs says in what two searches, and their numbers of shards, differ; "" if in nothing.
func (a Search) differs(b Search, of, other int) string {
	return difference([]contrast{
		{"they are of different builds", a.Build, b.Build},
		{"their trial lines are of different versions", fmt.Sprint(a.Line), fmt.Sprint(b.Line)},
		{"they were told different things", a.Command, b.Command},
		{"there are different numbers of shards", fmt.Sprint(of), fmt.Sprint(other)},
		{"they are of different bugs", strings.Join(a.Bugs, " "), strings.Join(b.Bugs, " ")},
	})
}
