package kv

import (
	"bytes"
	"encoding/base64"
	"slices"

	"ordeal/cluster/etcdwire"
)

// applyAuth carries out what is about users and roles.
func (s *Store) applyAuth(who Who, request etcdwire.Message) (etcdwire.Message, etcdwire.Status) {
	if r, ok := request.(*etcdwire.AuthenticateRequest); ok {
		return s.authenticate(r)
	}
	if status := s.MayAdminister(who); status.Code != etcdwire.OK {
		return nil, status
	}
	if status := s.change(request); status.Code != etcdwire.OK {
		return nil, status
	}
	return &etcdwire.AuthHeaderResponse{Header: header(s.revision)}, etcdwire.Status{}
}

func (s *Store) change(request etcdwire.Message) etcdwire.Status {
	a := &s.auth
	switch r := request.(type) {
	case *etcdwire.AuthEnableRequest:
		return a.enable()
	case *etcdwire.AuthDisableRequest:
		if a.enabled {
			a.enabled = false
			a.changed()
		}
		return etcdwire.Status{}
	case *etcdwire.AuthUserAddRequest:
		return a.addUser(r)
	case *etcdwire.AuthUserDeleteRequest:
		return a.deleteUser(r)
	case *etcdwire.AuthUserChangePasswordRequest:
		return a.changePassword(r)
	case *etcdwire.AuthUserGrantRoleRequest:
		return a.grantRole(r)
	case *etcdwire.AuthUserRevokeRoleRequest:
		return a.revokeRole(r)
	case *etcdwire.AuthRoleAddRequest:
		return a.addRole(r)
	case *etcdwire.AuthRoleDeleteRequest:
		return a.deleteRole(r)
	case *etcdwire.AuthRoleGrantPermissionRequest:
		return a.grantPermission(r)
	case *etcdwire.AuthRoleRevokePermissionRequest:
		return a.revokePermission(r)
	}
	return etcdwire.Status{Code: etcdwire.Unimplemented, Text: "unknown request"}
}

// authenticate gives a token to a user whose password was checked before. Which it is, the log knows: its beginning was
// drawn by the server that was asked, and the rest is the entry's index, which whoever applies it puts behind.
func (s *Store) authenticate(r *etcdwire.AuthenticateRequest) (etcdwire.Message, etcdwire.Status) {
	u := s.auth.users[r.Name]
	switch {
	case !s.auth.enabled:
		return nil, etcdwire.ErrAuthNotEnabled
	case u == nil || u.noPassword:
		return nil, etcdwire.ErrAuthFailed
	}
	return &etcdwire.AuthenticateResponse{Header: header(s.revision), Token: r.SimpleToken}, etcdwire.Status{}
}

func (a *auth) enable() etcdwire.Status {
	u := a.users[rootUser]
	switch {
	case a.enabled:
	case u == nil:
		return etcdwire.ErrRootUserNotExist
	case !u.has(rootRole):
		return etcdwire.ErrRootRoleNotExist
	}
	a.enabled = true
	a.rehash()
	return etcdwire.Status{}
}

func (a *auth) addUser(r *etcdwire.AuthUserAddRequest) etcdwire.Status {
	switch {
	case r.Name == "":
		return etcdwire.ErrUserEmpty
	case a.users[r.Name] != nil:
		return etcdwire.ErrUserAlreadyExist
	}
	u := &user{name: r.Name, noPassword: r.Options != nil && r.Options.NoPassword}
	if !u.noPassword {
		var err error
		if u.password, err = base64.StdEncoding.DecodeString(r.HashedPassword); err != nil {
			return etcdwire.ErrNoPasswordUser
		}
	}
	a.users[r.Name] = u
	a.changed()
	return etcdwire.Status{}
}

func (a *auth) deleteUser(r *etcdwire.AuthUserDeleteRequest) etcdwire.Status {
	switch {
	case a.enabled && r.Name == rootUser:
		return etcdwire.ErrInvalidAuthMgmt
	case a.users[r.Name] == nil:
		return etcdwire.ErrUserNotFound
	}
	delete(a.users, r.Name)
	a.changed()
	return etcdwire.Status{}
}

func (a *auth) changePassword(r *etcdwire.AuthUserChangePasswordRequest) etcdwire.Status {
	u := a.users[r.Name]
	if u == nil {
		return etcdwire.ErrUserNotFound
	}
	if u.noPassword {
		u.password = nil
	} else {
		password, err := base64.StdEncoding.DecodeString(r.HashedPassword)
		if err != nil {
			return etcdwire.ErrNoPasswordUser
		}
		u.password = password
	}
	a.changed()
	return etcdwire.Status{}
}

