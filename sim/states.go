package sim

import (
	"slices"
	"strings"

	"ordeal/host"
)

// A crash by chance leaves one of the states in which a disk may be then. Here they are all, in an order, so that one
// of them can be asked for by its number; 0 is the one that has nothing but what a sync has made durable.
//
// What may be left of a file is each beginning of what was written to it; of the write behind that a part; and, where
// it only grew, each choice of its sectors. Of the directory it is each choice of its changes in which those of one
// name keep their order. Where a piece of a file is torn, one example stands for many that no checksum can tell apart:
// of the places within a sector the first, the middle and the last, and of rubbish one.

// statesMax is how many states of one disk are listed at one instant, and choicesMax of how many things each choice is.
const (
	statesMax  = 1024
	choicesMax = 6
)

// diskState is a state in which a crash may leave a disk.
type diskState struct {
	lost []bool // of the directory's changes
	// files are those that have changed since they were synced, and what is left of each.
	files []*content
	left  []variant
	text  string
}

// variant is what may be left of a file's bytes.
type variant struct {
	data []byte
	hash uint64
	text string
}

// DiskStates is in how many states a crash of a machine at this instant may leave its disk, as LeaveDisk numbers them;
// and how many more there are that have no number, because they are too many.
func (w *World) DiskStates(name host.Addr) (states, more int, err error) {
	m, err := w.machine(name)
	if err != nil {
		return 0, 0, err
	}
	all, more := m.disk.files.states()
	return len(all), more, nil
}

// LeaveDisk says in which state the next crash of a machine leaves its disk, in place of chance. It returns what that
// is, in words. A number beyond the last begins again at the first.
func (w *World) LeaveDisk(name host.Addr, state int) (what string, err error) {
	m, err := w.machine(name)
	if err != nil {
		return "", err
	}
	all, _ := m.disk.files.states()
	m.disk.left = &all[state%len(all)]
	return m.disk.left.text, nil
}

// states lists the states in which a crash may leave the files, each once, and counts those that are left out.
func (f *files) states() (all []diskState, more int) {
	seen := map[uint64]bool{}
	names, more := f.nameStates()
	for _, lost := range names {
		some, left := f.fileStates(lost, statesMax-len(all), seen)
		all, more = append(all, some...), more+left
	}
	return all, more
}

// nameStates lists which changes of the directory a crash may take: from all of them to none.
func (f *files) nameStates() (all [][]bool, more int) {
	n := len(f.dir)
	if n > choicesMax {
		for keep := range n + 1 {
			lost := make([]bool, n)
			for i := keep; i < n; i++ {
				lost[i] = true
			}
			all = append(all, lost)
		}
		return all, power(n) - len(all)
	}
	for mask := power(n) - 1; mask >= 0; mask-- {
		if lost := chosen(mask, n); f.inOrder(lost) {
			all = append(all, lost)
		}
	}
	return all, 0
}

// power is two to the n, and no more than a billion.
func power(n int) int { return 1 << min(n, 30) }

// chosen is the places of the bits that are set, of n.
func chosen(mask, n int) []bool {
	bits := make([]bool, n)
	for i := range bits {
		bits[i] = mask>>i&1 == 1
	}
	return bits
}

// inOrder holds if of the changes of each name a beginning stays.
func (f *files) inOrder(lost []bool) bool {
	gone := map[string]bool{}
	for i, c := range f.dir {
		if !lost[i] && (gone[c.name] || c.to != "" && gone[c.to]) {
			return false
		}
		if lost[i] {
			gone[c.name] = true
			gone[c.to] = c.to != ""
		}
	}
	return true
}

// after is the files by name without some of the directory's changes.
func (f *files) after(lost []bool) files {
	g := files{names: make(map[string]*content, len(f.names)), tree: f.tree}
	for name, file := range f.names { //house:unordered into another map
		g.names[name] = file
	}
	for i := len(f.dir) - 1; i >= 0; i-- {
		if lost[i] {
			g.undoName(&f.dir[i])
		}
	}
	g.prune()
	return g
}

// fileStates lists what may be left of the files that there are without some changes of the directory: all that goes
// together if these are no more than limit, else every variant of each file beside the first and beside the last of the
// others.
func (f *files) fileStates(lost []bool, limit int, seen map[uint64]bool) (all []diskState, more int) {
	g := f.after(lost)
	base := diskState{lost: lost}
	var variants [][]variant
	var labels []string
	settled, product := uint64(hashSeed), 1
	for _, name := range g.list() {
		file := g.names[name]
		list, left := file.variants()
		settled = mix(settled, hashString(name))
		more += left
		if len(list) == 1 {
			settled = mix(settled, list[0].hash)
		}
		base.files, variants, labels = append(base.files, file), append(variants, list), append(labels, g.path(name))
		product = min(product*len(list), power(30))
	}
	picks := combinations(variants, product <= limit)
	for _, pick := range picks {
		s, hash := base, settled
		var words []string
		s.left = make([]variant, len(pick))
		for i, p := range pick {
			s.left[i] = variants[i][p]
			hash = mix(hash, s.left[i].hash)
			if len(variants[i]) > 1 {
				words = append(words, labels[i]+" "+s.left[i].text)
			}
		}
		if seen[hash] || len(all) >= limit {
			continue
		}
		seen[hash] = true
		s.text = strings.Join(append(words, f.lostText(lost)), ", ")
		all = append(all, s)
	}
	return all, more + max(0, product-max(len(picks), min(product, limit)))
}

// combinations are choices of one variant of each file: all that there are, or those in which one file at a time
// differs.
func combinations(variants [][]variant, whole bool) (picks [][]int) {
	n := len(variants)
	if !whole {
		for _, rest := range []int{0, 1} {
			corner := make([]int, n)
			for i := range corner {
				corner[i] = rest * (len(variants[i]) - 1)
			}
			for i := range corner {
				for v := range variants[i] {
					pick := slices.Clone(corner)
					pick[i] = v
					picks = append(picks, pick)
				}
			}
		}
		return picks
	}
	pick := make([]int, n)
	for {
		picks = append(picks, slices.Clone(pick))
		i := n - 1
		for ; i >= 0 && pick[i] == len(variants[i])-1; i-- {
			pick[i] = 0
		}
		if i < 0 {
			return picks
		}
		pick[i]++
	}
}

// lostText says which changes of the directory a crash has taken.
func (f *files) lostText(lost []bool) string {
	var gone []string
	for i, c := range f.dir {
		if lost[i] {
			gone = append(gone, f.changeText(c))
		}
	}
	switch {
	case len(f.dir) == 0:
		return "all names durable"
	case len(gone) == 0:
		return "all names kept"
	}
	return "lost: " + strings.Join(gone, ", ")
}

// changeText says what a change of a directory does.
func (f *files) changeText(c nameChange) string {
	switch name := f.path(c.name); {
	case c.to != "":
		return name + " renamed " + f.path(c.to)
	case c.before == nil:
		return name + " made"
	default:
		return name + " removed"
	}
}

// leave puts the files into a state.
func (f *files) leave(s *diskState) {
	*f = f.after(s.lost)
	for i, file := range s.files {
		file.data = slices.Clip(slices.Clone(s.left[i].data))
		file.undo, file.doubtful = nil, nil
		file.rest.cut(len(file.data))
	}
}
