package client

import "ordeal/cluster/wire"

// Ephemerals are the paths of the session's own ephemeral znodes that begin with prefix.
func (c *Client) Ephemerals(prefix string) ([]string, error) {
	k := c.submit(wire.GetEphemeralsRequest{Prefix: prefix}, nil)
	if err := c.await(k); err != nil {
		return nil, err
	}
	return k.body.(wire.GetEphemeralsResponse).Paths, nil
}

// AllChildrenNumber is how many znodes there are below path, at every depth.
func (c *Client) AllChildrenNumber(path string) (int, error) {
	k := c.submit(wire.GetAllChildrenNumberRequest{Path: path}, nil)
	if err := c.await(k); err != nil {
		return 0, err
	}
	return int(k.body.(wire.GetAllChildrenNumberResponse).Number), nil
}
