package znode

import (
	"crypto/sha1"
	"encoding/base64"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Permissions, as in the protocol. Creates and deletes ask the parent.
const (
	permRead   = 1
	permWrite  = 2
	permCreate = 4
	permDelete = 8
	permAdmin  = 16
)

// An id is scheme:name, an entry of an ACL is scheme:name:permissions.
var (
	openACL     = []string{"world:anyone:31"}
	readOnlyACL = []string{"world:anyone:1"}
)

// super is the id that may do everything.
const super = "super:"

// Claim is the id of a client that has said who it is, in a scheme of ZooKeeper's: of "digest" it is what the user
// and the password make; "ip" adds nothing to what the connection itself shows. ok is false if there is no such scheme
// that can be claimed: the service then refuses, and ends the connection.
func Claim(scheme, auth string) (id string, ok bool) {
	switch scheme {
	case "digest":
		user, _, _ := strings.Cut(auth, ":")
		sum := sha1.Sum([]byte(auth))
		return "digest:" + user + ":" + base64.StdEncoding.EncodeToString(sum[:]), true
	case "ip":
		return "", true
	}
	return "", false
}

// Known adds an id to those of a client, and what comes with it.
func (s Settings) Known(ids []string, id string) []string {
	if id == "" {
		return ids
	}
	for _, one := range []string{id, super} {
		if (one != super || id == s.Super) && !slices.Contains(ids, one) {
			ids = append(slices.Clip(ids), one)
		}
	}
	return ids
}

// AtFirst are the ids of a client that has claimed nothing.
func (s Settings) AtFirst() []string {
	if s.Everybody {
		return []string{super}
	}
	return nil
}

// shownIDs are ids as whoAmI tells them: without what only their owner should see.
func shownIDs(ids []string) []string {
	shown := make([]string, len(ids))
	for i, id := range ids {
		scheme, name, _ := strings.Cut(id, ":")
		user, _, _ := strings.Cut(name, ":")
		shown[i] = scheme + ":" + user
	}
	slices.Sort(shown)
	return shown
}

// splitEntry takes an entry of an ACL apart. Names may have colons.
func splitEntry(entry string) (scheme, name string, permissions int64) {
	scheme, rest, _ := strings.Cut(entry, ":")
	i := strings.LastIndexByte(rest, ':')
	if i < 0 {
		return scheme, rest, 0
	}
	permissions, _ = strconv.ParseInt(rest[i+1:], 10, 32)
	return scheme, rest[:i], permissions
}

// permits says whether an ACL lets a client with these ids do one of the things.
func permits(acl, ids []string, permissions int64) bool {
	if len(acl) > 0 && acl[0] == openACL[0] || slices.Contains(ids, super) {
		return true
	}
	return slices.ContainsFunc(acl, func(entry string) bool {
		scheme, name, given := splitEntry(entry)
		return given&permissions != 0 && (scheme == "world" || slices.Contains(ids, scheme+":"+name))
	})
}

// granted is the ACL that a request gives: each entry once, with the requester's own ids for the scheme auth. A list
// that is empty, or has an id that cannot be, is refused.
func (s Settings) granted(list, ids []string) ([]string, int64) {
	if slices.Equal(list, openACL) {
		return openACL, CodeOK
	}
	var acl []string
	for i, entry := range list {
		if slices.Contains(list[:i], entry) {
			continue
		}
		scheme, name, permissions := splitEntry(entry)
		own := ownEntries(ids, permissions)
		switch {
		case scheme == "auth" && len(own) > 0:
			acl = append(acl, own...)
		case scheme == "auth", !goodID(scheme, name), s.IPv4 && scheme == "ip" && strings.Contains(name, ":"):
			return nil, CodeInvalidACL
		default:
			acl = append(acl, entry)
		}
	}
	if len(acl) == 0 {
		return nil, CodeInvalidACL
	}
	return acl, CodeOK
}

// ownEntries are those for a client that has proved who it is.
func ownEntries(ids []string, permissions int64) (own []string) {
	for _, id := range ids {
		if strings.HasPrefix(id, "digest:") {
			own = append(own, id+":"+strconv.FormatInt(permissions, 10))
		}
	}
	return own
}

func goodID(scheme, name string) bool {
	switch scheme {
	case "world":
		return name == "anyone"
	case "digest": // a user and a hash; colons at the end are no more parts, as Java splits
		return len(strings.Split(strings.TrimRight(name, ":"), ":")) == 2
	case "ip": // an address, or a network
		if _, err := netip.ParseAddr(name); err == nil {
			return true
		}
		_, err := netip.ParsePrefix(name)
		return err == nil
	}
	return false
}

// shownACL is a znode's ACL as a client sees it: hashes of passwords are only for clients that could change them.
func (n znode) shownACL(ids []string) []string {
	if permits(n.acl, ids, permAdmin) {
		return n.acl
	}
	shown := make([]string, len(n.acl))
	for i, entry := range n.acl {
		if scheme, name, permissions := splitEntry(entry); scheme == "digest" {
			user, _, _ := strings.Cut(name, ":")
			entry = "digest:" + user + ":x:" + strconv.FormatInt(permissions, 10)
		}
		shown[i] = entry
	}
	return shown
}

// setACL changes nothing but the ACL and its version, and fires no watch.
func (t *Tree) setACL(r Request) (Reply, []Change) {
	if !goodPath(r.Path) {
		return Reply{Code: CodeBadArguments}, nil
	}
	acl, code := t.Settings.granted(r.ACL, r.IDs)
	if code != CodeOK {
		return Reply{Code: code}, nil
	}
	n, there := t.nodes[r.Path]
	switch {
	case !there:
		return Reply{Code: CodeNoNode}, nil
	case !permits(n.acl, r.IDs, permAdmin):
		return Reply{Code: CodeNoAuth}, nil
	case r.Version != anyVersion && r.Version != n.aversion:
		return Reply{Code: CodeBadVersion}, nil
	}
	n.acl = acl
	n.aversion++
	t.put(r.Path, n)
	return Reply{Stat: t.stat(r.Path)}, nil
}

// ACL is a znode's; nil if there is none.
func (t *Tree) ACL(path string) []string { return t.nodes[path].acl }

// SwapACL gives a znode another ACL without a transaction, if there is one, and returns the one that it had.
func (t *Tree) SwapACL(path string, acl []string) []string {
	n, there := t.nodes[path]
	before := n.acl
	if n.acl = acl; there {
		t.nodes[path] = n
	}
	return before
}
