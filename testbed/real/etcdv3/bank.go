package etcdv3

import (
	"context"
	"fmt"
	"strconv"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"

	"ordeal/workloads/clients"
)

// accounts is how many there are, and opening the balance that each begins with.
const (
	accounts = 12
	opening  = 50
)

func account(i int) string { return fmt.Sprintf("account%02d", i) }

// openBank makes the accounts.
func (v *visit) openBank(ctx context.Context, c *clientv3.Client) error {
	var puts []clientv3.Op
	for i := range accounts {
		puts = append(puts, clientv3.OpPut(account(i), strconv.Itoa(opening)))
	}
	_, err := c.Txn(ctx).Then(puts...).Commit()
	return err
}

// stepBank moves money by etcd's software transactional memory, or reads all accounts: by one, or by a range.
func stepBank(w *worker) {
	switch n := w.c.Rand().IntN(100); {
	case n < 60:
		w.transfer()
	case n < 80:
		w.readByTransaction()
	default:
		w.readByRange()
	}
}

// transaction carries one out, as etcd's client does it: again and again until nothing has changed meanwhile. Of keys
// that are fetched it asks at once.
func (w *worker) transaction(ctx context.Context, fetched []string, apply func(s concurrency.STM) error) (int64,
	error) {
	r, err := concurrency.NewSTM(w.client, apply, concurrency.WithAbortContext(ctx),
		concurrency.WithIsolation(w.v.kind.isolation), concurrency.WithPrefetch(fetched...))
	if err != nil {
		return 0, err
	}
	return r.Header.Revision, nil
}

// fetched are the keys of accounts, if chance has them fetched at once.
func (w *worker) fetched(of ...int) (keys []string) {
	if w.c.Chance(70) {
		return nil
	}
	for _, i := range of {
		keys = append(keys, account(i))
	}
	return keys
}

// balanceOf is what a transaction finds in an account.
func balanceOf(s concurrency.STM, i int) (int64, error) {
	return strconv.ParseInt(s.Get(account(i)), 10, 64)
}

// transfer moves money from one account to one or several others, if there is enough.
func (w *worker) transfer() {
	from, amount := w.c.Rand().IntN(accounts), 1+w.c.Rand().Int64N(2*opening)
	var to []int
	for range 1 + w.c.Rand().IntN(3) {
		to = append(to, (from+1+w.c.Rand().IntN(accounts-1))%accounts)
	}
	argument := []any{int64(from), amount}
	for _, i := range to {
		argument = append(argument, int64(i))
	}
	fetched := w.fetched(append(to, from)...)
	w.one("bank", "transfer", argument, false, func(ctx context.Context) (any, int64, error) {
		done := any("refused")
		revision, err := w.transaction(ctx, fetched, func(s concurrency.STM) error {
			done = "refused"
			have, err := balanceOf(s, from)
			if err != nil || have < amount*int64(len(to)) {
				return err
			}
			s.Put(account(from), strconv.FormatInt(have-amount*int64(len(to)), 10))
			for _, i := range to {
				has, err := balanceOf(s, i)
				if err != nil {
					return err
				}
				s.Put(account(i), strconv.FormatInt(has+amount, 10))
			}
			done = "done"
			return nil
		})
		return done, revision, err
	})
}

func (w *worker) readByTransaction() bool {
	var all []int
	for i := range accounts {
		all = append(all, i)
	}
	fetched := w.fetched(all...)
	_, outcome := w.one("bank", "read", nil, true, func(ctx context.Context) (any, int64, error) {
		var balances []any
		revision, err := w.transaction(ctx, fetched, func(s concurrency.STM) error {
			balances = nil
			for i := range accounts {
				n, err := balanceOf(s, i)
				if err != nil {
					return err
				}
				balances = append(balances, n)
			}
			return nil
		})
		return balances, revision, err
	})
	return outcome == clients.Done
}

func (w *worker) readByRange() bool {
	client := w.client
	_, outcome := w.one("bank", "read", nil, true, func(ctx context.Context) (any, int64, error) {
		r, err := client.Get(ctx, "account", clientv3.WithPrefix())
		if err != nil {
			return nil, 0, err
		}
		var balances []any
		for _, kv := range r.Kvs {
			n, err := strconv.ParseInt(string(kv.Value), 10, 64)
			if err != nil {
				return nil, 0, err
			}
			balances = append(balances, n)
		}
		return balances, r.Header.Revision, nil
	})
	return outcome == clients.Done
}

func probeBank(w *worker) bool { return w.readByTransaction() }
