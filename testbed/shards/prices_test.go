package shards

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"ordeal/testbed/pricing"
)

// bugs are those of a search, and priced is what a shard of it hands on.
var bugs = []string{"a", "b", "c", "d", "e"}

func priced(index, of int) Prices {
	p := Prices{Shard: Shard{index, of},
		Search: Search{Service: "toy", Line: 1, Build: "abc", Command: "toy bugs run", Bugs: bugs}}
	for _, name := range p.Share(bugs) {
		p.Prices = append(p.Prices, pricing.Price{Bug: name, Hunts: []pricing.Hunt{{First: 1, Trials: index}}})
	}
	return p
}

func pricesIn(t *testing.T, all ...Prices) (dirs []string) {
	t.Helper()
	top := t.TempDir()
	for i, p := range all {
		dir := filepath.Join(top, fmt.Sprint(i))
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := p.Write(func(name string, data []byte) error {
			return os.WriteFile(filepath.Join(dir, name), data, 0o644)
		}); err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, dir)
	}
	return dirs
}

// TestMergePrices: the prices of all bugs come in the order of the search, whoever found them.
func TestMergePrices(t *testing.T) {
	dirs := pricesIn(t, priced(2, 3), priced(3, 3), priced(1, 3))
	all, lacks, err := MergePrices(folders(dirs), toy, false)
	if err != nil || lacks != nil {
		t.Fatal(err, lacks)
	}
	var names []string
	for i, one := range all.Prices {
		if names = append(names, one.Bug); one.Hunts[0].Trials != i%3+1 {
			t.Errorf("%+v", one)
		}
	}
	if !reflect.DeepEqual(names, bugs) || !HasPrices(Folder{Path: dirs[0]}) || HasPrices(Folder{Path: t.TempDir()}) {
		t.Error(names)
	}
}

func TestMergePricesSaysWhich(t *testing.T) {
	with := func(index int, change func(*Prices)) Prices {
		p := priced(index, 3)
		change(&p)
		return p
	}
	other := append([]string{"x"}, bugs[1:]...)
	few := with(1, func(p *Prices) { p.Prices = p.Prices[:1] })
	for want, all := range map[string][]Prices{
		"shard 2 of 3 is missing":                        {priced(1, 3), priced(3, 3)},
		"overlap: both are shard 2 of 3":                 {priced(1, 3), priced(2, 3), priced(2, 3)},
		"different builds":                               {priced(1, 3), with(2, func(p *Prices) { p.Build = "d" })},
		"told different things":                          {priced(1, 3), with(2, func(p *Prices) { p.Command = "x" })},
		"different bugs":                                 {priced(1, 3), with(2, func(p *Prices) { p.Bugs = other })},
		"different versions":                             {priced(1, 3), with(2, func(p *Prices) { p.Line = 2 })},
		"different numbers of shards":                    {priced(1, 3), priced(2, 4)},
		"shard 1 of 3 has the prices of 1 of its 2 bugs": {few, priced(2, 3), priced(3, 3)},
		"is of the service \"sea\"":                      {with(1, func(p *Prices) { p.Service = "sea" })},
		"\"a\" is no bug of shard 2 of 3":                {with(2, func(p *Prices) { p.Prices[0].Bug = "a" })},
		"of 3 shards the first is 1 and the last 3":      {with(9, func(*Prices) {})},
	} {
		dirs := folders(pricesIn(t, all...))
		if _, _, err := MergePrices(dirs, toy, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nand not %s", err, want)
		}
	}
	if _, _, err := MergePrices(folders(written(t, result(1, 1))), toy, false); err == nil ||
		!strings.Contains(err.Error(), "no prices.json") {
		t.Error(err)
	}
	all, lacks, err := MergePrices(folders(pricesIn(t, priced(1, 3))), toy, true)
	if err != nil || len(lacks) != 1 || len(all.Prices) != 2 {
		t.Errorf("a partial merge: %+v, %v, %v", all, lacks, err)
	}
}
