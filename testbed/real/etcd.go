package real

import (
	"context"

	"ordeal/testbed/real/gateway"
)

// etcdRole is what a server of etcd is: leader, follower, or "" if it says nothing or knows of no leader.
func (c *cluster) etcdRole(ctx context.Context, s *server) string {
	answer, err := c.post(ctx, s, gateway.Status, nil)
	switch {
	case err != nil || answer.Leader == "" || answer.Leader == "0":
		return ""
	case answer.Leader == answer.Header.Member:
		return "leader"
	}
	return "follower"
}

// post asks a server of etcd from the scout's machine.
func (c *cluster) post(ctx context.Context, s *server, path string, request gateway.Fields) (gateway.Answer, error) {
	return gateway.Ask(ctx, c.scout.Dial, c.address(s), path, request)
}
