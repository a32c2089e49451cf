package tree

import (
	"strconv"
	"strings"

	"ordeal/cluster/wire"
)

// become says who applies and reads from now on, or under which settings.
func (s *script) become(what string, lines []string) {
	if what == "as" {
		s.ids = nil
		for _, line := range lines {
			scheme, id, _ := strings.Cut(line, ":")
			s.ids = append(s.ids, wire.ID{Scheme: scheme, ID: id})
		}
		return
	}
	s.settings = 0
	for _, line := range lines {
		s.settings |= map[string]Settings{"extended": ExtendedTypes, "quota": EnforceQuota,
			"certificates": Certificates}[line]
	}
}

// createLine makes a create. Its data may have an ACL in front, in parentheses.
func createLine(word, path, arg string, data []byte) wire.Request {
	acl := open
	if inside, after, ok := strings.Cut(string(data), ")"); ok {
		acl, data = parseACL(strings.TrimPrefix(inside, "(")), []byte(after)
	}
	var flags int32
	if strings.Contains(arg, "e") {
		flags |= wire.FlagEphemeral
	}
	if strings.Contains(arg, "s") {
		flags |= wire.FlagSequential
	}
	switch word {
	case "container":
		return wire.CreateContainerRequest{Path: path, Data: data, ACL: acl, Flags: wire.FlagContainer}
	case "ttl":
		ms, _ := strconv.ParseInt(arg, 10, 64)
		return wire.CreateTTLRequest{Path: path, Data: data, ACL: acl, Flags: wire.FlagTTL, TTLMs: ms}
	}
	return wire.CreateRequest{Path: path, Data: data, ACL: acl, Flags: flags, Stat: word == "create2"}
}

// parseACL reads entries such as digest:u:p:rwcda, joined by +.
func parseACL(text string) []wire.ACL {
	var list []wire.ACL
	for entry := range strings.SplitSeq(text, "+") {
		scheme, rest, _ := strings.Cut(entry, ":")
		i := strings.LastIndex(rest, ":")
		if i < 0 {
			continue
		}
		one := wire.ACL{ID: wire.ID{Scheme: scheme, ID: rest[:i]}}
		for _, letter := range rest[i+1:] {
			one.Perms |= 1 << strings.IndexRune("rwcda", letter)
		}
		list = append(list, one)
	}
	return list
}
