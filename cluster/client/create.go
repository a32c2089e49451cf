package client

import (
	"time"

	"ordeal/cluster/wire"
)

// CreateAs is Create with an ACL.
func (c *Client) CreateAs(path string, data []byte, acl []wire.ACL, flags int32) (created string, stat wire.Stat,
	err error) {
	return c.create(wire.CreateRequest{Path: path, Data: data, ACL: acl, Flags: flags, Stat: true})
}

// CreateContainer makes a znode that the service removes when the last of its children has gone.
func (c *Client) CreateContainer(path string, data []byte, acl []wire.ACL) (created string, stat wire.Stat, err error) {
	return c.create(wire.CreateContainerRequest{Path: path, Data: data, ACL: acl, Flags: wire.FlagContainer})
}

// CreateTTL makes a znode that the service removes when it has had no children and no new data for ttl, in whole
// milliseconds. The service answers wire.Unimplemented if it is not configured for that.
func (c *Client) CreateTTL(path string, data []byte, acl []wire.ACL, sequential bool,
	ttl time.Duration) (created string, stat wire.Stat, err error) {
	flags := wire.FlagTTL
	if sequential {
		flags = wire.FlagSequentialTTL
	}
	return c.create(wire.CreateTTLRequest{Path: path, Data: data, ACL: acl, Flags: flags, TTLMs: ttl.Milliseconds()})
}

func (c *Client) create(req wire.Request) (created string, stat wire.Stat, err error) {
	k := c.submit(req, nil)
	if err := c.await(k); err != nil {
		return "", wire.Stat{}, err
	}
	r := k.body.(wire.CreateResponse)
	return r.Path, *r.Stat, nil
}
