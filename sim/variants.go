package sim

import (
	"fmt"
	"slices"
)

// variants lists what a crash may leave of a file's bytes, each once, and counts what is left out of the list. The
// first is what is durable for certain, the last is everything.
func (f *content) variants() (list []variant, more int) {
	l := variantList{seen: map[uint64]bool{}}
	images := f.images()
	last := len(f.undo)
	for k, c := range f.undo {
		l.add(images[k], fmt.Sprintf("has %d of %d changes", k, last))
		switch {
		case c.appends():
			l.torn(images[k], images[k+1][c.size:], k)
		case c.overwrites():
			l.tornOver(images[k], images[k+1], c, k)
		}
	}
	if last > 0 && f.onlyGrew() {
		more = l.scattered(f)
	} else if last > 0 && f.keptLength() {
		more = l.scatteredOver(f)
	}
	l.end(f.data)
	if len(f.doubtful) > 0 {
		return f.doubted(l.all)
	}
	return l.all, more
}

// images are the file's bytes with each beginning of what was done to it, from nothing to all.
func (f *content) images() [][]byte {
	images := make([][]byte, len(f.undo)+1)
	images[len(f.undo)] = f.data
	if f.node.id > 0 {
		images[len(f.undo)] = slices.Clone(f.data) // it may be written over in place
	}
	for i := len(f.undo) - 1; i >= 0; i-- {
		switch c := f.undo[i]; {
		case c.truncates():
			images[i] = slices.Concat(images[i+1], c.cut)
		case c.overwrites():
			images[i] = slices.Clone(images[i+1])
			copy(images[i][c.at:], c.old)
		default:
			images[i] = images[i+1][:c.size]
		}
	}
	return images
}

// variantList collects variants, each once.
type variantList struct {
	all  []variant
	seen map[uint64]bool
}

// add keeps bytes, which are not changed afterwards.
func (l *variantList) add(data []byte, text string) {
	hash := hashBytes(data)
	if l.seen[hash] {
		return
	}
	l.seen[hash] = true
	l.all = append(l.all, variant{data, hash, text})
}

// end puts everything at the end of the list.
func (l *variantList) end(data []byte) {
	hash := hashBytes(data)
	l.all = slices.DeleteFunc(l.all, func(v variant) bool { return v.hash == hash })
	l.all = append(l.all, variant{data, hash, "has everything"})
}

// torn adds what may be there of a write that was under way, behind what was there before it: up to each sector; the
// last sector cut in its middle, or there as zeros or as rubbish; the first byte only, and all but the last.
func (l *variantList) torn(before, piece []byte, k int) {
	if len(piece) == 0 {
		return
	}
	end := len(before) + len(piece)
	whole := slices.Concat(before, piece)
	note := func(data []byte, how string) {
		l.add(data, fmt.Sprintf("has %d changes and of the next %d of %d bytes%s", k, len(data)-len(before), len(piece), how))
	}
	note(whole[:len(before)+1], "")
	for from := len(before); from < end; {
		to := min(end, (from/sectorBytes+1)*sectorBytes)
		note(whole[:from+(to-from)/2], "")
		for _, rubbish := range []bool{false, true} {
			data := slices.Clone(whole[:to])
			how := fmt.Sprintf(", the last %d as zeros", to-from)
			clear(data[from:])
			if rubbish {
				how = fmt.Sprintf(", the last %d as rubbish", to-from)
				spoilt(data, from)
			}
			note(data, how)
		}
		note(whole[:to], "")
		from = to
	}
	note(whole[:end-1], "")
}

// spoilt puts rubbish in the place of the bytes from one on.
func spoilt(data []byte, from int) {
	for i := from; i < len(data); i++ {
		data[i] = byte(scramble(uint64(i) + hashPrime))
	}
}

// scattered adds each choice of the sectors that were written, with zeros in the place of the others. Of many sectors
// it takes those choices that have all but one, or one.
func (l *variantList) scattered(f *content) (more int) {
	var sectors []span
	for i, c := range f.undo {
		end := len(f.data)
		if i+1 < len(f.undo) {
			end = f.undo[i+1].size
		}
		for at := c.size; at < end; at += sectorBytes {
			sectors = append(sectors, span{at, min(at+sectorBytes, end)})
		}
	}
	n := len(sectors)
	if n <= choicesMax {
		for mask := power(n) - 1; mask > 0; mask-- {
			l.without(f.data, sectors, chosen(mask, n))
		}
		return 0
	}
	for i := range n {
		one, others := make([]bool, n), make([]bool, n)
		for j := range n {
			one[j], others[j] = j == i, j != i
		}
		l.without(f.data, sectors, one)
		l.without(f.data, sectors, others)
	}
	return power(n) - 2*n
}

// tornOver adds what may be there of a write over old bytes that was under way: up to each sector, and of the last one
// the first half.
func (l *variantList) tornOver(before, after []byte, c change, k int) {
	end := c.at + len(c.old)
	note := func(to int) {
		data := slices.Clone(before)
		copy(data[c.at:to], after[c.at:to])
		l.add(data, fmt.Sprintf("has %d changes and of the next %d of %d bytes, over others", k, to-c.at, len(c.old)))
	}
	for from := c.at; from < end; {
		to := min(end, (from/sectorBytes+1)*sectorBytes)
		note(from + (to-from)/2)
		note(to)
		from = to
	}
}

// scatteredOver is scattered where something was written over, too.
func (l *variantList) scatteredOver(f *content) (more int) {
	pieces := f.pieces()
	n := len(pieces)
	note := func(lost []bool) {
		text := fmt.Sprintf("has never written %s of %d sectors", places(lost), n)
		l.add(f.without(pieces, func(i int) bool { return lost[i] }), text)
	}
	if n <= choicesMax {
		for mask := power(n) - 1; mask > 0; mask-- {
			note(chosen(mask, n))
		}
		return 0
	}
	for i := range n {
		one, others := make([]bool, n), make([]bool, n)
		for j := range n {
			one[j], others[j] = j == i, j != i
		}
		note(one)
		note(others)
	}
	return power(n) - 2*n
}

// without adds the bytes with zeros in the place of some sectors.
func (l *variantList) without(data []byte, sectors []span, lost []bool) {
	data = slices.Clone(data)
	n := 0
	for i, s := range sectors {
		if lost[i] {
			clear(data[s.from:s.to])
			n++
		}
	}
	l.add(data, fmt.Sprintf("has zeros in the place of %d of %d sectors (%s)", n, len(sectors), places(lost)))
}

// places lists where bits are set, from 1.
func places(bits []bool) (text string) {
	for i, bit := range bits {
		if bit {
			text += fmt.Sprintf(" %d", i+1)
		}
	}
	return text[min(1, len(text)):]
}

// doubted is every variant with each choice of the pieces that a failed sync has left in doubt.
func (f *content) doubted(list []variant) (all []variant, more int) {
	l := variantList{seen: map[uint64]bool{}}
	n := min(len(f.doubtful), choicesMax)
	for _, v := range list {
		for mask := power(n) - 1; mask >= 0; mask-- {
			data := slices.Clone(v.data)
			for i, lost := range chosen(mask, n) {
				if lost {
					f.doubtful[i].wipe(data)
				}
			}
			l.add(data, v.text+fmt.Sprintf(", of the pieces of failed syncs not (%s)", places(chosen(mask, n))))
		}
	}
	return l.all, (power(len(f.doubtful)) - power(n)) * len(list)
}
