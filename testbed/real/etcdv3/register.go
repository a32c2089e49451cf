package etcdv3

import (
	"context"
	"fmt"
	"strconv"

	clientv3 "go.etcd.io/etcd/client/v3"

	"ordeal/workloads/clients"
)

// registers is how many there are. A register's version is its key's.
const registers = 3

func registerKey(i int) string { return fmt.Sprintf("r%d", i) }

func stepRegister(w *worker) {
	key := registerKey(w.c.Rand().IntN(registers))
	switch n := w.c.Rand().IntN(100); {
	case n < 45:
		w.readRegister(key)
	case n < 65:
		w.writeRegister(key)
	default:
		w.setRegister(key)
	}
}

func (w *worker) readRegister(key string) bool {
	client := w.client
	result, outcome := w.one(key, "read", nil, true, func(ctx context.Context) (any, int64, error) {
		r, err := client.Get(ctx, key)
		if err != nil {
			return nil, 0, err
		}
		if len(r.Kvs) == 0 {
			return []any{nil, int64(0)}, r.Header.Revision, nil
		}
		v, err := strconv.ParseInt(string(r.Kvs[0].Value), 10, 64)
		return []any{v, r.Kvs[0].Version}, r.Header.Revision, err
	})
	if outcome != clients.Done {
		return false
	}
	w.seen[key] = result.([]any)[1].(int64)
	return true
}

func (w *worker) writeRegister(key string) bool {
	client, value := w.client, w.c.NewValue()
	_, outcome := w.one(key, "write", value, false, func(ctx context.Context) (any, int64, error) {
		r, err := client.Put(ctx, key, strconv.FormatInt(value, 10), clientv3.WithPrevKV())
		if err != nil {
			return nil, 0, err
		}
		version := int64(1)
		if r.PrevKv != nil {
			version = r.PrevKv.Version + 1
		}
		return []any{value, version}, r.Header.Revision, nil
	})
	return outcome == clients.Done
}

// setRegister sets a register if its version is the one that was seen last.
func (w *worker) setRegister(key string) {
	client, value, expected := w.client, w.c.NewValue(), w.seen[key]
	w.one(key, "set-if", []any{value, expected}, false, func(ctx context.Context) (any, int64, error) {
		r, err := client.Txn(ctx).If(clientv3.Compare(clientv3.Version(key), "=", expected)).
			Then(clientv3.OpPut(key, strconv.FormatInt(value, 10))).Commit()
		switch {
		case err != nil:
			return nil, 0, err
		case !r.Succeeded:
			return "refused", r.Header.Revision, nil
		}
		return []any{value, expected + 1}, r.Header.Revision, nil
	})
}

func probeRegister(w *worker) bool {
	return w.writeRegister(registerKey(0)) && w.readRegister(registerKey(0))
}

func (w *worker) drainRegisters() bool {
	for i := range registers {
		if !w.readRegister(registerKey(i)) {
			return false
		}
	}
	return true
}
