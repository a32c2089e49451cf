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
