package etcdrecipes

import (
	"fmt"

	"ordeal/cluster/etcdwire"
)

// Enqueue puts an item at the end of a queue. It is named after the number of the process that puts it, and how many
// that has put: so no other item of the queue ever has the name.
func Enqueue(k Keys, queue []byte, process, count int64, value []byte) error {
	key := fmt.Appendf(NewPlace(queue, 0).Prefix, "%x-%x", bendNumbered(process), count)
	_, err := txn(k, &etcdwire.TxnRequest{
		Success: []etcdwire.RequestOp{{Put: &etcdwire.PutRequest{Key: key, Value: value}}},
	})
	return err
}

// Dequeue takes the item that has been in a queue for longest. ok is false if there is none. With an error, item is the
// one that may have been taken, or nil.
func Dequeue(k Keys, queue []byte) (item []byte, ok bool, err error) {
	prefix := NewPlace(queue, 0).Prefix
	for {
		r := oldest(prefix)
		bendFirst(r)
		found, err := find(k, r)
		if err != nil || len(found.KVs) == 0 {
			return nil, false, err
		}
		first := &found.KVs[0]
		t, err := txn(k, &etcdwire.TxnRequest{
			Compare: bendClaim(madeAt(first.Key, first.CreateRevision)),
			Success: []etcdwire.RequestOp{{DeleteRange: &etcdwire.DeleteRangeRequest{Key: first.Key}}},
		})
		if err != nil || t.Succeeded {
			return first.Value, err == nil, err
		}
	}
}
