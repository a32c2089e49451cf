package real

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// etcdAnswer is what etcd's gateway says of a server: which one it is and which one leads, as it knows.
type etcdAnswer struct {
	Header struct {
		Member string `json:"member_id"`
	} `json:"header"`
	Leader string `json:"leader"`
}

// etcdRole is what a server of etcd is: leader, follower, or "" if it says nothing or knows of no leader.
func (c *cluster) etcdRole(ctx context.Context, s *server) string {
	text, ok := c.post(ctx, s, "/v3/maintenance/status")
	var answer etcdAnswer
	switch {
	case !ok || json.Unmarshal(text, &answer) != nil || answer.Leader == "" || answer.Leader == "0":
		return ""
	case answer.Leader == answer.Header.Member:
		return "leader"
	}
	return "follower"
}

// post asks a server by HTTP, from the scout's machine, and returns a good answer's body.
func (c *cluster) post(ctx context.Context, s *server, path string) (body []byte, ok bool) {
	conn, err := c.scout.Dial(ctx, c.address(s))
	if err != nil {
		return nil, false
	}
	defer conn.Close()
	if deadline, any := ctx.Deadline(); any {
		_ = conn.SetDeadline(deadline) // a connection of TCP has deadlines
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.address(s)+path, strings.NewReader("{}"))
	if err != nil || req.Write(conn) != nil {
		return nil, false
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), req)
	if err != nil {
		return nil, false
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	return body, err == nil && resp.StatusCode == http.StatusOK
}
