package main

import (
	"fmt"

	"ordeal/cluster/etcdwire"
)

const authService = "/etcdserverpb.Auth/"

// user draws what is about users and roles, while authentication is off.
func (d *drawer) user() request {
	name, role := fmt.Sprintf("user%d", d.IntN(4)), fmt.Sprintf("role%d", d.IntN(4))
	if d.chance(10) {
		name, role = "root", "root"
	}
	if d.chance(3) {
		name, role = "", ""
	}
	switch d.IntN(12) {
	case 0:
		return plain(etcdwire.MethodUserAdd, &etcdwire.AuthUserAddRequest{
			Name: name, Options: &etcdwire.UserAddOptions{NoPassword: true},
		})
	case 1:
		return plain(authService+"UserDelete", &etcdwire.AuthUserDeleteRequest{Name: name})
	case 2:
		return plain(authService+"UserGet", &etcdwire.AuthUserGetRequest{Name: name})
	case 3:
		return plain(authService+"UserList", &etcdwire.AuthUserListRequest{})
	case 4:
		return plain(authService+"UserGrantRole", &etcdwire.AuthUserGrantRoleRequest{User: name, Role: role})
	case 5:
		return plain(authService+"UserRevokeRole", &etcdwire.AuthUserRevokeRoleRequest{Name: name, Role: role})
	case 6:
		return plain(authService+"RoleAdd", &etcdwire.AuthRoleAddRequest{Name: role})
	case 7:
		return plain(authService+"RoleDelete", &etcdwire.AuthRoleDeleteRequest{Role: role})
	case 8:
		return plain(authService+"RoleGet", &etcdwire.AuthRoleGetRequest{Role: role})
	case 9:
		return plain(authService+"AuthStatus", &etcdwire.AuthStatusRequest{})
	case 10:
		r := &etcdwire.AuthRoleRevokePermissionRequest{Role: role, Key: d.key()}
		r.RangeEnd = d.end(r.Key)
		return plain(authService+"RoleRevokePermission", r)
	}
	r := &etcdwire.AuthRoleGrantPermissionRequest{Name: role}
	if !d.chance(3) {
		p := &etcdwire.Permission{Type: etcdwire.PermissionType(d.IntN(3)), Key: d.key()}
		p.RangeEnd = d.end(p.Key)
		r.Perm = p
	}
	return plain(authService+"RoleGrantPermission", r)
}
