package kv

import (
	"maps"
	"slices"

	"ordeal/cluster/etcdwire"
)

// The user and the role that may do everything.
const (
	rootUser = "root"
	rootRole = "root"
)

// auth is who may do what.
type auth struct {
	enabled bool
	// revision goes up with every change of users and roles.
	revision uint64
	users    map[string]*user
	roles    map[string]*role
	sum      uint64 // of its hash
}

type user struct {
	name       string
	password   []byte // hashed
	noPassword bool
	roles      []string // sorted
	// reads and writes are what its roles grant: disjoint, sorted. They follow from the roles.
	reads, writes []span
}

type role struct {
	name        string
	permissions []etcdwire.Permission // sorted by key
}

func newAuth() auth {
	a := auth{revision: 1, users: map[string]*user{}, roles: map[string]*role{}}
	a.rehash()
	return a
}

func (u *user) has(role string) bool {
	_, found := slices.BinarySearch(u.roles, role)
	return found
}

// changed is called when users or roles have.
func (a *auth) changed() {
	a.revision++
	a.refresh()
}

// refresh finds out anew what every user may do.
func (a *auth) refresh() {
	a.rehash()
	for _, u := range a.users { //house:unordered each for itself
		u.reads, u.writes = nil, nil
		for _, name := range u.roles {
			if r := a.roles[name]; r != nil {
				for i := range r.permissions {
					u.grant(&r.permissions[i])
				}
			}
		}
		u.reads, u.writes = union(u.reads), union(u.writes)
	}
}

func (u *user) grant(p *etcdwire.Permission) {
	r := spanOf(p.Key, p.RangeEnd)
	if p.Type == etcdwire.PermRead || p.Type == etcdwire.PermReadWrite {
		u.reads = append(u.reads, r)
	}
	if p.Type == etcdwire.PermWrite || p.Type == etcdwire.PermReadWrite {
		u.writes = append(u.writes, r)
	}
}

// union makes ranges disjoint, and joins those that touch.
func union(list []span) (joined []span) {
	slices.SortFunc(list, func(a, b span) int {
		switch {
		case a.begin < b.begin:
			return -1
		case a.begin > b.begin:
			return 1
		}
		return 0
	})
	for _, r := range list {
		if n := len(joined); n > 0 && (joined[n-1].open || joined[n-1].end >= r.begin) {
			last := &joined[n-1]
			last.open, last.end = last.open || r.open, max(last.end, r.end)
			continue
		}
		joined = append(joined, r)
	}
	return joined
}

// covers reports whether a range lies in one of some, which are disjoint. An empty range lies in none.
func covers(list []span, r span) bool {
	if !r.open && r.end <= r.begin {
		r = point(r.begin) // it has nothing in it: etcd asks where it begins
	}
	return slices.ContainsFunc(list, func(one span) bool {
		return one.begin <= r.begin && (one.open || !r.open && r.end <= one.end)
	})
}

// AuthEnabled reports whether users have to say who they are.
func (s *Store) AuthEnabled() bool { return s.auth.enabled }

// AuthRevision is that of the last change of users or roles.
func (s *Store) AuthRevision() uint64 { return s.auth.revision }

// Password is the hash of a user's password, and the revision of users and roles; the status says why there is none.
func (s *Store) Password(name string) (hash []byte, revision uint64, status etcdwire.Status) {
	u := s.auth.users[name]
	switch {
	case !s.auth.enabled:
		return nil, 0, etcdwire.ErrAuthNotEnabled
	case u == nil:
		return nil, 0, etcdwire.ErrAuthFailed
	case u.noPassword:
		return nil, 0, etcdwire.ErrNoPasswordUser
	}
	return u.password, s.auth.revision, etcdwire.Status{}
}

// UserGet tells the roles of a user.
func (s *Store) UserGet(who Who, r *etcdwire.AuthUserGetRequest) (*etcdwire.AuthUserGetResponse, etcdwire.Status) {
	if status := s.MayAdminister(who); status.Code != etcdwire.OK && r.Name != who.User {
		return nil, status
	}
	u := s.auth.users[r.Name]
	if u == nil {
		return nil, etcdwire.ErrUserNotFound
	}
	return &etcdwire.AuthUserGetResponse{Header: header(s.revision), Roles: slices.Clone(u.roles)}, etcdwire.Status{}
}

// RoleGet tells what a role grants. That of root grants everything, whatever was granted to it.
func (s *Store) RoleGet(who Who, r *etcdwire.AuthRoleGetRequest) (*etcdwire.AuthRoleGetResponse, etcdwire.Status) {
	if status := s.MayAdminister(who); status.Code != etcdwire.OK {
		if u := s.auth.users[who.User]; u == nil || !u.has(r.Role) {
			return nil, status
		}
	}
	one := s.auth.roles[r.Role]
	if one == nil {
		return nil, etcdwire.ErrRoleNotFound
	}
	response := &etcdwire.AuthRoleGetResponse{Header: header(s.revision), Perm: slices.Clone(one.permissions)}
	if r.Role == rootRole {
		response.Perm = []etcdwire.Permission{{Type: etcdwire.PermReadWrite, RangeEnd: []byte{0}}}
	}
	return response, etcdwire.Status{}
}

// Users and Roles are the names of all, sorted.
func (s *Store) Users() []string { return slices.Sorted(maps.Keys(s.auth.users)) }

// Roles are the names of all roles, sorted.
func (s *Store) Roles() []string { return slices.Sorted(maps.Keys(s.auth.roles)) }
