package search

// Subset looks for few of n things that are enough: delta debugging (Zeller, Hildebrandt, "Simplifying and Isolating
// Failure-Inducing Input", 2002), which takes out as many at once as it can: all of them, halves, quarters, and at last
// each alone, until no single one can go.
//
// first is given subsets to choose from, each a sorted list of places from 0 on, and returns the place of the first
// that is enough, or -1. Subset returns the last that was enough; all of them at the start. An error of first ends it,
// and what was enough until then is returned beside it.
func Subset(n int, first func(candidates [][]int) (int, error)) ([]int, error) {
	kept := make([]int, n)
	for i := range kept {
		kept[i] = i
	}
	for size := n; size > 0; {
		smaller := false
		for from := 0; from < len(kept); {
			places, candidates := without(kept, from, size)
			i, err := first(candidates)
			if err != nil {
				return kept, err
			}
			if i < 0 {
				break
			}
			kept, from, smaller = candidates[i], places[i], true
		}
		size = min(size, len(kept))
		if size == 1 && smaller {
			continue
		}
		size /= 2
	}
	return kept, nil
}

// without lists what is left when so many at once are taken out, from a place on, and where each piece began.
func without(kept []int, from, size int) (places []int, candidates [][]int) {
	for ; from < len(kept); from += size {
		rest := append([]int(nil), kept[:from]...)
		candidates = append(candidates, append(rest, kept[min(from+size, len(kept)):]...))
		places = append(places, from)
	}
	return places, candidates
}
