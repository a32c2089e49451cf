package timeline

import "time"

// The columns of a page are its many rows of numbers: operations, messages and jobs of disks. They are text of the 64
// characters below, of which nothing has to be escaped. Each stands for six bits: five of a number, the lowest first,
// and one that says that more of it follow. Most numbers are small, or differences that are.
const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// How many characters a row takes, about: so much room is made for it.
const (
	opRoom      = 14
	textRoom    = 48
	messageRoom = 14
	jobRoom     = 12
)

// appendNumber adds a number to columns.
func appendNumber(b []byte, n uint64) []byte {
	for n >= 32 {
		b = append(b, digits[32|n&31])
		n >>= 5
	}
	return append(b, digits[n])
}

// microseconds is the unit of times in columns.
func microseconds(d time.Duration) uint64 { return uint64(max(0, d.Microseconds())) }

// opColumns are the operations by when they began: for each the microseconds since the one before began; how long it
// took, plus one, or 0 if nothing ended it; lane; kind; its end, plus 4 if the verdict is about it, plus 8 if it has a
// text; index. texts are of those that have one, as elements of a list in JSON.
func (t Timeline) opColumns() (columns, texts []byte, kinds []string) {
	var kindsSeen Names
	ops := t.opsInOrder()
	b := make([]byte, 0, opRoom*len(ops))
	texts = make([]byte, 0, textRoom*min(len(ops), textsMax))
	last := uint64(0)
	for i := range ops {
		o := &ops[i]
		from := microseconds(o.From)
		b = appendNumber(b, from-last)
		last = from
		took, marks := uint64(0), uint64(o.End)
		if o.To >= 0 {
			took = microseconds(o.To) - from + 1
		}
		if o.Blamed {
			marks += 4
		}
		if i < textsMax || o.Blamed {
			marks += 8
			if len(texts) > 0 {
				texts = append(texts, ',')
			}
			texts = appendString(texts, o.Text)
		}
		b = appendNumber(b, took)
		b = appendNumber(b, uint64(o.Client))
		b = appendNumber(b, uint64(kindsSeen.Of(o.F)))
		b = appendNumber(b, marks)
		b = appendNumber(b, uint64(o.Index))
	}
	return b, texts, kindsSeen.words
}

// room is about how many characters the columns of what went on take.
func (t *Traffic) room() int { return messageRoom*t.messages.len() + jobRoom*t.jobs.len() }

// appendMessages adds the messages by when they left: for each the microseconds since the one before left; how long it
// took, plus one, or 0 if it was lost; from; to; kind; bytes.
func (t *Traffic) appendMessages(b []byte) []byte {
	t.messages.sort()
	last := uint64(0)
	for _, piece := range t.messages.all() {
		for i := range piece {
			sent, m := microseconds(piece[i].at), &piece[i].one
			b = appendNumber(b, sent-last)
			last = sent
			took := uint64(0)
			if m.arrived >= 0 {
				took = microseconds(m.arrived) - sent + 1
			}
			b = appendNumber(b, took)
			b = appendNumber(b, uint64(m.from))
			b = appendNumber(b, uint64(m.to))
			b = appendNumber(b, uint64(m.kind))
			b = appendNumber(b, uint64(m.size))
		}
	}
	return b
}

// appendJobs adds the jobs by when they began: for each the microseconds since the one before began; how long it took;
// machine; bytes; syncs, doubled, and one more if it failed.
func (t *Traffic) appendJobs(b []byte) []byte {
	t.jobs.sort()
	last := uint64(0)
	for _, piece := range t.jobs.all() {
		for i := range piece {
			from, j := microseconds(piece[i].at), &piece[i].one
			b = appendNumber(b, from-last)
			last = from
			b = appendNumber(b, microseconds(j.to)-from)
			b = appendNumber(b, uint64(j.machine))
			b = appendNumber(b, uint64(j.bytes))
			odd := int32(0)
			if j.failed {
				odd = 1
			}
			b = appendNumber(b, uint64(2*j.syncs+odd))
		}
	}
	return b
}
