package main

import (
	"fmt"

	"ordeal/cluster/etcdwire"
)

const (
	maintenance = "/etcdserverpb.Maintenance/"
	noMember    = 999 // of neither
)

// odd draws what is asked for seldom, and mostly can't be.
func (d *drawer) odd() request {
	urls := pick(d, nil, []string{""}, []string{"x"}, []string{"http://h"}, []string{"http://h:1/p"},
		[]string{"ftp://h:1"}, []string{"http://h:1", "h:2"})
	switch d.IntN(8) {
	case 0:
		return plain(etcdwire.MethodMemberAdd, &etcdwire.MemberAddRequest{PeerURLs: urls, IsLearner: d.chance(50)})
	case 1:
		return plain(etcdwire.MethodMemberRemove, &etcdwire.MemberRequest{ID: noMember})
	case 2:
		return plain(etcdwire.MethodMemberPromote, &etcdwire.MemberRequest{ID: noMember})
	case 3:
		return plain(etcdwire.MethodMemberUpdate, &etcdwire.MemberRequest{ID: noMember, PeerURLs: []string{"http://h:1"}})
	case 4:
		return plain(maintenance+"MoveLeader", &etcdwire.MoveLeaderRequest{TargetID: noMember})
	case 5:
		return plain(maintenance+"Downgrade", &etcdwire.DowngradeRequest{
			Action:  pick[int32](d, 0, 0, 2),
			Version: pick(d, "", "3", "3.4", "3.5", "3.5.0", "3.5.7", "3.6", "3.6.0", "3.7", "x", "3.x", "3.5.0.1"),
		})
	case 6:
		return plain(maintenance+"Defragment", &etcdwire.DefragmentRequest{})
	}
	return plain(etcdwire.MethodLeaseRevoke, &etcdwire.LeaseRevokeRequest{ID: d.lease()})
}

// many draws about as many operations as a transaction may have.
func (d *drawer) many(depth int) (ops []etcdwire.RequestOp) {
	for i := range pick(d, 126, 127, 128, 129) {
		ops = append(ops, etcdwire.RequestOp{Put: &etcdwire.PutRequest{
			Key: fmt.Appendf(nil, "m%03d", i), Value: []byte("v"),
		}})
	}
	ops[0] = etcdwire.RequestOp{Txn: d.txn(depth - 1)}
	return ops
}

// usersKnown are the users besides root.
const usersKnown = 4

// turns begins a while in which users have to say who they are, or ends it; it says whether it did.
func (d *drawer) turns() bool {
	if d.left--; d.left > 0 {
		return false
	}
	d.left = 100 + d.IntN(300)
	if d.known {
		d.known = false
		d.queue = append(d.queue, request{authService + "AuthDisable", &etcdwire.AuthDisableRequest{}, "root"})
		return true
	}
	if d.chance(50) {
		return false
	}
	d.known = true
	add := func(method string, m etcdwire.Message) { d.queue = append(d.queue, plain(method, m)) }
	for _, name := range d.names() {
		add(authService+"UserDelete", &etcdwire.AuthUserDeleteRequest{Name: name})
		add(etcdwire.MethodUserAdd, &etcdwire.AuthUserAddRequest{Name: name, Password: name})
	}
	add(authService+"RoleAdd", &etcdwire.AuthRoleAddRequest{Name: "root"})
	add(authService+"UserGrantRole", &etcdwire.AuthUserGrantRoleRequest{User: "root", Role: "root"})
	for n := range usersKnown {
		name, role := fmt.Sprintf("user%d", n), fmt.Sprintf("role%d", n)
		add(authService+"RoleAdd", &etcdwire.AuthRoleAddRequest{Name: role})
		add(authService+"UserGrantRole", &etcdwire.AuthUserGrantRoleRequest{User: name, Role: role})
		for range 3 {
			p := &etcdwire.Permission{Type: etcdwire.PermissionType(d.IntN(3)), Key: d.key()}
			p.RangeEnd = d.end(p.Key)
			add(authService+"RoleGrantPermission", &etcdwire.AuthRoleGrantPermissionRequest{Name: role, Perm: p})
		}
	}
	add(authService+"AuthEnable", &etcdwire.AuthEnableRequest{})
	return true
}

func (d *drawer) names() []string {
	list := []string{"root"}
	for n := range usersKnown {
		list = append(list, fmt.Sprintf("user%d", n))
	}
	return list
}

// badUser has a token that no server gave out.
const badUser = "no user"

// from says who asks. What would leave a user without the password that is its name is not asked for meanwhile.
func (d *drawer) from(r request) request {
	if !d.known {
		return r
	}
	switch r.message.(type) {
	case *etcdwire.AuthUserAddRequest, *etcdwire.AuthUserDeleteRequest, *etcdwire.DefragmentRequest:
		r = plain(authService+"UserGet", &etcdwire.AuthUserGetRequest{Name: pick(d, d.names()...)})
	}
	switch n := d.IntN(100); {
	case n < 5:
	case n < 8:
		r.user = badUser
	case n < 40:
		r.user = "root"
	default:
		r.user = fmt.Sprintf("user%d", d.IntN(usersKnown))
	}
	return r
}
