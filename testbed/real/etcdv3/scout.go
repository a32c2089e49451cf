package etcdv3

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"ordeal/history"
	"ordeal/host"
)

// ledger is what scouts were told, by revision. The index of a history's event says when a revision was seen first: it
// was made before that event.
type ledger struct {
	seen map[int64]sight
	next int64 // all revisions below were seen; 2 is the first that there can be
}

// sight is what a revision did, and when that was first seen.
type sight struct {
	events []*clientv3.Event
	event  int
	at     time.Duration
}

// whole says that all revisions up to one were seen.
func (l *ledger) whole(last int64) bool { return l.next > last }

// add notes what a scout was told. It returns those revisions that no scout had seen.
func (l *ledger) add(events []*clientv3.Event, event int, at time.Duration) (fresh []int64) {
	if l.seen == nil {
		l.seen, l.next = map[int64]sight{}, 2
	}
	for len(events) > 0 {
		r := events[0].Kv.ModRevision
		n := 1
		for n < len(events) && events[n].Kv.ModRevision == r {
			n++
		}
		if _, known := l.seen[r]; !known {
			l.seen[r] = sight{events[:n], event, at}
			fresh = append(fresh, r)
		}
		events = events[n:]
	}
	for _, known := l.seen[l.next]; known; _, known = l.seen[l.next] {
		l.next++
	}
	return fresh
}

// scout watches all keys at one server, until its context is over.
func (v *visit) scout(ctx context.Context, server host.Addr) {
	defer func() { v.scouting <- struct{}{} }()
	next := int64(1)
	for ctx.Err() == nil {
		if c, err := v.dial(scoutName, server); err == nil {
			next = v.watchAll(ctx, c, server, next)
			_ = c.Close() // whatever it has to say of that
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (v *visit) watchAll(ctx context.Context, c *clientv3.Client, server host.Addr, next int64) int64 {
	told := c.Watch(ctx, "\x00", clientv3.WithFromKey(), clientv3.WithRev(next), clientv3.WithPrevKV())
	for r := range told {
		if len(r.Events) > 0 {
			next = r.Events[len(r.Events)-1].Kv.ModRevision + 1
			v.Do(func() {
				v.scouts[server] = next - 1
				v.sighted(r.Events)
			})
		}
	}
	return next
}

// scouted is the revision up to which every scout has been told of everything.
func (v *visit) scouted() int64 {
	least := v.revision
	for _, r := range v.scouts {
		least = min(least, r)
	}
	return least
}

// sighted notes what a scout was told, and the ends of sessions among that.
func (v *visit) sighted(events []*clientv3.Event) {
	for _, r := range v.log.add(events, len(v.Record.Ops()), v.Now()) {
		for _, e := range v.log.seen[r].events {
			if e.Type != mvccpb.DELETE || !strings.HasPrefix(string(e.Kv.Key), marks) {
				continue
			}
			var lease int64
			if _, err := fmt.Sscanf(string(e.Kv.Key[len(marks):]), "%x", &lease); err != nil {
				continue
			}
			v.leases.over(lease, v.Now())
			if v.kind.sessions {
				v.Record.OK(history.Service, "end", "", []any{sessionName(lease), int64(v.sinceBefore(r))})
			}
		}
	}
}

// marks begins the keys that show that a lease is there: each has one that nothing else deletes.
const marks = "leases/"

func markOf(lease int64) string      { return fmt.Sprintf("%s%x", marks, lease) }
func sessionName(lease int64) string { return fmt.Sprintf("0x%x", lease) }

// shown is that an answer showed a revision: the newest of an instant behind the event at which its call began.
type shown struct {
	call     int
	revision int64
}

func (v *visit) show(call int, revision int64) {
	v.shown = append(v.shown, shown{call, revision})
	v.revision = max(v.revision, revision)
}

// sinceBefore is the last event that is known to be before a revision was made.
func (v *visit) sinceBefore(revision int64) (event int) {
	for _, s := range v.shown {
		if s.revision < revision {
			event = max(event, s.call)
		}
	}
	return event
}
