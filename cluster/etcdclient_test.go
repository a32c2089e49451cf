package cluster_test

import (
	"time"

	"ordeal/cluster/etcdwire"
	"ordeal/host"
)

// etcdClient makes calls of etcd's API from a process, one after the other, and watches beside. It keeps to a server
// until that is gone.
type etcdClient struct {
	p       host.Process
	servers []host.Addr
	place   int
	conn    host.Conn
	gone    bool
	woken   host.Signal
	last    uint64
	token   string // of every call
	// Of each call under way: the messages that came, and how it ended.
	came  map[uint64][][]byte
	ended map[uint64]etcdwire.Status
}

func newEtcdClient(p host.Process, servers []host.Addr, place int) *etcdClient {
	return &etcdClient{p: p, servers: servers, place: place, woken: p.NewSignal()}
}

func (c *etcdClient) Opened() { c.woken.Set() }
func (c *etcdClient) Closed() {
	c.gone = true
	c.woken.Set()
}

func (c *etcdClient) Frame(b []byte) {
	f, ok := etcdwire.DecodeFrame(b)
	if !ok {
		panic("a server sends what is no frame")
	}
	if f.Kind == etcdwire.FrameMessage {
		c.came[f.Call] = append(c.came[f.Call], f.Message)
	} else {
		c.ended[f.Call] = f.Status
	}
	c.woken.Set()
}

// begin begins a call, on a new connection if there is none.
func (c *etcdClient) begin(method string, request etcdwire.Message) uint64 {
	if c.conn == nil {
		c.gone, c.came, c.ended = false, map[uint64][][]byte{}, map[uint64]etcdwire.Status{}
		c.conn = c.p.Dial(c.servers[c.place%len(c.servers)], c)
		c.conn.Send([]byte(etcdwire.Preface))
	}
	c.last++
	c.conn.Send(etcdwire.AppendFrame(nil, etcdwire.Frame{
		Kind: etcdwire.FrameBegin, Call: c.last, Method: method, Token: c.token, HasMessage: true,
		Message: etcdwire.Append(nil, request),
	}))
	return c.last
}

// wait waits until something came for a call, or it ended, and says which; lost says that it will never be known.
func (c *etcdClient) wait(call uint64, patience time.Duration) (message []byte, status etcdwire.Status, lost bool) {
	for end := c.p.Now() + patience; ; {
		if came := c.came[call]; len(came) > 0 {
			c.came[call] = came[1:]
			return came[0], etcdwire.Status{}, false
		}
		if status, ended := c.ended[call]; ended {
			return nil, status, false
		}
		if left := end - c.p.Now(); c.gone || left <= 0 || !c.woken.Wait(left) && !c.gone {
			c.leave()
			return nil, etcdwire.Status{}, true
		}
	}
}

// leave goes to the next server.
func (c *etcdClient) leave() {
	if c.conn != nil {
		c.conn.Close()
	}
	c.conn = nil
	c.place++
}

// call makes a call that has one answer.
func (c *etcdClient) call(method string, request, response etcdwire.Message) (status etcdwire.Status, lost bool) {
	number := c.begin(method, request)
	b, status, lost := c.wait(number, 3*time.Second)
	if b != nil {
		if err := etcdwire.Decode(b, response); err != nil {
			panic(err)
		}
	}
	return status, lost || status == etcdwire.ErrTimeout
}
