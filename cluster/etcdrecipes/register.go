package etcdrecipes

import "ordeal/cluster/etcdwire"

// Register is a value under a key, whose version counts how often it was set. It is never deleted.
type Register struct {
	Value   []byte
	Version int64 // 0 if it was never set
}

// Read reads a register.
func Read(k Keys, key []byte) (Register, error) {
	r, err := find(k, &etcdwire.RangeRequest{Key: key, Serializable: bendReads()})
	if err != nil {
		return Register{}, err
	}
	return registerOf(r.KVs), nil
}

func registerOf(kvs []etcdwire.KeyValue) Register {
	if len(kvs) == 0 {
		return Register{}
	}
	return Register{kvs[0].Value, kvs[0].Version}
}

// Set sets a register, whatever it was, and returns its version.
func Set(k Keys, key, value []byte) (version int64, err error) {
	t, err := txn(k, &etcdwire.TxnRequest{Success: setAndRead(key, value)})
	if err != nil {
		return 0, err
	}
	return registerOf(t.Responses[1].Range.KVs).Version, nil
}

// SetIf sets a register if its version is the one that is expected, 0 for one that was never set, and says whether it
// was.
func SetIf(k Keys, key, value []byte, expected int64) (version int64, was bool, err error) {
	if bendSetsInSteps() {
		return setInSteps(k, key, value, expected)
	}
	t, err := txn(k, &etcdwire.TxnRequest{
		Compare: []etcdwire.Compare{{
			Target: etcdwire.CompareVersion, Key: key, Given: true, With: etcdwire.CompareVersion, Number: expected,
		}},
		Success: setAndRead(key, value),
	})
	if err != nil || !t.Succeeded {
		return 0, false, err
	}
	return registerOf(t.Responses[1].Range.KVs).Version, true, nil
}

func setAndRead(key, value []byte) []etcdwire.RequestOp {
	return []etcdwire.RequestOp{
		{Put: &etcdwire.PutRequest{Key: key, Value: value}}, {Range: &etcdwire.RangeRequest{Key: key}},
	}
}
