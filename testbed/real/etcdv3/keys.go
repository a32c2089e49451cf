package etcdv3

import (
	"context"
	"fmt"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"ordeal/cluster/etcdwire"
	"ordeal/workloads/clients"
	"ordeal/workloads/etcd"
)

// hot is how many keys are used most of the time, and cold how many seldom.
const (
	hot  = 5
	cold = 60
	// pastMax is how far back reads and watches begin, and kept how much of the past a compaction leaves at least.
	pastMax, kept = 40, 80
)

func (w *worker) key() string {
	if w.c.Chance(75) {
		return fmt.Sprintf("a%d", w.c.Rand().IntN(hot))
	}
	return fmt.Sprintf("b%d", w.c.Rand().IntN(cold))
}

// stepKeys is one operation of a store of keys, and now and then another watch.
func stepKeys(w *worker) {
	if w.c.Chance(4) {
		w.watchMore()
	}
	switch n := w.c.Rand().IntN(100); {
	case n < 34:
		w.put(w.key(), 0)
	case n < 44:
		w.delete()
	case n < 62:
		w.setIf()
	case n < 86:
		w.read()
	case n < 88 && w.c.Number() == 1:
		w.compact()
	default:
		w.useLease()
	}
}

// asked is an operation on keys, as the history has it and as etcd's client is asked for it.
func (w *worker) asked(m etcdwire.Message, op clientv3.Op) bool {
	f, args, _ := etcd.RequestValue(m)
	client := w.client
	return w.record(f, args, op.IsGet(), func(ctx context.Context) (message, error) {
		r, err := client.Do(ctx, op)
		switch {
		case err != nil:
			return nil, err
		case op.IsGet():
			return (*pb.RangeResponse)(r.Get()), nil
		case op.IsPut():
			return (*pb.PutResponse)(r.Put()), nil
		case op.IsDelete():
			return (*pb.DeleteRangeResponse)(r.Del()), nil
		}
		return (*pb.TxnResponse)(r.Txn()), nil
	})
}

// message is an answer of etcd's client.
type message interface{ Marshal() ([]byte, error) }

// record carries out an operation and records it, answer or refusal. Each is over a connection of its own to the
// judge: etcd's client asks another server each time.
func (w *worker) record(f string, args []any, reads bool, call func(ctx context.Context) (message, error)) bool {
	argument := append([]any{w.v.connection(), ""}, args...)
	_, outcome := w.one("", f, argument, reads, func(ctx context.Context) (any, int64, error) {
		answer, err := call(ctx)
		if text, yes := refused(err); yes {
			return text, 0, nil
		}
		if err != nil {
			return nil, 0, err
		}
		value, err := answerValue(answer)
		if err != nil {
			return nil, 0, err
		}
		revision, _ := value.([]any)[0].(int64)
		return value, revision, nil
	})
	return outcome == clients.Done
}

func (v *visit) connection() int64 {
	v.connections++
	return v.connections
}

// answerValue is an answer as histories have it.
func answerValue(answer message) (any, error) {
	bytes, err := answer.Marshal()
	if err != nil {
		return nil, err
	}
	var m etcdwire.Message
	switch answer.(type) {
	case *pb.RangeResponse:
		m = &etcdwire.RangeResponse{}
	case *pb.PutResponse:
		m = &etcdwire.PutResponse{}
	case *pb.DeleteRangeResponse:
		m = &etcdwire.DeleteRangeResponse{}
	case *pb.TxnResponse:
		m = &etcdwire.TxnResponse{}
	case *pb.CompactionResponse:
		m = &etcdwire.CompactionResponse{}
	case *pb.LeaseGrantResponse:
		m = &etcdwire.LeaseGrantResponse{}
	case *pb.LeaseRevokeResponse:
		m = &etcdwire.LeaseRevokeResponse{}
	case *pb.LeaseKeepAliveResponse:
		m = &etcdwire.LeaseKeepAliveResponse{}
	default:
		return nil, fmt.Errorf("an answer of type %T, which no operation has", answer)
	}
	if err := etcdwire.Decode(bytes, m); err != nil {
		return nil, err
	}
	return etcd.ResponseValue(m), nil
}

// put sets a key to a value that no other put has.
func (w *worker) put(key string, lease int64) bool {
	value := fmt.Sprintf("v%d", w.c.NewValue())
	r := &etcdwire.PutRequest{Key: []byte(key), Value: []byte(value), Lease: lease, PrevKV: w.c.Chance(30)}
	var options []clientv3.OpOption
	if lease != 0 {
		options = append(options, clientv3.WithLease(clientv3.LeaseID(lease)))
	}
	if r.PrevKV {
		options = append(options, clientv3.WithPrevKV())
	}
	return w.asked(r, clientv3.OpPut(key, value, options...))
}

