package etcdv3

import (
	"context"
	"fmt"
	"sync"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc"

	"ordeal/checker"
	"ordeal/host"
)

// tenures are the leases of a trial, with what they were promised. Goroutines of etcd's client tell them of
// keep-alives.
type tenures struct {
	now  func() time.Duration
	mu   sync.Mutex
	list []*tenure
	by   map[int64]*tenure
	// gone is when leases were seen to end that the client did not know yet to have.
	gone map[int64]time.Duration
}

// tenure is a lease. It may not end before until, unless its client wants it to.
type tenure struct {
	lease   int64
	until   time.Duration
	renewed time.Duration // when the keep-alive was sent that until is from; 0 if it is from the grant
	// wanted says that the client has asked for its end, and ended that it was seen.
	wanted, ended bool
	early         string // why its end was too early
}

// granted notes a lease that was asked for at an instant.
func (t *tenures) granted(lease int64, asked time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.by == nil {
		t.by = map[int64]*tenure{}
	}
	at, gone := t.gone[lease]
	one := &tenure{lease: lease, until: asked + ttl*time.Second}
	t.by[lease] = one
	t.list = append(t.list, one)
	if gone {
		one.end(at)
	}
}

// wanted notes that the client of a lease may have asked for its end.
func (t *tenures) wanted(lease int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if one := t.by[lease]; one != nil {
		one.wanted = true
	}
}

// renewed notes that a keep-alive was answered that was sent at an instant.
func (t *tenures) renewed(lease, granted int64, sent time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if one := t.by[lease]; one != nil && !one.ended && granted > 0 {
		if until := sent + time.Duration(granted)*time.Second; until > one.until {
			one.until, one.renewed = until, sent
		}
	}
}

// over notes that the end of a lease was seen.
func (t *tenures) over(lease int64, at time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if one := t.by[lease]; one != nil {
		one.end(at)
		return
	}
	if t.gone == nil {
		t.gone = map[int64]time.Duration{}
	}
	t.gone[lease] = at
}

// end notes that the lease's end was seen, and whether that was too early.
func (one *tenure) end(at time.Duration) {
	if one.ended {
		return
	}
	one.ended = true
	if one.wanted || at >= one.until {
		return
	}
	last := "it was granted"
	if one.renewed > 0 {
		last = "its last keep-alive was sent that was answered"
	}
	since := at - one.until + ttl*time.Second
	one.early = fmt.Sprintf("lease %x of %d s was over at %v, at the latest; that is %v after %s, and no client "+
		"had asked for its end", one.lease, ttl, at.Round(time.Millisecond), since.Round(time.Millisecond), last)
}

// left are leases that have not ended.
func (t *tenures) left() (n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, one := range t.list {
		if !one.ended {
			n++
		}
	}
	return n
}

// judge says whether any lease has ended too early.
func (t *tenures) judge() checker.Verdict {
	t.mu.Lock()
	defer t.mu.Unlock()
	v := checker.Verdict{Checker: "leases", Outcome: checker.Valid}
	count := int64(0)
	for _, one := range t.list {
		if one.early == "" {
			continue
		}
		if count++; count == 1 {
			v.Outcome, v.Reason = checker.Invalid, one.early
			v.Rule = "a lease was over before its time"
		}
	}
	if count > 1 {
		v.Reason += fmt.Sprintf("; so were %d more", count-1)
	}
	return v
}

// follow is an interceptor of gRPC's: it sees keep-alives go and their answers come.
func (t *tenures) follow(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string,
	streamer grpc.Streamer, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	s, err := streamer(ctx, desc, cc, method, opts...)
	if err != nil || method != "/etcdserverpb.Lease/LeaseKeepAlive" {
		return s, err
	}
	return &keepAlives{ClientStream: s, t: t, sent: map[int64][]time.Duration{}}, nil
}

// keepAlives is a stream of them. A server answers them one after the other, in their order.
type keepAlives struct {
	grpc.ClientStream
	t    *tenures
	mu   sync.Mutex
	sent map[int64][]time.Duration // those without an answer, by lease
}

// SendMsg implements grpc.ClientStream.
func (k *keepAlives) SendMsg(m any) error {
	if r, ok := m.(*pb.LeaseKeepAliveRequest); ok {
		k.mu.Lock()
		k.sent[r.ID] = append(k.sent[r.ID], k.t.now())
		k.mu.Unlock()
	}
	return k.ClientStream.SendMsg(m)
}

// RecvMsg implements grpc.ClientStream.
func (k *keepAlives) RecvMsg(m any) error {
	err := k.ClientStream.RecvMsg(m)
	r, ok := m.(*pb.LeaseKeepAliveResponse)
	if err != nil || !ok {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if list := k.sent[r.ID]; len(list) > 0 {
		k.sent[r.ID] = list[1:]
		k.t.renewed(r.ID, r.TTL, list[0])
	}
	return nil
}

// awaitEnds waits for the ends of the leases: none is renewed any more.
func (v *visit) awaitEnds(p host.Process) checker.Verdict {
	for until := p.Now() + endsMax; p.Now() < until; p.Sleep(100 * time.Millisecond) {
		if v.leases.left() == 0 {
			return checker.Verdict{Checker: "sessions", Outcome: checker.Valid}
		}
	}
	return checker.Verdict{Checker: "sessions", Outcome: checker.Invalid,
		Reason: fmt.Sprintf("%d leases of %d s were not renewed for %v, and have not ended", v.leases.left(), ttl, endsMax)}
}
