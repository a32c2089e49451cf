package cluster_test

import (
	"testing"
	"time"

	"ordeal/cluster/etcdwire"
	"ordeal/host"
)

// TestReadWhereUsersDidNotCountYet asks a server that does not know yet that users have to say who they are. When it
// has heard of that it knows who asks, since it was told.
func TestReadWhereUsersDidNotCountYet(t *testing.T) {
	e := etcdEnsemble(t, 6, 3)
	e.RunUntil(2 * time.Second)
	late, leader := e.follower(), e.leader()
	e.cutOff(late)
	done := false
	e.Spawn("client", func(p host.Process) {
		c := newEtcdClient(p, []host.Addr{leader}, 0)
		c.makeUsersCount(t)
		token := c.tokenOf(t, "root")
		c = newEtcdClient(p, []host.Addr{late}, 0)
		c.token = token
		call := c.begin(etcdwire.MethodRange, &etcdwire.RangeRequest{Key: []byte("k")})
		p.Sleep(100 * time.Millisecond)
		e.letIn(late)
		if b, status, lost := c.wait(call, 5*time.Second); b == nil {
			t.Errorf("the answer is %v %v", status, lost)
		}
		done = true
	})
	e.RunUntil(15 * time.Second)
	if !done {
		t.Error("not everything was done")
	}
}

// TestWatchesWaitForTheirToken asks for two watches on one stream of a server that does not know yet that their token
// was given out. When it has heard of that both begin.
func TestWatchesWaitForTheirToken(t *testing.T) {
	e := etcdEnsemble(t, 6, 3)
	e.RunUntil(2 * time.Second)
	late, leader := e.follower(), e.leader()
	created := 0
	e.Spawn("client", func(p host.Process) {
		c := newEtcdClient(p, []host.Addr{leader}, 0)
		c.makeUsersCount(t)
		p.Sleep(time.Second)
		e.cutOff(late)
		token := c.tokenOf(t, "root")
		c = newEtcdClient(p, []host.Addr{late}, 0)
		c.token = token
		create := func(key string) *etcdwire.WatchRequest {
			return &etcdwire.WatchRequest{Create: &etcdwire.WatchCreateRequest{Key: []byte(key)}}
		}
		call := c.begin(etcdwire.MethodWatch, create("a"))
		c.conn.Send(etcdwire.AppendFrame(nil, etcdwire.Frame{
			Kind: etcdwire.FrameMessage, Call: call, Message: etcdwire.Append(nil, create("b")),
		}))
		p.Sleep(100 * time.Millisecond)
		e.letIn(late)
		for range 2 {
			b, status, lost := c.wait(call, 5*time.Second)
			if b == nil {
				t.Errorf("the answer is %v %v", status, lost)
				return
			}
			r := &etcdwire.WatchResponse{}
			if err := etcdwire.Decode(b, r); err != nil || !r.Created || r.Canceled {
				t.Errorf("the answer is %+v, %v", r, err)
			}
			created++
		}
	})
	e.RunUntil(20 * time.Second)
	if created != 2 {
		t.Errorf("%d of 2 watches have begun", created)
	}
}

// TestTokensDoNotOutliveASnapshot has a user's password be changed while a server is away, and that server be sent a
// snapshot: the token that the old password was good for is good there no more.
func TestTokensDoNotOutliveASnapshot(t *testing.T) {
	e := etcdEnsemble(t, 6, 3)
	e.RunUntil(2 * time.Second)
	late, leader := e.follower(), e.leader()
	done := false
	e.Spawn("client", func(p host.Process) {
		c := newEtcdClient(p, []host.Addr{leader}, 0)
		c.makeUsersCount(t)
		token := c.tokenOf(t, "root")
		p.Sleep(time.Second)
		e.cutOff(late)
		c.token = token
		change := &etcdwire.AuthUserChangePasswordRequest{Name: "root", Password: "other"}
		if status, lost := c.call(etcdwire.MethodPassword, change, &etcdwire.AuthHeaderResponse{}); lost ||
			status.Code != etcdwire.OK {
			t.Errorf("a password: %v", status)
		}
		who := &etcdwire.AuthenticateRequest{Name: "root", Password: "other"}
		r := &etcdwire.AuthenticateResponse{}
		c.token = ""
		if status, lost := c.call(etcdwire.MethodAuthenticate, who, r); lost || status.Code != etcdwire.OK {
			t.Errorf("another token: %v", status)
		}
		c.token = r.Token
		for range 300 {
			put := &etcdwire.PutRequest{Key: []byte("k")}
			if status, lost := c.call(etcdwire.MethodPut, put, &etcdwire.PutResponse{}); lost || status.Code != etcdwire.OK {
				t.Errorf("a put: %v", status)
				return
			}
		}
		e.letIn(late)
		p.Sleep(5 * time.Second)
		c = newEtcdClient(p, []host.Addr{late}, 0)
		c.token = token
		status, lost := c.call(etcdwire.MethodRange, &etcdwire.RangeRequest{Key: []byte("k")}, &etcdwire.RangeResponse{})
		if lost || status != etcdwire.ErrInvalidAuthToken {
			t.Errorf("with the old token a read is answered %v", status)
		}
		done = true
	})
	e.RunUntil(30 * time.Second)
	if !done {
		t.Error("not everything was done")
	}
	if first, _ := e.node(late).TermAt(100); first != 0 {
		t.Errorf("%s has entry 100: it caught up by the log, and the test shows nothing", late)
	}
}

// makeUsersCount has all who ask say who they are, and makes the user root.
func (c *etcdClient) makeUsersCount(t *testing.T) {
	for _, one := range []struct {
		method  string
		request etcdwire.Message
	}{
		{"UserAdd", &etcdwire.AuthUserAddRequest{Name: "root", Password: "root"}},
		{"UserGrantRole", &etcdwire.AuthUserGrantRoleRequest{User: "root", Role: "root"}},
		{"AuthEnable", &etcdwire.AuthEnableRequest{}},
	} {
		status, lost := c.call("/etcdserverpb.Auth/"+one.method, one.request, &etcdwire.AuthHeaderResponse{})
		if lost || status.Code != etcdwire.OK {
			t.Fatalf("%s: %v", one.method, status)
		}
	}
}

// tokenOf is a token of a user whose name is its password.
func (c *etcdClient) tokenOf(t *testing.T, user string) string {
	r := &etcdwire.AuthenticateResponse{}
	who := &etcdwire.AuthenticateRequest{Name: user, Password: user}
	if status, lost := c.call(etcdwire.MethodAuthenticate, who, r); lost || status.Code != etcdwire.OK {
		t.Fatalf("a token: %v", status)
	}
	return r.Token
}

// cutOff keeps a server's messages from all others, and theirs from it, until it is let in.
func (e *ensemble) cutOff(server host.Addr) {
	for _, other := range e.servers {
		if other != server {
			_, _ = e.Cut(other, server), e.Cut(server, other)
		}
	}
}

func (e *ensemble) letIn(server host.Addr) {
	for _, other := range e.servers {
		if other != server {
			e.mustDo(e.Mend(other, server))
			e.mustDo(e.Mend(server, other))
		}
	}
}
