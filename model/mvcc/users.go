package mvcc

import (
	"maps"
	"slices"
)

// The refusals that are about users, in etcd's words.
const (
	errUserEmpty       = "etcdserver: user name is empty"
	errUserExists      = "etcdserver: user name already exists"
	errUserNotFound    = "etcdserver: user name not found"
	errRoleExists      = "etcdserver: role name already exists"
	errRoleEmpty       = "etcdserver: role name is empty"
	errRoleNotFound    = "etcdserver: role name not found"
	errRoleNotGranted  = "etcdserver: role is not granted to the user"
	errPermNotGranted  = "etcdserver: permission is not granted to the role"
	errDenied          = "etcdserver: permission denied"
	errOldAuth         = "etcdserver: revision of auth store is old"
	errInvalidMgmt     = "etcdserver: invalid auth management"
	errRootUserMissing = "etcdserver: root user does not exist"
	errRootRoleMissing = "etcdserver: root user does not have root role"
)

const root = "root"

// users are who may do what. Changes of them raise a revision of their own.
type users struct {
	enabled  bool
	revision int64
	roles    map[string]map[string]bool // of users
	grants   map[string][]grant         // of roles
}

// grant is a range that a role may read, write, or both: "read", "write", "readwrite".
type grant struct{ kind, key, end string }

func newUsers() *users {
	return &users{revision: 1, roles: map[string]map[string]bool{}, grants: map[string][]grant{}}
}

// apply carries out a request about users, whose answer is [revision of the keys]:
//
//	auth-enable, auth-disable
//	user-add name password, user-delete name, user-password name password, user-grant user role, user-revoke user role
//	role-add name, role-delete name, role-grant role kind key end, role-revoke role key end
func (u *users) apply(s *Store, who Who, r *Request) any {
	if refused := u.mayAdminister(who); refused != "" {
		return refused
	}
	var names [4]string
	copy(names[:], r.Names)
	next := u.clone()
	text, changed := next.change(r.Op, names)
	if text != "" {
		return text
	}
	if changed {
		next.revision++
	}
	s.users = next
	return []any{s.revision}
}

// clone is a copy: moments have what was before.
func (u *users) clone() *users {
	c := *u
	c.roles, c.grants = make(map[string]map[string]bool, len(u.roles)), make(map[string][]grant, len(u.grants))
	for name, has := range u.roles { //house:unordered each for itself
		c.roles[name] = maps.Clone(has)
	}
	for name, list := range u.grants { //house:unordered each for itself
		c.grants[name] = slices.Clone(list)
	}
	return &c
}

// change does it, and says whether that counts for a change.
func (u *users) change(op string, n [4]string) (refused string, changed bool) {
	switch op {
	case "auth-enable":
		switch {
		case u.enabled:
		case u.roles[root] == nil:
			return errRootUserMissing, false
		case !u.roles[root][root]:
			return errRootRoleMissing, false
		}
		u.enabled = true
		return "", false
	case "auth-disable":
		changed = u.enabled
		u.enabled = false
		return "", changed
	case "user-add":
		if n[0] == "" {
			return errUserEmpty, false
		}
		if u.roles[n[0]] != nil {
			return errUserExists, false
		}
		u.roles[n[0]] = map[string]bool{}
	case "user-delete":
		if u.enabled && n[0] == root {
			return errInvalidMgmt, false
		}
		if u.roles[n[0]] == nil {
			return errUserNotFound, false
		}
		delete(u.roles, n[0])
	case "user-password":
		if u.roles[n[0]] == nil {
			return errUserNotFound, false
		}
	case "user-grant":
		return u.give(n[0], n[1])
	case "user-revoke":
		return u.take(n[0], n[1])
	default:
		return u.changeRole(op, n)
	}
	return "", true
}

func (u *users) give(user, role string) (refused string, changed bool) {
	has := u.roles[user]
	switch {
	case has == nil:
		return errUserNotFound, false
	case role != root && u.grants[role] == nil:
		return errRoleNotFound, false
	}
	changed = !has[role]
	has[role] = true
	return "", changed
}

