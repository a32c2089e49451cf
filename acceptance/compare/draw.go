package main

import (
	"fmt"
	"math/rand/v2"

	"ordeal/cluster/wire"
)

// drawer draws steps from a seed. All that it knows is what it has drawn, so both servers get the same.
type drawer struct {
	*rand.Rand
	root string
	xids [clients + 1]int32
}

// clients is how many connections a round has.
const clients = 3

func newDrawer(seed uint64, round int) *drawer {
	return &drawer{Rand: rand.New(rand.NewPCG(seed, uint64(round))), root: fmt.Sprintf("/r%d-%d", seed, round)}
}

// opening begins a round: all clients connect, and create a root that each of them may change.
func (d *drawer) opening() []step {
	var steps []step
	for client := range clients {
		steps = append(steps, dial{client: client + 1, timeoutMs: 300000})
	}
	return append(steps, send{1, []frame{{xid: 1, request: wire.CreateRequest{Path: d.root, ACL: worldACL}}}})
}

var worldACL = []wire.ACL{{Perms: wire.PermAll, ID: wire.ID{Scheme: "world", ID: "anyone"}}}

func pick[T any](d *drawer, list ...T) T { return list[d.IntN(len(list))] }

// chance is true n times in 100.
func (d *drawer) chance(n int) bool { return d.IntN(100) < n }

// step draws what comes next.
func (d *drawer) step() step {
	client := 1 + d.IntN(clients)
	switch n := d.IntN(1000); {
	case n < 12:
		return cut{client}
	case n < 60:
		return d.dial(client)
	case n < 63:
		b := d.bytes(60)
		if len(b) >= 12 {
			clear(b[4:12]) // the last zxid seen: whether a server is that far is its own affair
		}
		return first{bytes: b}
	case n < 66:
		return word{pick(d, "ruok", "isro", "srvr", "wchs", "stat")}
	case n < 150:
		return d.pipeline(client)
	case n < 153:
		return send{client, []frame{d.damaged(client)}}
	case n < 170:
		return send{client, []frame{d.strange(client)}}
	case n < 180:
		return send{client, []frame{{xid: wire.XidAuth, request: d.claim()}}}
	}
	return send{client, []frame{d.frame(client)}}
}

func (d *drawer) dial(client int) step {
	s := dial{client: client, timeoutMs: pick[int32](d, 300000, 300000, 400000, 1<<30), old: d.chance(10),
		readOnly: d.chance(10)}
	if d.chance(60) {
		s.resume = pick(d, client, client, client, 1+d.IntN(clients))
	}
	s.forged = d.chance(5) && s.resume == client
	s.seen = pick(d, zxidZero, zxidZero, zxidBase, zxidZero, zxidZero, zxidZero, zxidZero, zxidFar)
	return s
}

// pipeline is several requests at once. Claims are not among them: ZooKeeper answers one before the requests in front
// of it.
func (d *drawer) pipeline(client int) step {
	s := send{client: client}
	for range 2 + d.IntN(6) {
		f := d.frame(client)
		s.frames = append(s.frames, f)
		if f.opOf() == wire.OpCloseSession {
			break // what becomes of requests behind it is a matter of luck
		}
	}
	return s
}

func (d *drawer) xid(client int) int32 {
	d.xids[client]++
	return 1 + d.xids[client]
}

func (d *drawer) frame(client int) frame {
	f := frame{xid: d.xid(client), request: d.requestOf(client)}
	if _, ok := f.request.(wire.SetWatchesRequest); ok {
		f.xid, f.seen = wire.XidSetWatches, pick(d, zxidZero, zxidBase, zxidSeen, zxidFar)
	}
	return f
}

// damaged is a request whose body has lost its end or has a byte changed.
func (d *drawer) damaged(client int) frame {
	r := d.request()
	b := frame{request: r}.encode(0)[8:]
	if len(b) > 0 && d.chance(50) {
		b = b[:d.IntN(len(b))]
	} else if len(b) > 0 {
		b[d.IntN(len(b))] ^= 1 << d.IntN(8)
	}
	return frame{xid: d.xid(client), raw: true, op: r.Op(), body: b}
}

// strange is a request with an operation's number that no operation has.
func (d *drawer) strange(client int) frame {
	op := wire.OpCode(pick[int32](d, 0, 10, 23, 99, 108, -1, -12, 1000))
	return frame{xid: pick(d, d.xid(client), 0, -1, -2, -4, -8, 1<<31-1), raw: true, op: op, body: d.bytes(40)}
}

func (d *drawer) bytes(n int) []byte {
	b := make([]byte, d.IntN(n))
	for i := range b {
		b[i] = pick(d, 0, 0, 0, '/', byte(d.IntN(256)))
	}
	return b
}
