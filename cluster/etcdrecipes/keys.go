package etcdrecipes

import (
	"bytes"
	"errors"
	"fmt"

	"ordeal/cluster/etcdwire"
)

// Keys is whoever asks a server about keys.
type Keys interface {
	// Ask has a request carried out, and reads its answer. An error is a refusal, or says that there was no answer.
	Ask(method string, request, answer etcdwire.Message) error
	// Watch calls f with the events of a watch, in their order, until f wants no more or returns an error.
	Watch(r *etcdwire.WatchCreateRequest, f func(*etcdwire.ResponseHeader, *etcdwire.Event) (more bool, err error)) error
}

func txn(k Keys, r *etcdwire.TxnRequest) (*etcdwire.TxnResponse, error) {
	answer := &etcdwire.TxnResponse{}
	return answer, k.Ask(etcdwire.MethodTxn, r, answer)
}

func find(k Keys, r *etcdwire.RangeRequest) (*etcdwire.RangeResponse, error) {
	answer := &etcdwire.RangeResponse{}
	return answer, k.Ask(etcdwire.MethodRange, r, answer)
}

// Place is where whoever has a lease stands below a name: its prefix, and the own key.
type Place struct {
	Prefix, Key []byte
	Lease       int64
}

// NewPlace is the place of a lease below a name.
func NewPlace(name []byte, lease int64) Place {
	prefix := append(bytes.Clone(name), '/')
	return Place{Prefix: prefix, Key: fmt.Appendf(bytes.Clone(prefix), "%x", lease), Lease: lease}
}

// below is the end of the range of a prefix, which ends with a slash.
func below(prefix []byte) []byte {
	end := bytes.Clone(prefix)
	end[len(end)-1]++
	return end
}

// oldest asks for the key below a prefix that was made first.
func oldest(prefix []byte) *etcdwire.RangeRequest {
	return &etcdwire.RangeRequest{
		Key: prefix, RangeEnd: below(prefix), Limit: 1, SortOrder: etcdwire.SortAscend, SortTarget: etcdwire.SortByCreate,
	}
}

// madeAt compares the revision at which a key was made; 0 is that of one that is not there.
func madeAt(key []byte, revision int64) []etcdwire.Compare {
	return []etcdwire.Compare{{
		Target: etcdwire.CompareCreate, Key: key, Given: true, With: etcdwire.CompareCreate, Number: revision,
	}}
}

// waitBefore waits until no key below a prefix is left that was made before a revision.
func waitBefore(k Keys, prefix []byte, made int64) error {
	for {
		last := &etcdwire.RangeRequest{
			Key: prefix, RangeEnd: below(prefix), Limit: 1, SortOrder: etcdwire.SortDescend,
			SortTarget: etcdwire.SortByCreate, MaxCreateRevision: made - 1, Serializable: bendLooks(),
		}
		once := bendBefore(last)
		r, err := find(k, last)
		if err != nil || len(r.KVs) == 0 {
			return err
		}
		err = k.Watch(&etcdwire.WatchCreateRequest{Key: r.KVs[0].Key, StartRevision: r.Header.Revision},
			func(_ *etcdwire.ResponseHeader, e *etcdwire.Event) (bool, error) {
				return e.Type != etcdwire.EventDelete, nil
			})
		if err != nil || once || bendWaitsOnce() {
			return err
		}
	}
}

var (
	// ErrSessionExpired is etcd's error of a lock whose key went while its client waited.
	ErrSessionExpired = errors.New("mutex: session is expired")
	// ErrNotLeader is etcd's error of a leader that leads no more.
	ErrNotLeader = errors.New("election: not leader")
	// ErrNoLeader is etcd's error of an election that no one has won.
	ErrNoLeader = errors.New("election: no leader")
)
