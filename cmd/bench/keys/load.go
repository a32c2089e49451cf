package keys

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// load is what clients do, each on a connection of its own, with so much outstanding on it.
type load struct {
	name                 string
	clients, outstanding int
	// wanted is how many times etcd's throughput is to be reached.
	wanted float64
	// prepare is called once in a turn, before the clients begin.
	prepare func(ctx context.Context, e *ensemble) (calls, error)
	// drive has clients do something else than call after call; nil for that.
	drive func(e *ensemble, from, to time.Time) ([]time.Duration, error)
}

// calls are what clients ask for again and again.
type calls struct {
	method string
	// message is a client's, and least how many bytes its answer has at least.
	message func(client int) []byte
	least   int
}

const (
	valueBytes = 100
	listed     = 10_000
	watchers   = 1000

	rangeMethod = "/etcdserverpb.KV/Range"
	putMethod   = "/etcdserverpb.KV/Put"
	watchMethod = "/etcdserverpb.Watch/Watch"
)

func loads() (list []load) {
	for _, kind := range []struct {
		name    string
		prepare func(context.Context, *ensemble) (calls, error)
	}{{"put", puts}, {"get", gets}} {
		for _, size := range [][2]int{{1, 1}, {50, 1}, {50, 20}} {
			list = append(list, load{name: fmt.Sprintf("%s, %d × %d", kind.name, size[0], size[1]), clients: size[0],
				outstanding: size[1], wanted: 2, prepare: kind.prepare})
		}
	}
	return append(list,
		load{name: fmt.Sprintf("list of %d", listed), clients: 2, outstanding: 1, wanted: 1.5, prepare: lists},
		load{name: fmt.Sprintf("fan-out to %d", watchers), wanted: 1.5, drive: fanOut})
}

var value = make([]byte, valueBytes)

func key(client int) []byte { return fmt.Appendf(nil, "bench-%d", client) }

// bytesOf are a message's.
func bytesOf(m interface{ Marshal() ([]byte, error) }) []byte {
	b, err := m.Marshal()
	if err != nil {
		panic("keys: a request can't be written: " + err.Error())
	}
	return b
}

func puts(context.Context, *ensemble) (calls, error) {
	return calls{method: putMethod, message: func(client int) []byte {
		return bytesOf(&pb.PutRequest{Key: key(client), Value: value})
	}}, nil
}

// gets are linearizable.
func gets(ctx context.Context, e *ensemble) (calls, error) {
	err := e.once(func(kv pb.KVClient) error {
		for i := range 50 {
			if _, err := kv.Put(ctx, &pb.PutRequest{Key: key(i), Value: value}); err != nil {
				return err
			}
		}
		return nil
	})
	return calls{method: rangeMethod, least: valueBytes, message: func(client int) []byte {
		return bytesOf(&pb.RangeRequest{Key: key(client)})
	}}, err
}

// lists are of many keys at a revision that is not the newest.
func lists(ctx context.Context, e *ensemble) (calls, error) {
	at, err := e.fill(ctx, "list-", listed)
	return calls{method: rangeMethod, least: listed * valueBytes, message: func(int) []byte {
		return bytesOf(&pb.RangeRequest{Key: []byte("list-"), RangeEnd: []byte("list."), Revision: at})
	}}, err
}

// result is what a turn has shown.
type result struct {
	rate float64 // operations a second
	p99  time.Duration
	cpu  time.Duration // of all servers, for a thousand operations
}

// turn has the clients of a load at work for a while.
func (f flags) turn(ctx context.Context, e *ensemble, l load) (r result, err error) {
	drive := l.drive
	if drive == nil {
		c, err := l.prepare(ctx, e)
		if err != nil {
			return r, err
		}
		drive = func(e *ensemble, from, to time.Time) ([]time.Duration, error) { return l.call(e, c, from, to) }
	}
	from := time.Now().Add(f.warmUp)
	to := from.Add(f.measure)
	var all []time.Duration
	driven := make(chan error, 1)
	go func() {
		var err error
		all, err = drive(e, from, to)
		driven <- err
	}()
	time.Sleep(time.Until(from))
	before, err1 := e.spent()
	time.Sleep(time.Until(to))
	after, err2 := e.spent()
	if err := errors.Join(<-driven, err1, err2); err != nil {
		return r, err
	}
	if len(all) == 0 {
		return r, errors.New("nothing was answered in time")
	}
	slices.Sort(all)
	return result{
		rate: float64(len(all)) / f.measure.Seconds(), p99: all[(len(all)-1)*99/100],
		cpu: (after - before) * 1000 / time.Duration(len(all)),
	}, nil
}

// call has each client make its calls, one behind the answer to another. It returns how long those took that ended
// between two instants.
func (l load) call(e *ensemble, c calls, from, to time.Time) ([]time.Duration, error) {
	took, errs := make([][]time.Duration, l.clients), make([]error, l.clients)
	var clients sync.WaitGroup
	for i := range l.clients {
		clients.Go(func() { took[i], errs[i] = l.callOf(e.addrs[i%len(e.addrs)], c, i, from, to) })
	}
	clients.Wait()
	return slices.Concat(took...), errors.Join(errs...)
}

// callOf is call for one client.
func (l load) callOf(addr string, c calls, client int, from, to time.Time) (took []time.Duration, err error) {
	w, err := open(addr)
	if err != nil {
		return nil, err
	}
	defer w.close()
	message := c.message(client)
	type call struct {
		begun time.Time
		bytes int
	}
	underway := map[uint32]*call{}
	begin := func() error {
		stream, err := w.begin(c.method, message, true)
		underway[stream] = &call{begun: time.Now()}
		return err
	}
	for range l.outstanding {
		if err := begin(); err != nil {
			return nil, err
		}
	}
	for len(underway) > 0 {
		h, err := w.next()
		if err != nil {
			return nil, err
		}
		one := underway[h.stream]
		one.bytes += h.bytes
		if !h.ended {
			continue
		}
		delete(underway, h.stream)
		now := time.Now()
		switch {
		case one.bytes < c.least:
			return nil, fmt.Errorf("an answer has %d bytes", one.bytes)
		case now.After(from) && now.Before(to):
			took = append(took, now.Sub(one.begun))
		}
		if now.Before(to) {
			if err := begin(); err != nil {
				return nil, err
			}
		}
	}
	return took, nil
}

// median takes each figure's.
func median(list []result) (m result) {
	middle := func(less func(a, b result) int) result {
		return slices.SortedFunc(slices.Values(list), less)[len(list)/2]
	}
	m.rate = middle(func(a, b result) int { return int(a.rate - b.rate) }).rate
	m.p99 = middle(func(a, b result) int { return int(a.p99 - b.p99) }).p99
	m.cpu = middle(func(a, b result) int { return int(a.cpu - b.cpu) }).cpu
	return m
}
