package client

import (
	"ordeal/cluster/wire"
)

// openACL lets everybody do everything: this client knows no users.
var openACL = []wire.ACL{{Perms: 31, ID: wire.ID{Scheme: "world", ID: "anyone"}}}

// Create makes a znode. created is its path, with the number if flags has wire.FlagSequential.
func (c *Client) Create(path string, data []byte, flags int32) (created string, stat wire.Stat, err error) {
	return c.create(CreateRequest(path, data, flags))
}

// CreateRequest is what Create sends: a part for Multi.
func CreateRequest(path string, data []byte, flags int32) wire.CreateRequest {
	return wire.CreateRequest{Path: path, Data: data, ACL: openACL, Flags: flags, Stat: true}
}

// Delete removes a znode of the given version, or of any with wire.AnyVersion.
func (c *Client) Delete(path string, version int32) error {
	return c.await(c.submit(wire.DeleteRequest{Path: path, Version: version}, nil))
}

// Exists looks whether there is a znode. With a watch, that fires when the znode comes, changes or goes. Reads show
// what the server has applied, which may be old; see Sync.
func (c *Client) Exists(path string, w *Watch) (wire.Stat, bool, error) {
	k := c.submit(wire.ExistsRequest{Path: path, Watch: w != nil}, w)
	switch err := c.await(k); err {
	case nil:
		return k.body.(wire.ExistsResponse).Stat, true, nil
	case error(wire.NoNode):
		return wire.Stat{}, false, nil
	default:
		return wire.Stat{}, false, err
	}
}

// Get reads a znode. With a watch, that fires when the znode changes or goes; it is not set if the znode is not there.
func (c *Client) Get(path string, w *Watch) ([]byte, wire.Stat, error) {
	return c.data(c.submit(wire.GetDataRequest{Path: path, Watch: w != nil}, w))
}

// SyncGet is Get as of now: it sees every write that was acknowledged to anybody before the call.
func (c *Client) SyncGet(path string, w *Watch) ([]byte, wire.Stat, error) {
	sync := c.submit(wire.SyncRequest{Path: path}, nil)
	get := c.submit(wire.GetDataRequest{Path: path, Watch: w != nil}, w)
	if err := c.both(sync, get); err != nil {
		return nil, wire.Stat{}, err
	}
	return c.data(get)
}

func (c *Client) data(k *call) ([]byte, wire.Stat, error) {
	if err := c.await(k); err != nil {
		return nil, wire.Stat{}, err
	}
	r := k.body.(wire.GetDataResponse)
	return r.Data, r.Stat, nil
}

// Set replaces a znode's data if it is of the given version, or of any with wire.AnyVersion.
func (c *Client) Set(path string, data []byte, version int32) (wire.Stat, error) {
	k := c.submit(wire.SetDataRequest{Path: path, Data: data, Version: version}, nil)
	if err := c.await(k); err != nil {
		return wire.Stat{}, err
	}
	return k.body.(wire.SetDataResponse).Stat, nil
}

// Children lists the names of a znode's children, in no order. With a watch, that fires when a child comes or goes or
// the znode itself goes.
func (c *Client) Children(path string, w *Watch) ([]string, wire.Stat, error) {
	return c.children(c.submit(wire.GetChildrenRequest{Path: path, Watch: w != nil, Stat: true}, w))
}

// SyncChildren is Children as of now: it sees every write that was acknowledged to anybody before the call.
func (c *Client) SyncChildren(path string, w *Watch) ([]string, wire.Stat, error) {
	sync := c.submit(wire.SyncRequest{Path: path}, nil)
	get := c.submit(wire.GetChildrenRequest{Path: path, Watch: w != nil, Stat: true}, w)
	if err := c.both(sync, get); err != nil {
		return nil, wire.Stat{}, err
	}
	return c.children(get)
}

func (c *Client) children(k *call) ([]string, wire.Stat, error) {
	if err := c.await(k); err != nil {
		return nil, wire.Stat{}, err
	}
	r := k.body.(wire.GetChildrenResponse)
	return r.Names, *r.Stat, nil
}

// both waits for two requests on the way together. The first one's error decides: what the second shows has then no
// meaning.
func (c *Client) both(first, second *call) error {
	err := c.await(first)
	if second := c.await(second); err == nil {
		err = second
	}
	return err
}

// Sync waits until the server has applied every write that was acknowledged to anybody before the call.
func (c *Client) Sync(path string) error {
	return c.await(c.submit(wire.SyncRequest{Path: path}, nil))
}

// Multi carries out writes together or not at all. The error is that of the write which failed, and the results then
// say which that was.
func (c *Client) Multi(ops ...wire.Request) ([]wire.MultiResult, error) {
	k := c.submit(wire.MultiRequest{Ops: ops}, nil)
	if err := c.await(k); err != nil {
		return nil, err
	}
	r := k.body.(wire.MultiResponse)
	code, _ := r.Failed()
	return r.Results, code.Err()
}

// SyncMultiRead reads several znodes at one instant, and as of now: it sees every write that was acknowledged to
// anybody before the call. The parts are getData and getChildren requests, which set no watches here; each succeeds or
// fails for itself.
func (c *Client) SyncMultiRead(ops ...wire.Request) ([]wire.MultiResult, error) {
	sync := c.submit(wire.SyncRequest{Path: "/"}, nil)
	read := c.submit(wire.MultiReadRequest{Ops: ops}, nil)
	if err := c.both(sync, read); err != nil {
		return nil, err
	}
	return read.body.(wire.MultiResponse).Results, nil
}

// Forget drops a watch that the client no longer waits for. The server may still hold it until it fires or the
// connection goes.
func (c *Client) Forget(w *Watch) {
	if w.c != c {
		return
	}
	if c.watches.forget(w); c.link != nil {
		c.link.forgot = true
	}
}