func (a *auth) grantRole(r *etcdwire.AuthUserGrantRoleRequest) etcdwire.Status {
	u := a.users[r.User]
	switch {
	case u == nil:
		return etcdwire.ErrUserNotFound
	case r.Role != rootRole && a.roles[r.Role] == nil:
		return etcdwire.ErrRoleNotFound
	}
	if at, has := slices.BinarySearch(u.roles, r.Role); !has {
		u.roles = slices.Insert(u.roles, at, r.Role)
		a.changed()
	}
	return etcdwire.Status{}
}

func (a *auth) revokeRole(r *etcdwire.AuthUserRevokeRoleRequest) etcdwire.Status {
	u := a.users[r.Name]
	switch {
	case a.enabled && r.Name == rootUser && r.Role == rootRole:
		return etcdwire.ErrInvalidAuthMgmt
	case u == nil:
		return etcdwire.ErrUserNotFound
	case !u.has(r.Role):
		return etcdwire.ErrRoleNotGranted
	}
	u.revoke(r.Role)
	a.changed()
	return etcdwire.Status{}
}

func (u *user) revoke(role string) {
	if at, has := slices.BinarySearch(u.roles, role); has {
		u.roles = slices.Delete(u.roles, at, at+1)
	}
}

func (a *auth) addRole(r *etcdwire.AuthRoleAddRequest) etcdwire.Status {
	switch {
	case r.Name == "":
		return etcdwire.ErrRoleEmpty
	case a.roles[r.Name] != nil:
		return etcdwire.ErrRoleAlreadyExist
	}
	a.roles[r.Name] = &role{name: r.Name}
	a.changed()
	return etcdwire.Status{}
}

func (a *auth) deleteRole(r *etcdwire.AuthRoleDeleteRequest) etcdwire.Status {
	switch {
	case a.enabled && r.Role == rootRole:
		return etcdwire.ErrInvalidAuthMgmt
	case a.roles[r.Role] == nil:
		return etcdwire.ErrRoleNotFound
	}
	delete(a.roles, r.Role)
	for _, u := range a.users { //house:unordered each for itself
		u.revoke(r.Role)
	}
	a.changed()
	return etcdwire.Status{}
}

// sound says whether a permission's range is one: not empty, and not of the empty key.
func sound(p *etcdwire.Permission) bool {
	if len(p.Key) == 0 {
		return false
	}
	r := spanOf(p.Key, p.RangeEnd)
	return r.open || r.begin < r.end
}

func (a *auth) grantPermission(r *etcdwire.AuthRoleGrantPermissionRequest) etcdwire.Status {
	switch {
	case r.Perm == nil:
		return etcdwire.ErrPermissionNotGiven
	case !sound(r.Perm):
		return etcdwire.ErrInvalidAuthMgmt
	case a.roles[r.Name] == nil:
		return etcdwire.ErrRoleNotFound
	}
	one := a.roles[r.Name]
	at, _ := slices.BinarySearchFunc(one.permissions, r.Perm.Key, func(p etcdwire.Permission, key []byte) int {
		return bytes.Compare(p.Key, key)
	})
	p := etcdwire.Permission{Type: r.Perm.Type, Key: bytes.Clone(r.Perm.Key), RangeEnd: bytes.Clone(r.Perm.RangeEnd)}
	if at < len(one.permissions) && same(&one.permissions[at], p.Key, p.RangeEnd) {
		one.permissions[at].Type = p.Type
	} else {
		for at < len(one.permissions) && bytes.Equal(one.permissions[at].Key, p.Key) {
			at++
		}
		one.permissions = slices.Insert(one.permissions, at, p)
	}
	a.changed()
	return etcdwire.Status{}
}

func same(p *etcdwire.Permission, key, rangeEnd []byte) bool {
	return bytes.Equal(p.Key, key) && bytes.Equal(p.RangeEnd, rangeEnd)
}

func (a *auth) revokePermission(r *etcdwire.AuthRoleRevokePermissionRequest) etcdwire.Status {
	one := a.roles[r.Role]
	if one == nil {
		return etcdwire.ErrRoleNotFound
	}
	had := len(one.permissions)
	one.permissions = slices.DeleteFunc(one.permissions, func(p etcdwire.Permission) bool {
		return same(&p, r.Key, r.RangeEnd)
	})
	if len(one.permissions) == had {
		return etcdwire.ErrPermNotGranted
	}
	a.changed()
	return etcdwire.Status{}
}
