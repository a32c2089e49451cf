package mvcc

import (
	"cmp"
	"strings"
)

// A transaction compares first, those inside it too, then looks whether anything of what it chose would go wrong, and
// then does it.

// chosen is a transaction whose comparisons have decided: the branch, and what those in it have chosen, by their
// places.
type chosen struct {
	success bool
	ops     []Request
	inner   map[int]*chosen
}

func (s *Store) choose(r *Request, revision int64) *chosen {
	c := &chosen{success: true, inner: map[int]*chosen{}}
	for i := range r.Compare {
		c.success = c.success && s.holds(&r.Compare[i], revision)
	}
	if c.ops = r.Success; !c.success {
		c.ops = r.Failure
	}
	for i := range c.ops {
		if c.ops[i].Op == "txn" {
			c.inner[i] = s.choose(&c.ops[i], revision)
		}
	}
	return c
}

// wrong is what would go wrong, or "".
func (s *Store) wrong(c *chosen, revision, compacted int64) string {
	for i := range c.ops {
		r := &c.ops[i]
		switch {
		case r.Op == "range" && r.Revision > revision:
			return errFutureRev
		case r.Op == "range" && r.Revision != 0 && r.Revision < compacted:
			return errCompacted
		case r.Op == "put" && (r.has(flagIgnoreValue) || r.has(flagIgnoreLease)) && s.at(r.Key, revision) == nil:
			return errKeyNotFound
		case r.Op == "put" && r.Lease != 0 && !s.leases[r.Lease]:
			return errLeaseNotFound
		case r.Op == "txn":
			if text := s.wrong(c.inner[i], revision, compacted); text != "" {
				return text
			}
		}
	}
	return ""
}

// txn carries out a transaction. The answer is [revision, whether the comparisons held, the answers of the parts].
func (s *Store) txn(r *Request) any {
	plan := s.choose(r, s.revision)
	if text := s.wrong(plan, s.revision, s.compacted); text != "" {
		return text
	}
	c := s.begin()
	answer := c.run(plan)
	c.end()
	answer[0] = s.revision
	return answer
}

// run does what was chosen. The header of a transaction inside another says no revision.
func (c *change) run(plan *chosen) []any {
	parts := make([]any, 0, len(plan.ops))
	for i := range plan.ops {
		r := &plan.ops[i]
		switch r.Op {
		case "range":
			parts = append(parts, c.s.ranged(r, c.now(), c.s.compacted))
		case "put":
			parts = append(parts, c.put(r))
		case "delete":
			parts = append(parts, c.remove(r))
		case "txn":
			parts = append(parts, any(c.run(plan.inner[i])))
		}
	}
	return []any{int64(0), plan.success, parts}
}

// lookTxn answers a transaction that only reads.
func (m Moment) lookTxn(r *Request) any {
	plan := m.s.choose(r, m.Revision)
	if text := m.s.wrong(plan, m.Revision, m.Compacted); text != "" {
		return text
	}
	parts := make([]any, 0, len(plan.ops))
	for i := range plan.ops {
		parts = append(parts, m.s.ranged(&plan.ops[i], m.Revision, m.Compacted))
	}
	return []any{m.Revision, plan.success, parts}
}

// holds says whether a comparison holds for every key of its range, or, if there is none, for one that is not there:
// whose value is like no other.
func (s *Store) holds(c *Comparison, revision int64) bool {
	found := s.within(c.Key, c.End, revision)
	if len(found) == 0 {
		return c.Target != "value" && c.satisfied(&version{})
	}
	for _, v := range found {
		if !c.satisfied(v) {
			return false
		}
	}
	return true
}

func (c *Comparison) satisfied(v *version) bool {
	number, _ := c.With.(int64)
	text, _ := c.With.(string)
	order := 0
	switch c.Target {
	case "version":
		order = cmp.Compare(v.version, number)
	case "create":
		order = cmp.Compare(v.create, number)
	case "mod":
		order = cmp.Compare(v.mod, number)
	case "lease":
		order = cmp.Compare(v.lease, number)
	case "value":
		order = strings.Compare(v.value, text)
	}
	switch c.Result {
	case "=":
		return order == 0
	case ">":
		return order > 0
	case "<":
		return order < 0
	}
	return order != 0
}
