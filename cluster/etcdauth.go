package cluster

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"ordeal/cluster/etcdwire"
	"ordeal/cluster/kv"
)

// token is one that a server has given out. Every server knows all that were given out while it was up.
type token struct {
	user   string
	usedAt uint64 // tick
}

// authorized goes on with then when it is known who asks; a call whose token is not good fails.
func (c *EtcdCall) authorized(then func(who kv.Who)) {
	c.authorizedAs(func(who kv.Who, status etcdwire.Status) {
		if status.Code != etcdwire.OK {
			c.fail(status)
			return
		}
		then(who)
	})
}

// authorizedAs is authorized for calls that do not fail for it. A token that was given out in an entry which this
// server has not applied is waited for.
func (c *EtcdCall) authorizedAs(then func(who kv.Who, status etcdwire.Status)) {
	n := c.n
	who, status := n.whoIs(c.head)
	given := c.head.givenAt()
	if status != etcdwire.ErrInvalidAuthToken || given <= n.state.index || given > n.role.commit+raftTokenAhead {
		then(who, status)
		return
	}
	c.awaitEntry(given, func() { then(n.whoIs(c.head)) })
}

// raftTokenAhead is how far ahead of what this server knows to be committed the entry of a token may be.
const raftTokenAhead = 1 << 20

// givenAt is the entry in which a token was given out, by what it says itself; 0 if it is of another kind.
func (h *EtcdHead) givenAt() uint64 {
	_, index, found := strings.Cut(h.token(), ".")
	if !found {
		return 0
	}
	at, err := strconv.ParseUint(index, 10, 64)
	if err != nil {
		return 0
	}
	return at
}

func (h *EtcdHead) token() string { return strings.TrimPrefix(h.Token, "Bearer ") }

// whoIs finds out who asks.
func (n *Node) whoIs(h EtcdHead) (kv.Who, etcdwire.Status) {
	store := n.keys()
	name := h.token()
	switch {
	case !store.AuthEnabled():
		return kv.Who{}, etcdwire.Status{}
	case name == "" && h.User != "":
		return kv.Who{User: h.User, Revision: store.AuthRevision()}, etcdwire.Status{}
	case name == "":
		return kv.Who{}, etcdwire.Status{}
	}
	if t := n.etcd.tokens[name]; t != nil && n.ticks-t.usedAt <= n.tokenTicks() {
		t.usedAt = n.ticks
		return kv.Who{User: t.user, Revision: store.AuthRevision()}, etcdwire.Status{}
	}
	if h.Signed != nil {
		if user, revision, ok := h.Signed(); ok {
			return kv.Who{User: user, Revision: revision}, etcdwire.Status{}
		}
	}
	return kv.Who{}, etcdwire.ErrInvalidAuthToken
}

func (n *Node) tokenTicks() uint64 { return uint64(n.config.Etcd.TokenTTL / n.tick) }

// giveToken notes a token that an entry gives out.
func (n *Node) giveToken(r *etcdwire.AuthenticateRequest, response *etcdwire.AuthenticateResponse) {
	response.Token = fmt.Sprintf("%s.%d", r.SimpleToken, n.state.index)
	if n.config.Etcd.Assign == nil {
		n.etcd.tokens[response.Token] = &token{user: r.Name, usedAt: n.ticks}
	}
}

// assign puts a signed token in the place of the one that the entry gave.
func (n *Node) assign(request etcdwire.Message, response *etcdwire.AuthenticateResponse) {
	r, ok := request.(*etcdwire.AuthenticateRequest)
	if sign := n.config.Etcd.Assign; ok && sign != nil {
		if signed, err := sign(r.Name, n.keys().AuthRevision()); err == nil {
			response.Token = signed
		}
	}
}

// dropTokens forgets the tokens of a user that is gone or has another password, or of all when no user has to say who
// it is.
func (n *Node) dropTokens(request etcdwire.Message, result kv.Result) {
	var name string
	switch r := request.(type) {
	case *etcdwire.AuthUserDeleteRequest:
		name = r.Name
	case *etcdwire.AuthUserChangePasswordRequest:
		name = r.Name
	case *etcdwire.AuthDisableRequest:
	default:
		return
	}
	if result.Status.Code != etcdwire.OK {
		return
	}
	for key, t := range n.etcd.tokens { //house:unordered each for itself
		if name == "" || t.user == name {
			delete(n.etcd.tokens, key)
		}
	}
}

// tickTokens forgets the tokens that were not used for too long.
func (n *Node) tickTokens() {
	if len(n.etcd.tokens) == 0 || n.ticks%raftTicksPerTick != 0 {
		return
	}
	for key, t := range n.etcd.tokens { //house:unordered each for itself
		if n.ticks-t.usedAt > n.tokenTicks() {
			delete(n.etcd.tokens, key)
		}
	}
}

