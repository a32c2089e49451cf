package cluster_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/etcdwire"
	"ordeal/host"
)

func etcdEnsemble(t *testing.T, seed uint64, nodes int) *ensemble {
	t.Helper()
	return newEnsembleWith(t, seed, nodes, func(c *cluster.Config) {
		c.Etcd = cluster.Etcd{On: true, ClusterID: 7, CheckpointEvery: 3 * time.Second}
	})
}

// keysDone is one operation as its client saw it.
type keysDone struct {
	what        string
	key, value  string
	revision    int64
	began, done int // places among all beginnings and ends
	lost        bool
}

// keysWorld is what clients did to the keys of an ensemble, and what a watch was told.
type keysWorld struct {
	*ensemble
	place int
	ops   []*keysDone
	last  int // the number of the last value
	told  []etcdwire.Event
	rest  time.Duration // between two operations
	until time.Duration
	// wrong is what was seen to be wrong at once; done and revisions are how much there was.
	wrong     []string
	done      int
	revisions int64
}

func (w *keysWorld) next() int {
	w.place++
	return w.place
}

// client puts, reads, deletes and sets if nothing was changed, at random.
func (w *keysWorld) client(p host.Process, number int) {
	c := newEtcdClient(p, w.servers, number)
	saw := map[string]int64{}
	for w.Now() < w.until {
		p.Sleep(w.rest)
		w.last++
		o := &keysDone{key: fmt.Sprintf("k%d", p.Rand().IntN(4)), value: fmt.Sprint("v", w.last), began: w.next()}
		var status etcdwire.Status
		switch n := p.Rand().IntN(100); {
		case n < 35:
			o.what = "put"
			r := &etcdwire.PutResponse{}
			status, o.lost = c.call(etcdwire.MethodPut, &etcdwire.PutRequest{Key: []byte(o.key), Value: []byte(o.value)}, r)
			if r.Header != nil {
				o.revision = r.Header.Revision
			}
		case n < 65:
			o.what = "read"
			r := &etcdwire.RangeResponse{}
			status, o.lost = c.call(etcdwire.MethodRange, &etcdwire.RangeRequest{Key: []byte(o.key)}, r)
			if o.value = ""; r.Header != nil {
				o.revision = r.Header.Revision
				if len(r.KVs) > 0 {
					o.value = string(r.KVs[0].Value)
					saw[o.key] = r.KVs[0].ModRevision
				}
			}
		case n < 90:
			o.what = "set-if"
			r := &etcdwire.TxnResponse{}
			status, o.lost = c.call(etcdwire.MethodTxn, &etcdwire.TxnRequest{
				Compare: []etcdwire.Compare{{Key: []byte(o.key), Target: etcdwire.CompareMod, Given: true,
					With: etcdwire.CompareMod, Number: saw[o.key]}},
				Success: []etcdwire.RequestOp{{Put: &etcdwire.PutRequest{Key: []byte(o.key), Value: []byte(o.value)}}},
			}, r)
			if r.Header != nil {
				o.revision = r.Header.Revision
				if !r.Succeeded {
					o.what = "refused"
				}
			}
		default:
			o.what = "delete"
			r := &etcdwire.DeleteRangeResponse{}
			status, o.lost = c.call(etcdwire.MethodDeleteRange, &etcdwire.DeleteRangeRequest{Key: []byte(o.key)}, r)
			if r.Header != nil {
				o.revision = r.Header.Revision
				if r.Deleted == 0 {
					o.what = "refused"
				}
			}
		}
		if o.done = w.next(); status.Code != etcdwire.OK && !o.lost {
			w.wrong = append(w.wrong, fmt.Sprintf("%s is answered %v", o.what, status))
		}
		w.ops = append(w.ops, o)
	}
}

// watcher is told of everything from the beginning, over whatever happens to its streams.
func (w *keysWorld) watcher(p host.Process, until func() bool) {
	c := newEtcdClient(p, w.servers, 0)
	for next := int64(1); !until(); {
		call := c.begin(etcdwire.MethodWatch, &etcdwire.WatchRequest{Create: &etcdwire.WatchCreateRequest{
			Key: []byte{0}, RangeEnd: []byte{0}, StartRevision: next,
		}})
		for !until() {
			b, status, lost := c.wait(call, 2*time.Second)
			if lost || status.Code != etcdwire.OK {
				c.leave()
				break
			}
			r := &etcdwire.WatchResponse{}
			if err := etcdwire.Decode(b, r); err != nil || r.Canceled {
				w.wrong = append(w.wrong, fmt.Sprintf("a watch is told %+v %v", r, err))
				return
			}
			for _, e := range r.Events {
				if e.KV.ModRevision < next {
					w.wrong = append(w.wrong, fmt.Sprintf("a watch from revision %d is told of %d", next, e.KV.ModRevision))
				}
			}
			w.told = append(w.told, r.Events...)
			if len(r.Events) > 0 {
				next = r.Events[len(r.Events)-1].KV.ModRevision + 1
			}
		}
	}
}

