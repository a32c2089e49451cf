package kv

import (
	"github.com/google/btree"

	"ordeal/cluster/etcdwire"
)

// TxnOpsMax is how many comparisons, or operations of a branch, a transaction may have unless configured otherwise.
const TxnOpsMax = 128

// CheckRange says what is wrong with a request whatever the state is, as do the functions below.
func CheckRange(r *etcdwire.RangeRequest) etcdwire.Status {
	switch {
	case len(r.Key) == 0:
		return etcdwire.ErrEmptyKey
	case r.SortOrder < etcdwire.SortNone || r.SortOrder > etcdwire.SortDescend,
		r.SortTarget < etcdwire.SortByKey || r.SortTarget > etcdwire.SortByValue:
		return etcdwire.ErrInvalidSortOption
	}
	return etcdwire.Status{}
}

// CheckPut is CheckRange for a put.
func CheckPut(r *etcdwire.PutRequest) etcdwire.Status {
	switch {
	case len(r.Key) == 0:
		return etcdwire.ErrEmptyKey
	case r.IgnoreValue && len(r.Value) != 0:
		return etcdwire.ErrValueProvided
	case r.IgnoreLease && r.Lease != 0:
		return etcdwire.ErrLeaseProvided
	}
	return etcdwire.Status{}
}

// CheckDeleteRange is CheckRange for a deletion.
func CheckDeleteRange(r *etcdwire.DeleteRangeRequest) etcdwire.Status {
	if len(r.Key) == 0 {
		return etcdwire.ErrEmptyKey
	}
	return etcdwire.Status{}
}

// CheckTxn is CheckRange for a transaction, which may have opsMax operations. Two puts of one key are refused, and a
// put of a key that a deletion beside it covers: but not if they are in different branches, or in transactions of which
// the later one deletes.
func CheckTxn(r *etcdwire.TxnRequest, opsMax int) etcdwire.Status {
	if status := checkOps(r, opsMax); status.Code != etcdwire.OK {
		return status
	}
	for _, ops := range [][]etcdwire.RequestOp{r.Success, r.Failure} {
		if _, ok := touch(ops); !ok {
			return etcdwire.ErrDuplicateKey
		}
	}
	return etcdwire.Status{}
}

// checkOps checks a transaction's size and operations. One inside may be as large as is left.
func checkOps(r *etcdwire.TxnRequest, opsMax int) etcdwire.Status {
	count := max(len(r.Compare), len(r.Success), len(r.Failure))
	if count > opsMax {
		return etcdwire.ErrTooManyOps
	}
	for i := range r.Compare {
		if len(r.Compare[i].Key) == 0 {
			return etcdwire.ErrEmptyKey
		}
	}
	for _, ops := range [][]etcdwire.RequestOp{r.Success, r.Failure} {
		for i := range ops {
			if status := checkOp(&ops[i], opsMax-count); status.Code != etcdwire.OK {
				return status
			}
		}
	}
	return etcdwire.Status{}
}

func checkOp(op *etcdwire.RequestOp, opsMax int) etcdwire.Status {
	switch {
	case op.Range != nil:
		return CheckRange(op.Range)
	case op.Put != nil:
		return CheckPut(op.Put)
	case op.DeleteRange != nil:
		return CheckDeleteRange(op.DeleteRange)
	case op.Txn != nil:
		return checkOps(op.Txn, opsMax)
	}
	return etcdwire.ErrKeyNotFound
}

// touched is what operations put and delete.
type touched struct {
	puts map[string]bool
	dels *btree.BTreeG[span] // disjoint, by their beginnings
}

// touch gathers it for the operations of a branch; ok is false if they are in each other's way.
func touch(ops []etcdwire.RequestOp) (t touched, ok bool) {
	t = touched{map[string]bool{}, btree.NewG(8, func(a, b span) bool { return a.begin < b.begin })}
	for i := range ops {
		if d := ops[i].DeleteRange; d != nil {
			t.delete(literal(d))
		}
	}
	for i := range ops {
		if inner := ops[i].Txn; inner != nil && !t.touchTxn(inner) {
			return t, false
		}
	}
	for i := range ops {
		if p := ops[i].Put; p != nil {
			if t.puts[string(p.Key)] || t.deletes(string(p.Key)) {
				return t, false
			}
			t.puts[string(p.Key)] = true
		}
	}
	return t, true
}

// touchTxn adds what a transaction inside may do: one of its branches.
func (t *touched) touchTxn(r *etcdwire.TxnRequest) bool {
	success, ok := touch(r.Success)
	if !ok {
		return false
	}
	failure, ok := touch(r.Failure)
	if !ok {
		return false
	}
	for name := range success.puts { //house:unordered whether there is any is all that counts
		if t.puts[name] || t.deletes(name) {
			return false
		}
	}
	for name := range failure.puts { //house:unordered whether there is any is all that counts
		if t.puts[name] || t.deletes(name) {
			return false
		}
	}
	for _, branch := range []touched{success, failure} {
		for name := range branch.puts { //house:unordered a set
			t.puts[name] = true
		}
		branch.dels.Ascend(func(r span) bool {
			t.delete(r)
			return true
		})
	}
	return true
}

// literal is what a deletion deletes but that, as with etcd, one of all keys from one on is left out: its end is
// smaller than its beginning.
func literal(d *etcdwire.DeleteRangeRequest) span {
	if len(d.RangeEnd) == 0 {
		return point(string(d.Key))
	}
	return span{begin: string(d.Key), end: string(d.RangeEnd)}
}

// delete adds a range, and makes one of those that it meets.
func (t *touched) delete(r span) {
	if r.end <= r.begin {
		return
	}
	var met []span
	t.dels.DescendLessOrEqual(r, func(before span) bool {
		if before.end >= r.begin {
			met = append(met, before)
		}
		return false
	})
	t.dels.AscendGreaterOrEqual(r, func(behind span) bool {
		if behind.begin > r.end {
			return false
		}
		met = append(met, behind)
		return true
	})
	for _, one := range met {
		t.dels.Delete(one)
		r.begin, r.end = min(r.begin, one.begin), max(r.end, one.end)
	}
	t.dels.ReplaceOrInsert(r)
}

func (t *touched) deletes(name string) (covered bool) {
	t.dels.DescendLessOrEqual(span{begin: name}, func(r span) bool {
		covered = r.has(name)
		return false
	})
	return covered
}
