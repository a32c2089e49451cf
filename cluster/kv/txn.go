package kv

import (
	"cmp"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/etcdwire"
)

// txn carries out a transaction that is an entry by itself.
func (s *Store) txn(r *etcdwire.TxnRequest) (etcdwire.Message, etcdwire.Status) {
	p := plan{s: s}
	p.choose(r)
	if status := p.check(r); status.Code != etcdwire.OK {
		return nil, status
	}
	w := s.begin()
	p.next = 0
	response := p.run(w, r)
	w.end()
	response.Header.Revision = s.revision
	return response, etcdwire.Status{}
}

// ReadTxn answers a transaction that only reads. That the request is sound and permitted was checked before.
func (s *Store) ReadTxn(r *etcdwire.TxnRequest) (*etcdwire.TxnResponse, etcdwire.Status) {
	response, status := s.txn(r)
	if status.Code != etcdwire.OK {
		return nil, status
	}
	return response.(*etcdwire.TxnResponse), status
}

// plan is what the comparisons of a transaction, and of those in it, have chosen: before anything is done, so that none
// sees what another does. The choices stand in the order in which the transactions are come to.
type plan struct {
	s       *Store
	choices []bool
	next    int
}

func (p *plan) choose(r *etcdwire.TxnRequest) {
	holds := true
	for i := range r.Compare {
		if !p.s.compare(&r.Compare[i]) {
			holds = false
			break
		}
	}
	failpoint.Inject("bugNestedNotCompared", func(_ failpoint.Value) { holds = holds || len(p.choices) > 0 })
	p.choices = append(p.choices, holds)
	for _, op := range branch(r, holds) {
		if op.Txn != nil {
			p.choose(op.Txn)
		}
	}
}

func branch(r *etcdwire.TxnRequest, success bool) []etcdwire.RequestOp {
	if success {
		return r.Success
	}
	return r.Failure
}

// take is the choice for the transaction that is come to next.
func (p *plan) take() bool {
	p.next++
	return p.choices[p.next-1]
}

// check says what would go wrong.
func (p *plan) check(r *etcdwire.TxnRequest) (status etcdwire.Status) {
	for _, op := range branch(r, p.take()) {
		switch {
		case op.Range != nil:
			status = p.s.checkRevision(op.Range.Revision)
		case op.Put != nil:
			status = p.s.checkPut(op.Put)
		case op.Txn != nil:
			status = p.check(op.Txn)
		}
		if status.Code != etcdwire.OK {
			return status
		}
	}
	return status
}

// checkRevision says whether a transaction may read at a revision.
func (s *Store) checkRevision(revision int64) etcdwire.Status {
	switch {
	case revision == 0:
	case revision > s.revision:
		return etcdwire.ErrFutureRev
	case revision < s.bendCompacted():
		return etcdwire.ErrCompacted
	}
	return etcdwire.Status{}
}

func (s *Store) checkPut(r *etcdwire.PutRequest) etcdwire.Status {
	if (r.IgnoreValue || r.IgnoreLease) && s.now(string(r.Key)) == nil {
		return etcdwire.ErrKeyNotFound
	}
	if r.Lease != 0 && s.leases.byID[r.Lease] == nil {
		return etcdwire.ErrLeaseNotFound
	}
	return etcdwire.Status{}
}

func (p *plan) run(w *write, r *etcdwire.TxnRequest) *etcdwire.TxnResponse {
	response := &etcdwire.TxnResponse{Header: &etcdwire.ResponseHeader{}, Succeeded: p.take()}
	ops := branch(r, response.Succeeded)
	if len(ops) > 0 {
		response.Responses = make([]etcdwire.ResponseOp, len(ops))
	}
	for i, op := range ops {
		out := &response.Responses[i]
		switch {
		case op.Range != nil:
			// It can't fail: its revision was checked, and nothing is compacted meanwhile.
			out.Range, _ = p.s.rangeAt(op.Range, w.bendView())
		case op.Put != nil:
			out.Put = w.put(op.Put)
		case op.DeleteRange != nil:
			out.DeleteRange = w.deleteRange(op.DeleteRange)
		case op.Txn != nil:
			out.Txn = p.run(w, op.Txn)
		}
	}
	return response
}

// compare says whether a comparison holds: for every key of its range, or for one that is not there if there is none.
func (s *Store) compare(c *etcdwire.Compare) bool {
	found, holds := false, true
	s.visible(spanOf(c.Key, c.RangeEnd), s.revision, func(v *version) bool {
		found = true
		holds = satisfies(c.Result, v.compare(c))
		failpoint.Inject("bugFirstKeyCompared", func(_ failpoint.Value) { failpoint.Return(false) })
		return holds
	})
	if !found {
		failpoint.Inject("bugMissingIsEmpty", func(_ failpoint.Value) {
			failpoint.Return(satisfies(c.Result, (&version{}).compare(c)))
		})
		// The value of a key that is not there is like no other, not even the empty one.
		return c.Target != etcdwire.CompareValue && satisfies(c.Result, (&version{}).compare(c))
	}
	return holds
}

// compare compares a version with what a comparison gives. What is given for another target counts for nothing.
func (v *version) compare(c *etcdwire.Compare) int {
	number, value := c.Number, c.Value
	if !c.Given || c.With != c.Target {
		number, value = 0, nil
	}
	switch c.Target {
	case etcdwire.CompareVersion:
		return cmp.Compare(v.version, number)
	case etcdwire.CompareCreate:
		return cmp.Compare(v.create, number)
	case etcdwire.CompareMod:
		return cmp.Compare(v.mod, number)
	case etcdwire.CompareValue:
		return cmp.Compare(v.value, string(value))
	case etcdwire.CompareLease:
		return cmp.Compare(v.lease, number)
	}
	return 0
}

// satisfies says whether the order of two things is what a comparison wants. A word that it does not know it takes for
// true, as etcd does.
func satisfies(result etcdwire.CompareResult, order int) bool {
	switch result {
	case etcdwire.CompareEqual:
		return order == 0
	case etcdwire.CompareGreater:
		return order > 0
	case etcdwire.CompareLess:
		return order < 0
	case etcdwire.CompareNotEqual:
		return order != 0
	}
	return true
}
