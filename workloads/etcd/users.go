package etcd

import (
	"fmt"
	"time"

	"ordeal/cluster/etcdwire"
	"ordeal/workloads/clients"
)

// auth is who a client says that it is.
type auth struct {
	user   string
	token  string
	wanted bool // its token is no good, or it has none
	// step is how far the first client has come in setting up users.
	step int
}

// usersKnown are the users besides root, and their roles.
const usersKnown = 3

func userName(n int) string { return fmt.Sprintf("u%d", n%usersKnown+1) }
func roleName(n int) string { return fmt.Sprintf("r%d", n%usersKnown+1) }

// grants are what the roles have at the beginning.
var grants = []etcdwire.Permission{
	{Type: etcdwire.PermReadWrite, Key: []byte("a"), RangeEnd: []byte("b")},
	{Type: etcdwire.PermRead, Key: []byte("a0"), RangeEnd: []byte("b5")},
	{Type: etcdwire.PermWrite, Key: []byte("b"), RangeEnd: []byte{0}},
}

// setUp are the requests that make users have to say who they are, in their order.
func setUp() (list []drawn) {
	list = append(list, userAdd("root"), userGrant("root", "root"))
	for n := range usersKnown {
		list = append(list, userAdd(userName(n)), roleAdd(roleName(n)), roleGrant(roleName(n), &grants[n]),
			userGrant(userName(n), roleName(n)))
	}
	return append(list, change("AuthEnable", &etcdwire.AuthEnableRequest{}))
}

func change(method string, r etcdwire.Message) drawn {
	return of("/etcdserverpb.Auth/"+method, r, false)
}

// A user's password is its name: what is sent in the clear is its own hash.
func userAdd(name string) drawn {
	return change("UserAdd", &etcdwire.AuthUserAddRequest{Name: name, Password: name})
}

func userGrant(user, role string) drawn {
	return change("UserGrantRole", &etcdwire.AuthUserGrantRoleRequest{User: user, Role: role})
}

func roleAdd(name string) drawn { return change("RoleAdd", &etcdwire.AuthRoleAddRequest{Name: name}) }

func roleGrant(role string, p *etcdwire.Permission) drawn {
	return change("RoleGrantPermission", &etcdwire.AuthRoleGrantPermissionRequest{Name: role, Perm: p})
}

// setsUp has the first client set users up, one step a turn, if the trial is about them. The answer to a step that was
// lost is that it was done already.
func (w *worker) setsUp() bool {
	if !w.e.profile.users || w.c.Number() != 1 || w.c.Role() != clients.Running {
		return false
	}
	steps := setUp()
	if w.auth.step >= len(steps) || w.auth.wanted || w.auth.token != "" {
		return false
	}
	c := w.ask(steps[w.auth.step])
	if c == nil {
		return true
	}
	w.await(func() bool { return c.ended })
	if c.answer != nil || c.refused {
		w.auth.step++
	}
	return true
}

// refused notes that a call was refused for who asked, or that its token was no good: the client says who it is then.
func (w *worker) refused(status etcdwire.Status) {
	if status == etcdwire.ErrUserEmpty || status == etcdwire.ErrInvalidAuthToken {
		w.auth.wanted = true
	}
}

// probing has clients be root that look whether the service can be used, and at everything for the last time.
func (w *worker) probing() {
	if w.auth.wanted && w.ready() {
		w.authenticate()
	}
}

// authenticate gets a token, if the client has none that is good and needs one.
func (w *worker) authenticate() {
	if !w.auth.wanted {
		return
	}
	name := "root"
	if n := w.c.Number(); w.c.Role() == clients.Running && n > 2 {
		name = userName(n)
	}
	c := &call{makes: func() etcdwire.Message { return &etcdwire.AuthenticateResponse{} }}
	w.link.begin(c, etcdwire.MethodAuthenticate, &etcdwire.AuthenticateRequest{Name: name, Password: name})
	w.await2(2*time.Second, func() bool { return c.ended || w.link.closed })
	if r, ok := c.answer.(*etcdwire.AuthenticateResponse); ok {
		w.auth.user, w.auth.token, w.auth.wanted = name, r.Token, false
		w.link.user = name
		w.e.saw(sawUser)
	}
}

// tokenFor is the token of a user.
func (w *worker) tokenFor(user string) string {
	if user == "" {
		return ""
	}
	return w.auth.token
}

// userChanges is how often a client changes who may do what: root does.
func (w *worker) userChanges() int {
	if w.e.profile.users && w.auth.user == "root" && w.c.Role() == clients.Running {
		return 12
	}
	return 0
}

// drawUserChange draws a change of what a user or a role may do.
func (w *worker) drawUserChange() drawn {
	rng := w.c.Rand()
	user, role := userName(rng.IntN(usersKnown)), roleName(rng.IntN(usersKnown))
	switch n := rng.IntN(100); {
	case n < 25:
		return userGrant(user, role)
	case n < 45:
		return change("UserRevokeRole", &etcdwire.AuthUserRevokeRoleRequest{Name: user, Role: role})
	case n < 75:
		begin, end := w.drawRange()
		if end != "" && end != "\x00" && end <= begin {
			end = ""
		}
		return roleGrant(role, &etcdwire.Permission{
			Type: etcdwire.PermissionType(rng.IntN(3)), Key: []byte(begin), RangeEnd: []byte(end),
		})
	case n < 83:
		g := &grants[rng.IntN(len(grants))]
		return change("RoleRevokePermission", &etcdwire.AuthRoleRevokePermissionRequest{
			Role: role, Key: g.Key, RangeEnd: g.RangeEnd,
		})
	case n < 85:
		return change("UserDelete", &etcdwire.AuthUserDeleteRequest{Name: user})
	case n < 87:
		return change("RoleDelete", &etcdwire.AuthRoleDeleteRequest{Role: role})
	case n < 90:
		return change("UserChangePassword", &etcdwire.AuthUserChangePasswordRequest{Name: user, Password: user})
	case n < 95:
		return roleAdd(role)
	}
	return userAdd(user)
}