func (u *users) take(user, role string) (refused string, changed bool) {
	has := u.roles[user]
	switch {
	case u.enabled && user == root && role == root:
		return errInvalidMgmt, false
	case has == nil:
		return errUserNotFound, false
	case !has[role]:
		return errRoleNotGranted, false
	}
	delete(has, role)
	return "", true
}

func (u *users) changeRole(op string, n [4]string) (refused string, changed bool) {
	list := u.grants[n[0]]
	switch op {
	case "role-add":
		if n[0] == "" {
			return errRoleEmpty, false
		}
		if list != nil {
			return errRoleExists, false
		}
		u.grants[n[0]] = []grant{}
	case "role-delete":
		if u.enabled && n[0] == root {
			return errInvalidMgmt, false
		}
		if list == nil {
			return errRoleNotFound, false
		}
		delete(u.grants, n[0])
		for _, has := range u.roles { //house:unordered each for itself
			delete(has, n[0])
		}
	case "role-grant":
		if n[2] == "" || n[3] != "" && n[3] != "\x00" && n[3] <= n[2] {
			return errInvalidMgmt, false
		}
		if list == nil {
			return errRoleNotFound, false
		}
		u.grants[n[0]] = granting(list, grant{n[1], n[2], n[3]})
	case "role-revoke":
		if list == nil {
			return errRoleNotFound, false
		}
		left := slices.DeleteFunc(slices.Clone(list), func(g grant) bool { return g.key == n[1] && g.end == n[2] })
		if len(left) == len(list) {
			return errPermNotGranted, false
		}
		u.grants[n[0]] = left
	}
	return "", true
}

// granting adds a permission to a list, which is in the order of keys. It takes the place of one for the same range if
// that is the first with its key: so etcd has it. A second one for the same range is of no harm but that both count.
func granting(list []grant, g grant) []grant {
	at := slices.IndexFunc(list, func(one grant) bool { return one.key >= g.key })
	if at < 0 {
		return append(list, g)
	}
	if list[at].key == g.key && list[at].end == g.end {
		list[at].kind = g.kind
		return list
	}
	for at < len(list) && list[at].key == g.key {
		at++
	}
	return slices.Insert(list, at, g)
}

func (u *users) mayAdminister(who Who) string {
	has := u.roles[who.User]
	switch {
	case !u.enabled || who.Service || has[root]:
		return ""
	case who.User == "":
		return errUserEmpty
	case has == nil:
		return errUserNotFound
	}
	return errDenied
}

// may says why someone may not read, or write, a range as it was asked for, or "".
func (u *users) may(who Who, key, end string, write bool) string {
	switch {
	case !u.enabled || who.Service:
		return ""
	case who.Revision == 0:
		return errUserEmpty
	case who.Revision < u.revision:
		return errOldAuth
	}
	has := u.roles[who.User]
	if has[root] || u.granted(has, key, end, write) {
		return ""
	}
	return errDenied
}

// granted says whether the ranges of some roles, one behind the other, cover a range.
func (u *users) granted(roles map[string]bool, key, end string, write bool) bool {
	var list []grant
	for _, role := range slices.Sorted(maps.Keys(roles)) {
		for _, g := range u.grants[role] {
			if g.kind == "readwrite" || write == (g.kind == "write") {
				list = append(list, g)
			}
		}
	}
	if end == "" || end != "\x00" && end <= key { // of a range that is empty etcd asks where it begins
		return slices.ContainsFunc(list, func(g grant) bool { return In(key, g.key, g.end) })
	}
	at := key // everything before it is covered
	for moved := true; moved; {
		moved = false
		for _, g := range list {
			switch to := g.end; {
			case g.key > at:
				continue
			case to == "\x00":
				return true
			case to == "":
				to = g.key + "\x00"
				fallthrough
			default:
				if to > at {
					at, moved = to, true
				}
			}
		}
		if end != "\x00" && at >= end {
			return true
		}
	}
	return false
}
