package client

import "ordeal/cluster/wire"

// Reconfig changes who is in the ensemble, and returns the new configuration; see wire.ReconfigRequest.
func (c *Client) Reconfig(req wire.ReconfigRequest) ([]byte, wire.Stat, error) {
	return c.data(c.submit(req, nil))
}
