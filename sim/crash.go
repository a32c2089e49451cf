package sim

import "slices"

// crash decides by chance what is left: of the directory's changes some beginning, of each file's too, and of the
// first append behind that perhaps a part.
func (f *files) crash(chance *stream) {
	if chance.below(reorderOneIn) == 0 {
		f.loseSome(chance)
	} else {
		keep := int(chance.below(uint64(len(f.dir) + 1)))
		for i := len(f.dir) - 1; i >= keep; i-- {
			f.undoName(&f.dir[i])
		}
	}
	f.dir = nil
	f.prune()
	for _, name := range f.list() {
		f.names[name].crash(chance)
	}
}

func (f *files) undoName(c *nameChange) {
	if c.to != "" {
		f.put(c.to, c.toOld)
	}
	f.put(c.name, c.before)
}

func (f *files) put(name string, file *content) {
	if file == nil {
		delete(f.names, name)
		return
	}
	f.names[name] = file
}

func (f *content) crash(chance *stream) {
	switch reordered := chance.below(reorderOneIn) == 0; {
	case reordered && f.onlyGrew():
		f.scatter(chance)
	case reordered && f.keptLength():
		f.scatterOver(chance)
	default:
		f.keepBeginning(chance)
	}
	f.undo = nil
	f.spoil(chance)
	f.rest.cut(len(f.data))
	f.data = slices.Clip(f.data)
}

// keepBeginning keeps some of the changes from the first on.
func (f *content) keepBeginning(chance *stream) {
	keep := int(chance.below(uint64(len(f.undo) + 1)))
	for i := len(f.undo) - 1; i >= keep; i-- {
		c := f.undo[i]
		if c.truncates() {
			f.data = append(f.data, c.cut...)
			continue
		}
		if c.overwrites() {
			from := 0
			if i == keep {
				from = int(chance.below(uint64(len(c.old) + 1)))
			}
			copy(f.data[c.at+from:], c.old[from:])
			continue
		}
		tail := f.data[c.size:]
		f.data = f.data[:c.size]
		if i == keep {
			f.survive(tail, chance)
		}
	}
}

// sectorBytes is what a disk writes whole or not at all; a piece of this size is what tears.
const sectorBytes = 512

// survive keeps a part of an append that was under way when the machine crashed: nothing, any beginning, or one with
// its last sector torn, which is to say zeros or rubbish.
func (f *content) survive(tail []byte, chance *stream) {
	fate, part := chance.below(4), int(chance.below(uint64(len(tail)+1)))
	if fate == 0 {
		return
	}
	start := len(f.data)
	f.data = append(f.data, tail[:part]...)
	if fate == 1 || part == 0 {
		return
	}
	torn := f.data[max(start, (len(f.data)-1)/sectorBytes*sectorBytes):]
	for i := range torn {
		torn[i] = 0
		if fate == 3 {
			torn[i] = byte(chance.draw())
		}
	}
}

// spoil decides, for each piece that a failed sync left in doubt, whether the disk has it.
func (f *content) spoil(chance *stream) {
	for _, s := range f.doubtful {
		if chance.below(2) == 0 {
			s.wipe(f.data)
		}
	}
	f.doubtful = nil
}
