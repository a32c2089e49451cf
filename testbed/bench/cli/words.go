package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"ordeal/testbed/bench"
	"ordeal/testbed/load"
)

// shapes are the names that the flags have, or these.
func (a *app) shapes(presetLoad, presetNetwork string) (loads, networks []string, err error) {
	var allLoads, allNetworks []string
	for _, s := range a.service.Bench.AllShapes() {
		allLoads = append(allLoads, s.Name)
	}
	for _, n := range a.service.Bench.AllNetworks() {
		allNetworks = append(allNetworks, n.Name)
	}
	if len(allLoads) == 0 {
		return nil, nil, fmt.Errorf("%s has none of the kinds of request that a load asks for", a.service.Name)
	}
	if presetLoad != "all" && !strings.Contains(","+strings.Join(allLoads, ",")+",", ","+presetLoad+",") {
		presetLoad = allLoads[0]
	}
	loads = words(a.loads, presetLoad, allLoads)
	networks = words(a.networks, presetNetwork, allNetworks)
	for _, l := range loads {
		for _, n := range networks {
			if _, _, err := bench.Shapes(a.service, l, n); err != nil {
				return nil, nil, err
			}
		}
	}
	return loads, networks, nil
}

func words(given, preset string, all []string) []string {
	if given == "" {
		given = preset
	}
	if given == "all" {
		return all
	}
	return strings.Split(given, ",")
}

// listShapes lists what there is to measure.
func (a *app) listShapes(out io.Writer) error {
	fmt.Fprintln(out, "loads:")
	for _, s := range a.service.Bench.AllShapes() {
		s = s.Filled()
		fmt.Fprintf(out, "  %-16s %s; %s, %d objects of %d bytes, %d a second\n", s.Name, s.What, mix(s), s.Keys, s.Bytes,
			s.Rate)
	}
	fmt.Fprintln(out, "networks:")
	for _, n := range a.service.Bench.AllNetworks() {
		fmt.Fprintf(out, "  %-16s %s\n", n.Name, n.What)
	}
	return nil
}

// mix says what a load asks for, in proportion.
func mix(s load.Shape) string {
	var parts []string
	for _, one := range s.Mix {
		parts = append(parts, fmt.Sprintf("%d %s", one.Weight, one.Kind))
	}
	return strings.Join(parts, ", ")
}

// parseSeeds reads "1-12", or "7".
func parseSeeds(text, preset string) (seeds []uint64, err error) {
	if text == "" {
		text = preset
	}
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		last = first
	}
	from, err1 := strconv.ParseUint(first, 10, 63)
	to, err2 := strconv.ParseUint(last, 10, 63)
	if err1 != nil || err2 != nil || to < from || to-from >= 1000 {
		return nil, fmt.Errorf("--seeds %s: it is a range as 1-12, of at most 1000", text)
	}
	for seed := from; seed <= to; seed++ {
		seeds = append(seeds, seed)
	}
	return seeds, nil
}

// parseRates reads "100,200"; nil for nothing.
func parseRates(text string) (rates []int, err error) {
	if text == "" {
		return nil, nil
	}
	for _, word := range strings.Split(text, ",") {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("--rates %s: these are numbers of requests a second, as 100,200,400", text)
		}
		rates = append(rates, n)
	}
	return rates, nil
}