// serveAuth serves the service Auth. What only looks is answered from the state, as of now.
func (c *EtcdCall) serveAuth(who kv.Who, request etcdwire.Message, size int) {
	n := c.n
	switch r := request.(type) {
	case *etcdwire.AuthenticateRequest:
		c.authenticate(r)
	case *etcdwire.AuthStatusRequest:
		c.look(who, true, func() (etcdwire.Message, etcdwire.Status) {
			return &etcdwire.AuthStatusResponse{
				Header: n.header(), Enabled: n.keys().AuthEnabled(), AuthRevision: n.keys().AuthRevision(),
			}, etcdwire.Status{}
		})
	case *etcdwire.AuthUserListRequest:
		c.look(who, true, func() (etcdwire.Message, etcdwire.Status) {
			return &etcdwire.AuthUserListResponse{Header: n.header(), Users: n.keys().Users()}, etcdwire.Status{}
		})
	case *etcdwire.AuthRoleListRequest:
		c.look(who, true, func() (etcdwire.Message, etcdwire.Status) {
			return &etcdwire.AuthUserGetResponse{Header: n.header(), Roles: n.keys().Roles()}, etcdwire.Status{}
		})
	case *etcdwire.AuthUserGetRequest:
		c.look(who, false, func() (etcdwire.Message, etcdwire.Status) {
			response, status := n.keys().UserGet(who, r)
			if status.Code == etcdwire.OK {
				n.fill(&response.Header)
			}
			return response, status
		})
	case *etcdwire.AuthRoleGetRequest:
		c.look(who, false, func() (etcdwire.Message, etcdwire.Status) {
			response, status := n.keys().RoleGet(who, r)
			if status.Code == etcdwire.OK {
				n.fill(&response.Header)
			}
			return response, status
		})
	case *etcdwire.AuthUserAddRequest:
		if r.Options == nil || !r.Options.NoPassword {
			r.HashedPassword, r.Password = n.hashed(r.Password, r.HashedPassword), ""
		}
		c.write(who, r, size)
	case *etcdwire.AuthUserChangePasswordRequest:
		r.HashedPassword, r.Password = n.hashed(r.Password, r.HashedPassword), ""
		c.write(who, r, size)
	default:
		c.write(who, request, size)
	}
}

// look answers what f finds in the state, when this server has applied all that was committed by now.
func (c *EtcdCall) look(who kv.Who, rootOnly bool, f func() (etcdwire.Message, etcdwire.Status)) {
	c.read(true, func() {
		if rootOnly {
			if status := c.n.keys().MayAdminister(who); status.Code != etcdwire.OK {
				c.fail(status)
				return
			}
		}
		response, status := f()
		if status.Code != etcdwire.OK {
			c.fail(status)
			return
		}
		c.answer(response)
	})
}

// hashed is the hash of a password: the real server's front sends nothing else. One that comes in the clear, as
// simulated clients send it, is its own hash.
func (n *Node) hashed(password, hash string) string {
	if password != "" {
		return base64.StdEncoding.EncodeToString([]byte(password))
	}
	return hash
}

// tokenLetters is how many letters a token has before the number of its entry.
const tokenLetters = 16

// authenticate gives out a token, if the password is right.
func (c *EtcdCall) authenticate(r *etcdwire.AuthenticateRequest) {
	c.read(true, func() {
		hash, _, status := c.n.keys().Password(r.Name)
		if status.Code == etcdwire.OK && string(hash) != r.Password {
			status = etcdwire.ErrAuthFailed
		}
		if status.Code != etcdwire.OK {
			c.fail(status)
			return
		}
		c.giveToken(r.Name)
	})
}

func (c *EtcdCall) giveToken(name string) {
	letters := make([]byte, tokenLetters)
	for i := range letters {
		letters[i] = byte('a' + c.n.host.Rand().IntN(26))
	}
	c.n.enter(c, kv.Entry{Service: true, Request: &etcdwire.AuthenticateRequest{Name: name, SimpleToken: string(letters)}})
}

// EtcdPassword is the hash of a user's password and the revision of users and roles, when this server has applied all
// that was committed by now. then is called once, or never if the call has ended: it is for a host that compares
// passwords elsewhere, since that takes long, and goes on with Authenticated.
func (c *EtcdCall) EtcdPassword(name string, then func(hash []byte, revision uint64, status etcdwire.Status)) {
	if !c.ended {
		c.asked = true
		c.read(true, func() { then(c.n.keys().Password(name)) })
	}
}

// Authenticated gives out a token to a user whose password was right as of a revision of users and roles. It reports
// false if that is over, and the password has to be looked at again.
func (c *EtcdCall) Authenticated(name string, revision uint64) bool {
	if c.ended {
		return true
	}
	if revision != c.n.keys().AuthRevision() {
		return false
	}
	c.giveToken(name)
	return true
}
