package tree

import (
	"fmt"
	"strings"
)

// Lines is the state as text, for people who compare two: a line for each session and each znode, in an order of their
// own. Equal states have equal lines; what differs stands in the lines that differ. Passwords are left out.
func (t *Tree) Lines() []string {
	lines := []string{fmt.Sprintf("%d sessions ended", t.sessionsEnded)}
	for _, s := range t.Sessions() {
		lines = append(lines, fmt.Sprintf("session 0x%x: timeout %d ms, on connection %d of server %d, boot %d",
			uint64(s.ID), s.TimeoutMs, s.Owner.Conn, s.Owner.Server, s.Owner.Incarnation))
	}
	return t.appendLines(lines, t.nodes[rootPath])
}

func (t *Tree) appendLines(lines []string, n *node) []string {
	words := []string{fmt.Sprintf("znode %s: %q", n.path, n.data), fmt.Sprintf("version %d", n.version)}
	for _, f := range []struct {
		name  string
		value int64
	}{
		{"children ever", int64(n.creates)}, {"version of the ACL", int64(n.aversion)},
	} {
		if f.value != 0 {
			words = append(words, fmt.Sprintf("%s %d", f.name, f.value))
		}
	}
	if n.owner != 0 {
		words = append(words, fmt.Sprintf("owner 0x%x", uint64(n.owner)))
	}
	words = append(words, fmt.Sprintf("made at zxid 0x%x, set at 0x%x, children changed at 0x%x", n.czxid, n.mzxid,
		n.pzxid))
	if n.acl != openACL {
		words = append(words, fmt.Sprintf("ACL %v", n.acl.list))
	}
	lines = append(lines, strings.Join(words, ", "))
	for _, child := range ascending(n.children) {
		lines = t.appendLines(lines, child)
	}
	return lines
}