// judge says what is wrong with what was seen, in the order of revisions: which the watch has told.
func (w *keysWorld) judge() (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	keys := map[string]string{}
	at := map[int64]map[string]string{1: {}}
	wrote := map[string]int64{}
	last := int64(1)
	for _, e := range w.told {
		if e.KV.ModRevision != last+1 {
			say("a watch is told of revision %d behind %d", e.KV.ModRevision, last)
		}
		last = e.KV.ModRevision
		if e.Type == etcdwire.EventDelete {
			delete(keys, string(e.KV.Key))
		} else {
			if wrote[string(e.KV.Value)] != 0 {
				say("%s was put twice", e.KV.Value)
			}
			wrote[string(e.KV.Value)] = last
			keys[string(e.KV.Key)] = string(e.KV.Value)
		}
		at[last] = maps.Clone(keys)
	}
	for _, o := range w.ops {
		if o.lost {
			continue
		}
		w.done++
		state := at[o.revision]
		switch {
		case state == nil:
			say("%+v is of a revision that the watch was not told of, which is at %d", o, last)
		case (o.what == "put" || o.what == "set-if") && wrote[o.value] != o.revision:
			say("%+v was put at revision %d", o, wrote[o.value])
		case o.what == "read" && state[o.key] != o.value, o.what == "delete" && state[o.key] != "":
			say("%+v, and the key was %q", o, state[o.key])
		}
		for _, before := range w.ops {
			if !before.lost && before.done < o.began && before.revision > o.revision {
				say("%+v began when %+v was over", o, before)
				break
			}
		}
	}
	w.revisions = last
	return wrong
}

// playKeys has clients use keys while servers crash and are cut off, and judges every answer.
func playKeys(t *testing.T, seed uint64) (w *keysWorld, wrong []string) {
	t.Helper()
	w = &keysWorld{
		ensemble: etcdEnsemble(t, seed, 3+2*int(seed%2)), rest: 40 * time.Millisecond, until: 25 * time.Second,
	}
	for i := range 4 {
		w.Spawn(host.Addr(fmt.Sprintf("c%d", i)), func(p host.Process) { w.client(p, i) })
	}
	over := false
	w.Spawn("watcher", func(p host.Process) { w.watcher(p, func() bool { return over }) })
	w.disturb(seed)
	w.RunUntil(45 * time.Second)
	over = true
	w.RunUntil(50 * time.Second)
	wrong = append(w.wrong, w.judge()...)
	for _, failure := range w.Failures() {
		wrong = append(wrong, fmt.Sprintf("%+v", failure))
	}
	return w, wrong
}

func TestKeysUnderFaults(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w, wrong := playKeys(t, seed)
			for _, one := range wrong {
				t.Error(one)
			}
			w.agree()
			if w.done < 200 || w.revisions < 100 {
				t.Errorf("only %d operations and %d revisions: the test shows nothing", w.done, w.revisions)
			}
		})
	}
}

// TestTheJudgeOfKeys: each of these histories is wrong, and is found to be.
func TestTheJudgeOfKeys(t *testing.T) {
	put := func(revision int64, key, value string) etcdwire.Event {
		return etcdwire.Event{KV: &etcdwire.KeyValue{Key: []byte(key), Value: []byte(value), ModRevision: revision}}
	}
	for what, w := range map[string]*keysWorld{
		"a revision that is missing": {told: []etcdwire.Event{put(2, "a", "1"), put(4, "a", "2")}},
		"a value that was put twice": {told: []etcdwire.Event{put(2, "a", "1"), put(3, "a", "1")}},
		"a put that is not there": {told: []etcdwire.Event{put(2, "a", "1")}, ops: []*keysDone{
			{what: "put", key: "b", value: "2", revision: 2}}},
		"a read of what was before": {told: []etcdwire.Event{put(2, "a", "1"), put(3, "a", "2")}, ops: []*keysDone{
			{what: "read", key: "a", value: "1", revision: 3}}},
		"an answer of the past": {told: []etcdwire.Event{put(2, "a", "1"), put(3, "a", "2")}, ops: []*keysDone{
			{what: "put", key: "a", value: "2", revision: 3, began: 1, done: 2},
			{what: "read", key: "a", value: "1", revision: 2, began: 3, done: 4}}},
		"a deletion that left the key": {told: []etcdwire.Event{put(2, "a", "1")}, ops: []*keysDone{
			{what: "delete", key: "a", revision: 2}}},
	} {
		if wrong := w.judge(); len(wrong) == 0 {
			t.Errorf("%s is nothing wrong", what)
		}
	}
	good := &keysWorld{told: []etcdwire.Event{put(2, "a", "1")}, ops: []*keysDone{
		{what: "put", key: "a", value: "1", revision: 2, began: 1, done: 2},
		{what: "read", key: "a", value: "1", revision: 2, began: 3, done: 4}}}
	if wrong := good.judge(); len(wrong) > 0 {
		t.Errorf("a good history: %v", wrong)
	}
}

// disturb crashes and cuts off servers, the leader first, and mends all before the end.
func (w *keysWorld) disturb(seed uint64) {
	at := func(after time.Duration, f func()) { w.At(after, f) }
	down := func(after, long time.Duration, which func() host.Addr) {
		var s host.Addr
		at(after, func() {
			if s = which(); s != "" {
				_ = w.Crash(s)
			}
		})
		at(after+long, func() {
			if s != "" {
				_ = w.Restart(s)
			}
		})
	}
	cut := func(after, long time.Duration, which func() host.Addr) {
		var s host.Addr
		each := func(f func(from, to host.Addr) error) {
			for _, other := range w.servers {
				if s != "" && other != s {
					_, _ = f(s, other), f(other, s)
				}
			}
		}
		at(after, func() { s = which(); each(w.Cut) })
		at(after+long, func() { each(w.Mend) })
	}
	down(3*time.Second, 2*time.Second, w.leader)
	cut(7*time.Second, 3*time.Second, w.leader)
	down(12*time.Second, 3*time.Second, w.follower)
	cut(17*time.Second, time.Duration(2+seed)*time.Second, w.leader)
	at(24*time.Second, func() {
		for _, s := range w.servers {
			_ = w.Crash(s)
		}
	})
	at(25*time.Second, func() {
		for _, s := range w.servers {
			_ = w.Restart(s)
		}
	})
}