// delete deletes a key, or a few.
func (w *worker) delete() {
	key, end := w.key(), ""
	if w.c.Chance(30) {
		if end = w.key(); end <= key {
			end = key + "5"
		}
	}
	r := &etcdwire.DeleteRangeRequest{Key: []byte(key), RangeEnd: []byte(end), PrevKV: w.c.Chance(30)}
	var options []clientv3.OpOption
	if end != "" {
		options = append(options, clientv3.WithRange(end))
	}
	if r.PrevKV {
		options = append(options, clientv3.WithPrevKV())
	}
	w.asked(r, clientv3.OpDelete(key, options...))
}

// read reads a key or a range, now or in the past, at the leader's word or at that of one server.
func (w *worker) read() {
	key, end := w.key(), ""
	switch n := w.c.Rand().IntN(100); {
	case n < 25:
		key, end = "a", "b"
	case n < 35:
		key, end = "a", "c"
	}
	r := &etcdwire.RangeRequest{Key: []byte(key), RangeEnd: []byte(end), Serializable: w.c.Chance(20)}
	if w.c.Chance(20) {
		r.Revision = max(1, w.v.revision-w.c.Rand().Int64N(pastMax))
	}
	if w.c.Chance(15) {
		r.Limit = int64(1 + w.c.Rand().IntN(3))
	}
	w.asked(r, rangeOp(r))
}

func rangeOp(r *etcdwire.RangeRequest) clientv3.Op {
	options := []clientv3.OpOption{clientv3.WithRev(r.Revision), clientv3.WithLimit(r.Limit)}
	if len(r.RangeEnd) > 0 {
		options = append(options, clientv3.WithRange(string(r.RangeEnd)))
	}
	if r.Serializable {
		options = append(options, clientv3.WithSerializable())
	}
	return clientv3.OpGet(string(r.Key), options...)
}

// setIf sets a key, and another or a deletion beside it, if the key is as it was seen last; and else reads it.
func (w *worker) setIf() {
	key, other := w.key(), fmt.Sprintf("b%d", cold+w.c.Rand().IntN(4))
	value := fmt.Sprintf("v%d", w.c.NewValue())
	r := &etcdwire.TxnRequest{Compare: []etcdwire.Compare{{
		Target: etcdwire.CompareMod, Key: []byte(key), Given: true, With: etcdwire.CompareMod, Number: w.seen[key],
	}}}
	r.Success = []etcdwire.RequestOp{{Put: &etcdwire.PutRequest{Key: []byte(key), Value: []byte(value)}}}
	then := []clientv3.Op{clientv3.OpPut(key, value)}
	if w.c.Chance(40) {
		second := fmt.Sprintf("v%d", w.c.NewValue())
		put := &etcdwire.PutRequest{Key: []byte(other), Value: []byte(second)}
		r.Success = append(r.Success, etcdwire.RequestOp{Put: put})
		then = append(then, clientv3.OpPut(other, second))
	} else if w.c.Chance(30) {
		r.Success = append(r.Success, etcdwire.RequestOp{DeleteRange: &etcdwire.DeleteRangeRequest{Key: []byte(other)}})
		then = append(then, clientv3.OpDelete(other))
	}
	r.Failure = []etcdwire.RequestOp{{Range: &etcdwire.RangeRequest{Key: []byte(key)}}}
	w.asked(r, clientv3.OpTxn([]clientv3.Cmp{clientv3.Compare(clientv3.ModRevision(key), "=", w.seen[key])}, then,
		[]clientv3.Op{clientv3.OpGet(key)}))
	w.look(key)
}

// look notes the revision of a key, as a client does before it sets it.
func (w *worker) look(key string) {
	client := w.client
	if client == nil {
		return
	}
	_ = w.call(w.patience(), func(ctx context.Context) error { // what was seen before will do
		r, err := client.Get(ctx, key, clientv3.WithSerializable())
		if err == nil && len(r.Kvs) > 0 {
			w.seen[key] = r.Kvs[0].ModRevision
		}
		return err
	})
}

// compact compacts all but some of the past, as far as all scouts have been told of it.
func (w *worker) compact() {
	revision := min(w.v.revision, w.v.scouted()) - kept - w.c.Rand().Int64N(kept)
	if revision <= w.v.compacted {
		return
	}
	w.v.compacted = revision
	client := w.client
	w.record("compact", []any{revision}, false, func(ctx context.Context) (message, error) {
		r, err := client.Compact(ctx, revision)
		return (*pb.CompactionResponse)(r), err
	})
}

func probeKeys(w *worker) bool { return w.put("probe", 0) }

// drainKeys reads everything; the first client also changes each hot key, so that watches have something to be told
// of.
func (w *worker) drainKeys(i int) bool {
	if i == 0 {
		for k := range hot {
			if !w.put(fmt.Sprintf("a%d", k), 0) {
				return false
			}
			if k == 0 {
				w.v.final = w.answered
			}
		}
	}
	all := &etcdwire.RangeRequest{Key: []byte("a"), RangeEnd: []byte("c")}
	return w.asked(all, rangeOp(all))
}
