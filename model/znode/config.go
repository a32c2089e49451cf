package znode

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Which servers are in the ensemble is the service's own affair; but the znode that says it is one of the tree, and
// what a client asks for is refused by rules that everybody knows.

// configPath shows the ensemble's configuration.
const configPath = "/zookeeper/config"

// Config is a configuration of the ensemble that the service puts in force.
type Config struct {
	Text string
	// Asked says that it was asked for, and Request is how, if a client of the history did.
	Asked   bool
	Request *Request
}

// Configure sets what the znode of the ensemble's configuration shows, as the service does of its own accord. Its
// version is -1 from then on. It says what is wrong with that; or "".
func (t *Tree) Configure(zxid int64, c Config) ([]Change, string) {
	wrong := ""
	if c.Request != nil {
		wrong = t.taken(*c.Request)
	}
	if c.Asked && wrong == "" && configVersion(c.Text) != zxid {
		wrong = fmt.Sprintf("the configuration is %q, and its version must be that zxid", c.Text)
	}
	n := t.nodes[configPath]
	n.data, n.dataUnknown, n.mzxid, n.version = c.Text, false, zxid, -1
	t.put(configPath, n)
	return []Change{n.changed(EventDataChanged, configPath)}, wrong
}

// configured says that the service has written its configuration to its znode.
func (t *Tree) configured() bool { return t.nodes[configPath].version == -1 }

// reconfigured is what the request for another ensemble is answered that came into force: or that it had no quorum.
func (t *Tree) reconfigured() Reply {
	if !t.Settings.Reconfig {
		return Reply{Code: CodeReconfigDisabled}
	}
	return Reply{Data: t.nodes[configPath].data, Stat: t.stat(configPath), or: CodeNewConfigNoQuorum}
}

// refusedReconfig is what one is answered that did not: perhaps because another change was under way.
func (t *Tree) refusedReconfig(r Request) Reply {
	reply := Reply{Code: t.mayReconfigure(r)}
	if t.configured() {
		reply.or = CodeReconfigInProgress
	}
	return reply
}

// taken says what is wrong with it that a request for another ensemble was taken, in the state before the new
// configuration; or "". Where another client has set the ACL, it is not known whether that was meanwhile.
func (t *Tree) taken(r Request) string {
	code := t.mayReconfigure(r)
	if code == CodeNoAuth && t.nodes[configPath].aversion != -1 || code == CodeOK {
		return ""
	}
	return fmt.Sprintf("it was taken, and the code must be %d", code)
}

// mayReconfigure is with what code a request for another ensemble is refused, unless a change is under way; or OK.
func (t *Tree) mayReconfigure(r Request) int64 {
	n := t.nodes[configPath]
	text, _ := n.data.(string)
	switch {
	case !t.Settings.Reconfig:
		return CodeReconfigDisabled
	case !t.configured():
		return CodeUnimplemented
	case r.Version != anyVersion && r.Version != configVersion(text):
		return CodeBadVersion
	case !goodEnsemble(r, text):
		return CodeBadArguments
	case !permits(n.acl, r.IDs, permWrite):
		return CodeNoAuth
	}
	return CodeOK
}

// configVersion is the zxid in the last line of a configuration.
func configVersion(text string) int64 {
	_, hex, _ := strings.Cut(text, "version=")
	zxid, _ := strconv.ParseInt(strings.TrimSpace(hex), 16, 64)
	return zxid
}

// A server's line, as far as clients of trials write some: with all its ports, and addresses that are names.
var serverLine = regexp.MustCompile(`^server\.([1-9]\d{0,2})=[\w.]+:\d+:\d+(:participant|:observer)?;([\w.]+:)?\d+$`)

// goodEnsemble says whether the servers that a request names make an ensemble of two voters at least.
func goodEnsemble(r Request, now string) bool {
	var next []string
	if whole, ok := r.Servers.Members.(string); ok {
		next = words(whole, ",\n")
	} else {
		leaving, _ := r.Servers.Leaving.(string)
		joining, _ := r.Servers.Joining.(string)
		var gone []string
		for _, id := range words(leaving, ",") {
			if _, err := strconv.ParseUint(id, 10, 64); err != nil {
				return false
			}
			gone = append(gone, id)
		}
		for _, line := range words(joining, ",") {
			if !serverLine.MatchString(line) {
				return false
			}
			next, gone = append(next, line), append(gone, serverLine.FindStringSubmatch(line)[1])
		}
		for _, line := range words(now, "\n") {
			if of := serverLine.FindStringSubmatch(line); of != nil && !slices.Contains(gone, of[1]) {
				next = append(next, line)
			}
		}
	}
	voters := 0
	for _, line := range next {
		if !serverLine.MatchString(line) {
			return false
		}
		if !strings.Contains(line, ":observer") {
			voters++
		}
	}
	return voters >= 2
}

func words(list, between string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(between, r) })
}
