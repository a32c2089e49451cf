package sim

// A disk may write what it was given in another order than it was given, as long as no sync is asked for. So a crash
// may leave what came later without what came before.

// reorderOneIn is how many crashes there are to one, for a file or the directory, that finds the order changed.
const reorderOneIn = 4

// loseSome undoes some changes of the directory. Changes of one name keep their order: of these a beginning stays.
func (f *files) loseSome(chance *stream) {
	lost := make([]bool, len(f.dir))
	gone := map[string]bool{}
	for i, c := range f.dir {
		lost[i] = chance.below(2) == 0 || gone[c.name] || c.to != "" && gone[c.to]
		if lost[i] {
			gone[c.name] = true
			gone[c.to] = c.to != ""
		}
	}
	for i := len(f.dir) - 1; i >= 0; i-- {
		if lost[i] {
			f.undoName(&f.dir[i])
		}
	}
}

// onlyGrew holds if all that is not durable are appends.
func (f *content) onlyGrew() bool {
	for _, c := range f.undo {
		if !c.appends() {
			return false
		}
	}
	return true
}

// keptLength holds if all that is not durable are appends and writes over what was there.
func (f *content) keptLength() bool {
	for _, c := range f.undo {
		if c.truncates() {
			return false
		}
	}
	return true
}

// scatter leaves the file as long as it was and loses some of the pieces that were appended: zeros are in their place.
func (f *content) scatter(chance *stream) {
	for i, c := range f.undo {
		end := len(f.data)
		if i+1 < len(f.undo) {
			end = f.undo[i+1].size
		}
		for at := c.size; at < end; at += sectorBytes {
			if chance.below(2) == 0 {
				clear(f.data[at:min(at+sectorBytes, end)])
			}
		}
	}
}

// pieces are the sectors that were written since the last sync, in order, and what each change that wrote one left.
func (f *content) pieces() (list []piece) {
	images := f.images()
	for i, c := range f.undo {
		from, to := c.size, len(images[i+1])
		if c.overwrites() {
			from, to = c.at, c.at+len(c.old)
		}
		for at := from; at < to; {
			end := min(to, (at/sectorBytes+1)*sectorBytes)
			list = append(list, piece{span{at, end}, images[i+1][at:end]})
			at = end
		}
	}
	return list
}

// piece is a part of one sector, and what was written there.
type piece struct {
	span
	data []byte
}

// without is the file at its full length with some of the pieces never written: in their place is what was there
// before, or zeros.
func (f *content) without(list []piece, lost func(i int) bool) []byte {
	data := make([]byte, len(f.data))
	copy(data, f.images()[0])
	for i, p := range list {
		if !lost(i) {
			copy(data[p.from:p.to], p.data)
		}
	}
	return data
}

// scatterOver is scatter where something was written over, too.
func (f *content) scatterOver(chance *stream) {
	f.data = f.without(f.pieces(), func(int) bool { return chance.below(2) == 0 })
}
