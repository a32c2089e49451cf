package etcd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// What Kubernetes' API server asks its store for, by etcd's own client. acceptance/etcdcompare draws the same
// requests, and holds every answer against etcd's.

const registry = "/registry/pods/"

// write is a write of an object whose mod revision is to be one; 0 for one that is not to be there.
func write(
	ctx context.Context, c *clientv3.Client, name string, at int64, op clientv3.Op,
) (*clientv3.TxnResponse, error) {
	return c.Txn(ctx).If(clientv3.Compare(clientv3.ModRevision(registry+name), "=", at)).
		Then(op).Else(clientv3.OpGet(registry + name)).Commit()
}

func TestObjectsAreWrittenAtTheirRevision(t *testing.T) {
	_, client := serveOne(t)
	ctx := t.Context()
	put := func(name, value string) clientv3.Op { return clientv3.OpPut(registry+name, value) }
	for i, step := range []struct {
		name string
		at   int64
		op   clientv3.Op
		// ok says whether it is done, revision is the answer's, and current the revision of what is told instead.
		ok                bool
		revision, current int64
	}{
		{"a", 0, put("a", "1"), true, 2, 0},
		{"a", 0, put("a", "2"), false, 2, 2}, // made twice
		{"a", 2, put("a", "3"), true, 3, 0},
		{"a", 2, put("a", "4"), false, 3, 3}, // the revision is an older one
		{"b", 7, put("b", "5"), false, 3, 0}, // of what is not there
		{"a", 2, clientv3.OpDelete(registry + "a"), false, 3, 3},
		{"a", 3, clientv3.OpDelete(registry + "a"), true, 4, 0},
		{"a", 3, put("a", "6"), false, 4, 0},
		{"a", 0, put("a", "7"), true, 5, 0}, // made anew
	} {
		r, err := write(ctx, client, step.name, step.at, step.op)
		if err != nil {
			t.Fatal(err)
		}
		current := int64(0)
		if !r.Succeeded {
			if kvs := r.Responses[0].GetResponseRange().Kvs; len(kvs) == 1 {
				current = kvs[0].ModRevision
			}
		}
		if r.Succeeded != step.ok || r.Header.Revision != step.revision || current != step.current {
			t.Errorf("step %d: %v at %d, and there is %d; wanted %v at %d, and %d", i, r.Succeeded, r.Header.Revision, current,
				step.ok, step.revision, step.current)
		}
	}
}

// TestListsGoOnAtTheirRevision lists in pages while objects come and go: all pages are of the first one's revision, and
// once that was compacted the list is refused.
func TestListsGoOnAtTheirRevision(t *testing.T) {
	_, client := serveOne(t)
	ctx := t.Context()
	for i := range 10 {
		if _, err := client.Put(ctx, fmt.Sprintf("%s%02d", registry, i), "first"); err != nil {
			t.Fatal(err)
		}
	}
	end := clientv3.WithRange(clientv3.GetPrefixRangeEnd(registry))
	from, revision := registry, int64(0)
	var listed []string
	for page := 0; ; page++ {
		r, err := client.Get(ctx, from, end, clientv3.WithLimit(3), clientv3.WithRev(revision))
		if err != nil {
			t.Fatal(err)
		}
		if revision == 0 {
			revision = r.Header.Revision
		}
		if want := int64(10 - 3*page); r.Count != want {
			t.Errorf("page %d: %d are left, and %d are said to be", page, want, r.Count)
		}
		for _, kv := range r.Kvs {
			listed = append(listed, strings.TrimPrefix(string(kv.Key), registry)+string(kv.Value))
		}
		if !r.More {
			break
		}
		from = string(r.Kvs[len(r.Kvs)-1].Key) + "\x00"
		for _, name := range []string{"00", "05", "09x"} { // before, behind and between
			if _, err := client.Put(ctx, registry+name, "later"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := client.Delete(ctx, registry+"08"); err != nil {
			t.Fatal(err)
		}
	}
	var want []string
	for i := range 10 {
		want = append(want, fmt.Sprintf("%02dfirst", i))
	}
	if !slices.Equal(listed, want) {
		t.Errorf("the pages have %v", listed)
	}
	if _, err := client.Compact(ctx, revision+1); err != nil {
		t.Fatal(err)
	}
	_, err := client.Get(ctx, from, end, clientv3.WithLimit(3), clientv3.WithRev(revision))
	if !errors.Is(err, rpctypes.ErrCompacted) {
		t.Errorf("a page of a revision that was compacted: %v", err)
	}
}

// TestWatchesTellHowFarTheyAre watches from a list's revision on, with progress: what has changed comes with what was
// there before, and behind it the revision that was come to, though another key has it.
func TestWatchesTellHowFarTheyAre(t *testing.T) {
	c := DefaultConfig()
	c.DataDir, c.ListenClientURLs, c.ListenPeerURLs = t.TempDir(), []string{"http://127.0.0.1:0"}, nil
	c.ProgressNotifyInterval = 200 * time.Millisecond
	s, err := Start(c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	client := dial(t, clientv3.Config{Endpoints: []string{s.ClientAddr()}})
	ctx := t.Context()
	put, err := client.Put(ctx, registry+"a", "1")
	if err != nil {
		t.Fatal(err)
	}
	watch := client.Watch(clientv3.WithRequireLeader(ctx), registry, clientv3.WithPrefix(), clientv3.WithPrevKV(),
		clientv3.WithProgressNotify(), clientv3.WithRev(put.Header.Revision+1))
	if _, err := client.Put(ctx, registry+"a", "2"); err != nil {
		t.Fatal(err)
	}
	other, err := client.Put(ctx, "/registry/nodes/a", "")
	if err != nil {
		t.Fatal(err)
	}
	for told := 0; ; {
		r, open := <-watch
		switch {
		case !open || r.Err() != nil:
			t.Fatalf("the watch has ended: %v", r.Err())
		case !r.IsProgressNotify():
			e := r.Events[0]
			if len(r.Events) != 1 || !e.IsModify() || string(e.PrevKv.Value) != "1" || string(e.Kv.Value) != "2" {
				t.Fatalf("the watch is told %v", r.Events)
			}
			told++
		case r.Header.Revision == other.Header.Revision:
			if told != 1 {
				t.Errorf("the watch is at revision %d, and was told of %d changes", r.Header.Revision, told)
			}
			return
		}
	}
}

// TestOneOfAllCompacts has several who would compact: of those who compare the key with what they have seen one sets
// it, and the others are told what it is now.
func TestOneOfAllCompacts(t *testing.T) {
	const key = "compact_rev_key"
	_, client := serveOne(t)
	ctx := t.Context()
	versions := make([]int64, 3) // that each has seen
	for round := range 4 {
		won := 0
		for i, seen := range versions {
			r, err := client.Txn(ctx).If(clientv3.Compare(clientv3.Version(key), "=", seen)).
				Then(clientv3.OpPut(key, fmt.Sprint(round))).Else(clientv3.OpGet(key)).Commit()
			if err != nil {
				t.Fatal(err)
			}
			if r.Succeeded {
				won++
				versions[i]++
				if _, err := client.Compact(ctx, r.Header.Revision); err != nil {
					t.Errorf("who has set the key compacts: %v", err)
				}
				continue
			}
			versions[i] = r.Responses[0].GetResponseRange().Kvs[0].Version
		}
		if won != 1 || slices.Min(versions) != int64(round+1) || slices.Max(versions) != int64(round+1) {
			t.Errorf("round %d: %d have won, and they have seen %v", round, won, versions)
		}
	}
}
