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
		if !c.truncates() {
			l.torn(images[k], images[k+1][c.size:], k)
		}
	}
	if last > 0 && f.onlyGrew() {
		more = l.scattered(f)
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
	for i := len(f.undo) - 1; i >= 0; i-- {
		if c := f.undo[i]; c.truncates() {
			images[i] = slices.Concat(images[i+1], c.cut)
		} else {
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
				if s := f.doubtful[i]; lost {
					clear(data[min(s.from, len(data)):min(s.to, len(data))])
				}
			}
			l.add(data, v.text+fmt.Sprintf(", of the pieces of failed syncs not (%s)", places(chosen(mask, n))))
		}
	}
	return l.all, (power(len(f.doubtful)) - power(n)) * len(list)
}
