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
	for _, other := range e.servers {
		if other != late {
			_, _ = e.Cut(other, late), e.Cut(late, other)
		}
	}
	done := false
	e.Spawn("client", func(p host.Process) {
		c := newEtcdClient(p, []host.Addr{leader}, 0)
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
		r := &etcdwire.AuthenticateResponse{}
		who := &etcdwire.AuthenticateRequest{Name: "root", Password: "root"}
		if status, lost := c.call(etcdwire.MethodAuthenticate, who, r); lost || status.Code != etcdwire.OK {
			t.Fatalf("a token: %v", status)
		}
		c = newEtcdClient(p, []host.Addr{late}, 0)
		c.token = r.Token
		call := c.begin(etcdwire.MethodRange, &etcdwire.RangeRequest{Key: []byte("k")})
		p.Sleep(100 * time.Millisecond)
		for _, other := range e.servers {
			if other != late {
				e.mustDo(e.Mend(other, late))
				e.mustDo(e.Mend(late, other))
			}
		}
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
