package etcd

import (
	"fmt"

	"ordeal/cluster/etcdwire"
)

// drawTxn draws a transaction.
func (w *worker) drawTxn() drawn {
	if w.c.Chance(35) {
		return of(etcdwire.MethodTxn, w.drawSetIf(), false)
	}
	r := w.drawTxnRequest(2)
	reads := true
	for _, ops := range [][]etcdwire.RequestOp{r.Success, r.Failure} {
		for i := range ops {
			reads = reads && ops[i].Range != nil
		}
	}
	return of(etcdwire.MethodTxn, r, reads)
}

// drawReadTxn draws a transaction that reads several things at one instant.
func (w *worker) drawReadTxn() drawn {
	r := &etcdwire.TxnRequest{Compare: w.drawCompares(2)}
	serializable := w.c.Chance(30)
	for range 1 + w.c.Rand().IntN(3) {
		one := w.drawRangeRequest()
		one.Serializable = serializable
		r.Success = append(r.Success, etcdwire.RequestOp{Range: one})
	}
	if w.c.Chance(50) {
		r.Failure = append(r.Failure, etcdwire.RequestOp{Range: w.drawRangeRequest()})
	}
	return of(etcdwire.MethodTxn, r, true)
}

// drawSetIf draws what most transactions are: a key is set if it is as it was seen, and else it is read.
func (w *worker) drawSetIf() *etcdwire.TxnRequest {
	key := w.drawKey()
	r := &etcdwire.TxnRequest{Compare: []etcdwire.Compare{{
		Target: etcdwire.CompareMod, Key: []byte(key), Given: true, With: etcdwire.CompareMod, Number: w.seen[key],
	}}}
	put := w.putRequest(key, 0, "p")
	r.Success = []etcdwire.RequestOp{{Put: put}, {Range: &etcdwire.RangeRequest{Key: []byte(key)}}}
	r.Failure = []etcdwire.RequestOp{{Range: &etcdwire.RangeRequest{Key: []byte(key)}}}
	return r
}

// drawTxnRequest draws a transaction with others inside, so deep at most.
func (w *worker) drawTxnRequest(depth int) *etcdwire.TxnRequest {
	return &etcdwire.TxnRequest{Compare: w.drawCompares(3), Success: w.drawOps(depth), Failure: w.drawOps(depth)}
}

func (w *worker) drawOps(depth int) (ops []etcdwire.RequestOp) {
	for range w.c.Rand().IntN(4) {
		var op etcdwire.RequestOp
		switch n := w.c.Rand().IntN(100); {
		case n < 45:
			op.Put = w.drawPutRequest()
		case n < 62:
			op.DeleteRange = w.drawDeleteRequest()
		case n < 86 || depth == 0:
			if op.Range = w.drawRangeRequest(); w.c.Chance(70) {
				op.Range.Revision = 0
			}
		default:
			op.Txn = w.drawTxnRequest(depth - 1)
		}
		ops = append(ops, op)
	}
	return ops
}

// drawCompares draws so many comparisons at most.
func (w *worker) drawCompares(most int) (list []etcdwire.Compare) {
	rng := w.c.Rand()
	for range rng.IntN(most + 1) {
		c := etcdwire.Compare{Given: true, Result: etcdwire.CompareResult(rng.IntN(4))}
		c.Target = etcdwire.CompareTarget(rng.IntN(5))
		c.With = c.Target
		key := w.drawKey()
		c.Key = []byte(key)
		if w.c.Chance(15) {
			begin, end := w.drawRange()
			c.Key, c.RangeEnd = []byte(begin), []byte(end)
		}
		switch c.Target {
		case etcdwire.CompareVersion:
			c.Number = rng.Int64N(4)
		case etcdwire.CompareCreate, etcdwire.CompareMod:
			if c.Number = w.seen[key]; w.c.Chance(30) {
				c.Number = max(0, w.e.revision-rng.Int64N(20))
			}
		case etcdwire.CompareLease:
			if w.c.Chance(50) {
				c.Number = w.drawLease()
			}
		case etcdwire.CompareValue:
			c.Value = fmt.Appendf(nil, "v%d", 1+rng.IntN(200))
		}
		list = append(list, c)
	}
	return list
}
