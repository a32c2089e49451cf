package client

import (
	"fmt"
	"slices"

	"ordeal/cluster/wire"
)

// claim is who the client says it is. It lasts as long as the client: servers forget it with the connection, so it is
// made again on each.
type claim struct {
	req  wire.AuthRequest
	done bool // a server has answered it once
	err  error
}

// AddAuth tells the cluster who the client is, besides who it is already: for the scheme "digest", auth is
// "user:password". Requests behind it are that user's, on this connection and on those that follow. A claim that a
// server refuses, with wire.AuthFailed, or that none answers in time, is not made again.
func (c *Client) AddAuth(scheme string, auth []byte) error {
	if c.state == ended {
		return c.why
	}
	a := &claim{req: wire.AuthRequest{Scheme: scheme, Auth: slices.Clone(auth)}}
	c.claims = append(c.claims, a)
	if c.state == serving {
		c.link.claim(a)
	} else {
		c.bendAway(a)
	}
	deadline := c.p.Now() + c.cfg.RequestTimeout
	for !a.done {
		left := deadline - c.p.Now()
		switch {
		case c.state == ended:
			return c.why
		case left <= 0:
			c.disclaim(a)
			return ErrConnectionLoss
		}
		c.wake.Wait(left)
	}
	return a.err
}

func (c *Client) disclaim(a *claim) {
	c.claims = slices.DeleteFunc(c.claims, func(x *claim) bool { return x == a })
}

// claim makes a claim on this connection. The answers to claims have an order of their own.
func (l *link) claim(a *claim) {
	l.claims, l.said = append(l.claims, a), append(l.said, a)
	if heard := l.c.cfg.Heard.Claiming; heard != nil {
		heard(a.req.Scheme, a.req.Auth)
	}
	l.send(wire.EncodeRequest(wire.XidAuth, a.req))
}

// claimed takes the answer to the oldest claim that has none.
func (l *link) claimed(h wire.ReplyHeader) error {
	if len(l.claims) == 0 {
		return fmt.Errorf("client: an answer to a claim, and none was made")
	}
	a := l.claims[0]
	l.claims = l.claims[1:]
	if heard := l.c.cfg.Heard.Claimed; heard != nil {
		heard(h.Err)
	}
	if h.Err != wire.OK && !bendRefused() {
		l.c.disclaim(a)
	}
	if !a.done {
		a.done, a.err = true, h.Err.Err()
	}
	l.c.wake.Set()
	return nil
}

// WhoAmI is who the server takes the client for, without secrets.
func (c *Client) WhoAmI() ([]wire.ID, error) {
	k := c.submit(wire.WhoAmIRequest{}, nil)
	if err := c.await(k); err != nil {
		return nil, err
	}
	return k.body.(wire.WhoAmIResponse).IDs, nil
}

// GetACL says who may do what with a znode.
func (c *Client) GetACL(path string) ([]wire.ACL, wire.Stat, error) {
	k := c.submit(wire.GetACLRequest{Path: path}, nil)
	if err := c.await(k); err != nil {
		return nil, wire.Stat{}, err
	}
	r := k.body.(wire.GetACLResponse)
	return r.ACL, r.Stat, nil
}

// SetACL replaces a znode's ACL if that is of the given version (Stat.Aversion), or of any with wire.AnyVersion.
func (c *Client) SetACL(path string, acl []wire.ACL, version int32) (wire.Stat, error) {
	k := c.submit(wire.SetACLRequest{Path: path, ACL: acl, Version: version}, nil)
	if err := c.await(k); err != nil {
		return wire.Stat{}, err
	}
	return k.body.(wire.SetACLResponse).Stat, nil
}
