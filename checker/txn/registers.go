package txn

import (
	"fmt"

	"ordeal/history"
)

func (j *judge) judgeRegisters() {
	v := newVersions(j)
	j.why = v.why
	for t := range j.ops {
		if j.ended(t) == history.OK {
			j.checkRegisterReads(t)
		}
	}
	j.lostWrites()
	v.order()
	v.link()
}

// checkRegisterReads holds what a transaction read against who wrote it, and against what it did itself.
func (j *judge) checkRegisterReads(t int) {
	mops := j.of(t)
	for i, m := range mops {
		if m.write {
			continue
		}
		if m.prior >= 0 {
			j.checkOwn(t, i, mops[m.prior], m)
		}
		if m.at == unwritten {
			j.report("garbage-read", func() string {
				return fmt.Sprintf("a read of %s saw %s, which no transaction wrote", text(j.keys[m.key]), text(j.rawValue(t, i)))
			}, t)
			continue
		}
		if m.at == initial {
			continue
		}
		e := j.elements[m.at]
		switch writer := int(e.txn); {
		case !j.possible(writer):
			j.abortedRead(place{int32(t), int32(i)}, j.value(m.at), writer)
		case writer == t && int32(i) < e.mop-j.starts[t]:
			j.report("future-read", func() string {
				return fmt.Sprintf("a transaction read %s of %s before it wrote it", text(j.value(m.at)), text(j.keys[m.key]))
			}, t)
		case writer != t && e.more && m.prior < 0:
			j.report("G1b", func() string {
				return fmt.Sprintf("a read of %s saw %s, which its transaction wrote over again",
					text(j.keys[m.key]), text(j.value(m.at)))
			}, writer, t)
		}
	}
}

// checkOwn holds a read against what its transaction last did with the object.
func (j *judge) checkOwn(t, i int, prior, m mop) {
	same := prior.at == m.at
	if m.at == unwritten { // of two values that no transaction wrote
		same = prior.at == unwritten && sameValue(j.rawValue(t, int(m.prior)), j.rawValue(t, i))
	}
	if same {
		return
	}
	j.report("internal", func() string {
		did := "read"
		if prior.write {
			did = "written"
		}
		return fmt.Sprintf("a transaction read %s of %s, where it had %s %s itself before",
			text(j.rawValue(t, i)), text(j.keys[m.key]), did, text(j.rawValue(t, int(m.prior))))
	}, t)
}

// lostWrites looks for committed transactions that read the same version of an object and wrote to it.
func (j *judge) lostWrites() {
	first := make([]int32, len(j.elements)) // who read an element and wrote over it, from 1
	began := make([]int32, len(j.keys))     // the same of what was there before the first write
	for t := range j.ops {
		if j.ended(t) != history.OK {
			continue
		}
		j.external(t, func(i int, m mop) {
			if !m.then || m.at == unwritten {
				return
			}
			slot := &began[m.key]
			if m.at != initial {
				slot = &first[m.at]
			}
			if *slot == 0 {
				*slot = int32(t) + 1
				return
			}
			j.report("lost-update", func() string {
				return fmt.Sprintf("two transactions read %s of %s, and both wrote to it",
					text(j.rawValue(t, i)), text(j.keys[m.key]))
			}, int(*slot)-1, t)
		})
	}
}
