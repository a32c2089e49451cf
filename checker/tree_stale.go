package checker

import (
	"slices"
	"strings"

	"ordeal/model/znode"
)

// ZooKeeper 3.8 judges a write against the tree as it will be behind all writes that are under way, but for one thing:
// the record that it keeps of a znode which is about to change has the ACL as it was, and a setACL does not change it
// there (PrepRequestProcessor, case OpCode.setACL). So a write that overtakes the answer to a setACL may be judged by
// the ACL before; and further ones, while writes to the znode or its children follow each other without a gap.

// staleACL is what a znode's ACL was, and up to which event a write may begin that is judged by it.
type staleACL struct {
	acls  [][]string
	until int
}

// staleACLs are those of all znodes, by path.
type staleACLs map[string]*staleACL

// note notes a write that was answered; old is the ACL that its znode had before.
func (o staleACLs) note(s *treeStep, old []string) {
	r, ok := s.heard.call().Request, s.heard.code == znode.CodeOK
	for _, path := range touched(r) {
		if one := o[path]; one != nil && s.begun < one.until {
			one.until = max(one.until, s.known)
		}
	}
	switch {
	case !ok:
	case r.Op == "delete":
		delete(o, r.Path)
	case r.Op == "setACL":
		one := o[r.Path]
		if one == nil || one.until <= s.begun {
			one = &staleACL{}
			o[r.Path] = one
		}
		one.acls = append(one.acls, old)
		one.until = max(one.until, s.known)
	}
}

// notEmpty says of a refused write that a deletion was refused for children which had gone with their session, as the
// last change to the znode. ZooKeeper 3.8's record of a change does not count them off while that end is under way.
func (u *uncovering) notEmpty(s *treeStep, t *znode.Tree) bool {
	call := s.heard.call()
	for i, r := range append([]znode.Request{call.Request}, call.Request.Parts...) {
		code := call.Reply.Code
		if i > 0 {
			code = call.Reply.Parts[i-1].Code
		}
		if r.Op == "delete" && code == znode.CodeNotEmpty && u.ends[t.Pzxid(r.Path)] {
			return true
		}
	}
	return false
}

// touched are the znodes whose ACLs a write asks for, or that it changes.
func touched(r znode.Request) []string {
	var paths []string
	for _, part := range r.Parts {
		paths = append(paths, touched(part)...)
	}
	if r.Path != "" {
		paths = append(paths, r.Path, r.Path[:max(1, strings.LastIndexByte(r.Path, '/'))])
	}
	return paths
}

// before are the ways in which ACLs from before may have counted in a write: one znode's, or the oldest of all.
func (o staleACLs) before(s *treeStep) (ways []map[string][]string) {
	all := map[string][]string{}
	for _, path := range touched(s.heard.call().Request) {
		one := o[path]
		if one == nil || s.begun >= one.until || all[path] != nil {
			continue
		}
		for _, acl := range one.acls {
			ways = append(ways, map[string][]string{path: acl})
		}
		all[path] = one.acls[0]
	}
	if len(all) > 1 {
		ways = append(ways, all)
	}
	return ways
}

// write carries a step's request out on a tree, by the ACLs that counted.
func (s *treeStep) write(t *znode.Tree, r znode.Request) (znode.Reply, []znode.Change) {
	if s.own == nil {
		return t.Apply(s.zxid, s.heard.session, r)
	}
	now := map[string][]string{}
	for path, acl := range s.own.acls { //house:unordered each is for itself
		now[path] = t.SwapACL(path, acl)
	}
	reply, events := t.Apply(s.zxid, s.heard.session, r)
	for path, acl := range s.own.acls { //house:unordered each is for itself
		if slices.Equal(t.ACL(path), acl) {
			t.SwapACL(path, now[path])
		}
	}
	return reply, events
}

// excuse looks for an ACL from before that explains a write's answer, and has it count.
func (o staleACLs) excuse(s *treeStep, t *znode.Tree) bool {
	for _, acls := range o.before(s) {
		tried := *s
		tried.own = &ownStep{acls: acls}
		if tried.fits(t, nil) {
			s.own = tried.own
			return true
		}
	}
	return false
}
