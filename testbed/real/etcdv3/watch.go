package etcdv3

import (
	"context"
	"fmt"
	"time"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"ordeal/checker"
	"ordeal/cluster/etcdwire"
	"ordeal/history"
	"ordeal/host"
	"ordeal/workloads/clients"
	"ordeal/workloads/etcd"
)

// watch is one of a client's, as etcd's client gives it: over whatever connections it takes.
type watch struct {
	number int64
	cancel context.CancelFunc
	begun  chan struct{} // closed when it has begun, or ended
	op     *clients.Operation
	puts   bool  // it is told of puts
	told   int64 // the newest revision that it was told of
	ended  bool
	gone   bool // its client does not want it, or its operation failed: it records nothing
}

// watchesMax is how many watches a client has at most.
const watchesMax = 4

// watchMore begins a watch of a hot key or of all of them.
func (w *worker) watchMore() {
	if len(w.watches) >= watchesMax || w.client == nil || !w.c.Takes() {
		return
	}
	key, end := fmt.Sprintf("a%d", w.c.Rand().IntN(hot)), ""
	if w.c.Chance(40) {
		key, end = "a", "b"
	}
	one := &watch{number: int64(len(w.v.watches) + 1), begun: make(chan struct{}), puts: true}
	var from int64
	if w.c.Chance(50) {
		from = max(1, w.v.revision-w.c.Rand().Int64N(pastMax))
	}
	flags := ""
	options := []clientv3.OpOption{clientv3.WithCreatedNotify(), clientv3.WithRev(from)}
	add := func(letter string, option clientv3.OpOption) {
		flags += letter
		options = append(options, option)
	}
	if w.c.Chance(50) {
		add("p", clientv3.WithPrevKV())
	}
	switch n := w.c.Rand().IntN(100); {
	case n < 10:
		add("a", clientv3.WithFilterPut())
		one.puts = false
	case n < 20:
		add("d", clientv3.WithFilterDelete())
	}
	if w.c.Chance(30) {
		add("n", clientv3.WithProgressNotify())
	}
	if w.c.Chance(20) {
		add("f", clientv3.WithFragment())
	}
	if end != "" {
		options = append(options, clientv3.WithRange(end))
	}
	w.start(one, key, end, from, flags, options)
}

// start begins a watch, and waits until it has begun.
func (w *worker) start(one *watch, key, end string, from int64, flags string, options []clientv3.OpOption) {
	argument := []any{w.v.connection(), "", one.number, int64(0), int64(0), key, end, from, flags}
	one.op = w.c.Begin(w.c.NewProcess(), "", "watch", argument)
	ctx, cancel := context.WithCancel(context.Background())
	one.cancel = cancel
	told := w.client.Watch(ctx, key, options...)
	w.v.watches, w.watches = append(w.v.watches, one), append(w.watches, one)
	w.v.beside.Add(1)
	go func() {
		defer w.v.beside.Done()
		for r := range told {
			w.v.Do(func() { w.v.toldOf(one, &r) })
		}
		w.v.Do(func() { one.end("the watch ended without a word") })
	}()
	err := w.call(w.patience(), func(ctx context.Context) error {
		select {
		case <-one.begun:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	if err != nil && one.op != nil {
		one.end(err.Error())
	}
}

// end ends a watch that is of no use any more. Only with the turn.
func (one *watch) end(why string) {
	one.cancel()
	if one.op != nil && !one.gone {
		one.op.End(nil, clients.NoEffect, fmt.Errorf("%s", why))
		one.op = nil
		close(one.begun)
	}
	one.gone, one.ended = true, true
}

// toldOf records what a watch was told.
func (v *visit) toldOf(one *watch, r *clientv3.WatchResponse) {
	record := func(f string, value ...any) { v.Record.OK(history.Service, f, "", value) }
	switch {
	case one.gone:
	case r.Created && !r.Canceled:
		if one.op != nil {
			one.op.End([]any{r.Header.Revision, int64(0)}, clients.Done, nil)
			one.op = nil
			close(one.begun)
		}
	case one.op != nil: // it never began
		one.end(fmt.Sprint(r.Err()))
	case r.Canceled:
		record("canceled", one.number, r.Header.Revision, r.CompactRevision)
		one.gone, one.ended = true, true
	case len(r.Events) > 0:
		one.told = r.Events[len(r.Events)-1].Kv.ModRevision
		record("told", one.number, r.Header.Revision, false, eventValues(r.Events))
	case r.IsProgressNotify():
		one.told = max(one.told, r.Header.Revision)
		record("progressed", one.number, r.Header.Revision)
	}
}

func eventValues(events []*clientv3.Event) (list []any) {
	for _, e := range events {
		one := etcdwire.Event{KV: pairOf(e.Kv), PrevKV: pairOf(e.PrevKv)}
		if e.Type == mvccpb.DELETE {
			one.Type = etcdwire.EventDelete
		}
		list = append(list, etcd.EventValue(&one))
	}
	return list
}

func pairOf(kv *mvccpb.KeyValue) *etcdwire.KeyValue {
	if kv == nil {
		return nil
	}
	return &etcdwire.KeyValue{
		Key: kv.Key, Value: kv.Value, CreateRevision: kv.CreateRevision, ModRevision: kv.ModRevision, Version: kv.Version,
		Lease: kv.Lease,
	}
}

// toldMax is how long a watch may take, once all is well, to be told of what its key was set to last.
const toldMax = 15 * time.Second

// judgeWatchesTold waits until all watches that are told of puts have been told of the last ones, and ends them.
func (v *visit) judgeWatchesTold(p host.Process) checker.Verdict {
	behind := func() *watch {
		for _, one := range v.watches {
			if one.puts && !one.ended && one.told < v.final {
				return one
			}
		}
		return nil
	}
	for until := p.Now() + toldMax; p.Now() < until && behind() != nil; {
		p.Sleep(50 * time.Millisecond)
	}
	verdict := checker.Verdict{Checker: "watches", Outcome: checker.Valid}
	if one := behind(); one != nil {
		verdict.Outcome = checker.Invalid
		verdict.Reason = fmt.Sprintf("watch %d was told of revision %d last, and its keys were changed at %d or later, "+
			"which it was not told of within %v", one.number, one.told, v.final, toldMax)
	}
	for _, one := range v.watches {
		one.gone = true
		one.cancel()
	}
	return verdict
}
