package znode

import (
	"fmt"
	"slices"
	"testing"

	"ordeal/history"
)

func TestParseTreeCallRefusesOtherShapes(t *testing.T) {
	one, none := any(int64(1)), any(int64(0))
	stat := []any{one, one, none, none, none, none, none, none, none, none, one}
	head := []any{int64(1), int64(1), int64(1)}
	for _, c := range []struct {
		f                string
		argument, result any
		good             bool
	}{
		{"getData", append(head[:3:3], "/a", true), []any{int64(0), int64(5), nil, stat}, true},
		{"getData", append(head[:3:3], "/a", true), []any{int64(-101), int64(5)}, true},
		{"getData", append(head[:3:3], "/a", true), []any{int64(-101), int64(5), nil, stat}, false},
		{"getData", append(head[:3:3], "/a", true), []any{int64(0), int64(5), nil, stat[1:]}, false},
		{"getData", append(head[:3:3], "/a", true), []any{int64(0), int64(5), int64(7), stat}, false},
		{"getData", append(head[:3:3], "/a"), []any{int64(-101), int64(5)}, false},
		{"getData", append(head[:3:3], "/a", "yes"), []any{int64(-101), int64(5)}, false},
		{"getData", append(head[:3:3], "/a", true), int64(5), false},
		{"getData", "/a", []any{int64(-101), int64(5)}, false},
		{"fly", head, []any{int64(0), int64(5)}, false},
		{
			"multi", append(head[:3:3], []any{[]any{"check", "/a", int64(0)}}),
			[]any{int64(0), int64(5), []any{[]any{int64(0)}}}, true,
		},
		{"multi", append(head[:3:3], []any{[]any{"check", "/a", int64(0)}}), []any{int64(0), int64(5), []any{}}, false},
		{
			"multi", append(head[:3:3], []any{[]any{"create", "/a", nil, int64(0)}}),
			[]any{int64(0), int64(5), []any{[]any{int64(0)}}}, false,
		},
		{
			"multi", append(head[:3:3], []any{[]any{"createContainer", "/a", nil, []any{}, int64(1)}}),
			[]any{int64(0), int64(5), []any{[]any{int64(0), "/a"}}}, true,
		},
		{
			"multi", append(head[:3:3], []any{[]any{"createContainer", "/a", nil, []any{}, "1"}}),
			[]any{int64(0), int64(5), []any{[]any{int64(0), "/a"}}}, false,
		},
		{"multi", append(head[:3:3], []any{"check"}), []any{int64(0), int64(5), []any{[]any{int64(0)}}}, false},
	} {
		var c2 Call
		err := c2.Parse(&history.Operation{F: c.f, Argument: c.argument, Result: c.result, End: history.OK})
		if (err == nil) != c.good {
			t.Errorf("%s %v -> %v: %v", c.f, c.argument, c.result, err)
		}
	}
}

// The order of the checks, where several things are wrong at once.
func TestTreeRefusesInOrder(t *testing.T) {
	tree := New()
	zxid := int64(0)
	do := func(op, path string, flags, version int64) Reply {
		zxid++
		if op == "getData" {
			return tree.Read(7, Request{Op: op, Path: path})
		}
		reply, _ := tree.Apply(zxid, 7, Request{
			Op: op, Path: path, Flags: flags, Version: version, ACL: aclWithout(op, flags),
		})
		return reply
	}
	for _, c := range []struct {
		op, path       string
		flags, version int64
		want           int64
	}{
		{"create", "/e", 1, 0, CodeOK},
		{"create", "/e/x", 9, 0, CodeBadArguments},
		{"create", "e/x", 0, 0, CodeNoNode}, // there is no znode e
		{"create", "//x", 0, 0, CodeBadArguments},
		{"create", "/e//x", 0, 0, CodeNoNode}, // there is no znode /e/
		{"create", "x", 0, 0, CodeBadArguments},
		{"create", "/e/\x00", 0, 0, CodeBadArguments},
		{"create", "/e/..", 0, 0, CodeBadArguments},
		{"create", "/e/\u0085", 0, 0, CodeBadArguments},
		{"create", "/e/\ufff0", 0, 0, CodeBadArguments},
		{"create", "/none/..", 0, 0, CodeNoNode},
		{"create", "/none/x", 0, 0, CodeNoNode},
		{"create", "/e", 0, 0, CodeNodeExists},
		{"create", "/e/x", 0, 0, CodeNoChildrenForEphemerals},
		{"create", "/e/", 2, 0, CodeNoChildrenForEphemerals},
		{"create", "/p", 0, 0, CodeOK},
		{"create", "/p/", 2, 0, CodeOK},
		{"delete", "/p", 0, 5, CodeBadVersion},
		{"delete", "/p", 0, 0, CodeNotEmpty},
		{"delete", "/none", 0, 5, CodeNoNode},
		{"delete", "/zookeeper", 0, -1, CodeBadArguments},
		{"delete", "x", 0, -1, CodeBadArguments},
		{"delete", "/none/../x", 0, -1, CodeNoNode},
		{"setData", "/none/", 0, -1, CodeBadArguments},
		{"setData", configPath, 0, -1, CodeNoAuth},
		{"setData", "/none", 0, 5, CodeNoNode},
		{"setData", "/p", 0, 5, CodeBadVersion},
		{"check", "/p", 0, 0, CodeUnimplemented},
		{"setACL", "/p", 1, 1, CodeBadVersion},
		{"setACL", "/p", 1, 0, CodeOK}, // everything but to read
		{"getData", "/p", 0, 0, CodeNoAuth},
		{"setACL", "/p", 4, -1, CodeOK}, // everything but to create
		{"create", "/p/0000000000", 0, 0, CodeNoAuth},
		{"setACL", "/p", 8, -1, CodeOK}, // everything but to delete
		{"delete", "/p/none", 0, 9, CodeNoAuth},
		{"delete", "/p/0000000000", 0, 9, CodeNoAuth},
		{"setACL", "/p", 2, -1, CodeOK}, // everything but to write
		{"setData", "/p", 0, 9, CodeNoAuth},
		{"setACL", "/p", 0, 4, CodeOK},
		{"createContainer", "/c", 0, 0, CodeOK},
	} {
		if got := do(c.op, c.path, c.flags, c.version); got.Code != c.want {
			t.Errorf("%s %s flags %d version %d: %d, want %d", c.op, c.path, c.flags, c.version, got.Code, c.want)
		}
	}
	wantAfterRefusals(t, tree)
}

// wantAfterRefusals looks at what TestTreeRefusesInOrder has left.
func wantAfterRefusals(t *testing.T, tree *Tree) {
	t.Helper()
	if got := tree.Read(7, Request{Op: "getChildren", Path: "/p"}).Names; !slices.Equal(got, []string{"0000000000"}) {
		t.Errorf("the children are %q", got)
	}
	tree.End(100, 7)
	if got, _ := tree.Apply(101, 7, Request{Op: "setData", Path: "/p"}); got.Code != CodeSessionExpired {
		t.Errorf("a session that has ended writes: %d", got.Code)
	}
	if s := tree.stat("/"); s.Cversion != -1+4 || s.Pzxid != 100 {
		t.Errorf("the root's Stat is %+v", *s)
	}
}

// aclWithout is the open ACL but for some permissions, for a setACL.
func aclWithout(op string, perms int64) []string {
	if op != "setACL" {
		return openACL
	}
	return []string{fmt.Sprintf("world:anyone:%d", 31&^perms)}
}

// The service may only reap containers without children, and what they leave shows in the parent.
func TestTreeReaps(t *testing.T) {
	tree := New()
	tree.Apply(1, 7, Request{Op: "createContainer", ACL: openACL, Path: "/c"})
	tree.Apply(2, 7, Request{Op: "create", ACL: openACL, Path: "/c/x"})
	tree.Apply(3, 7, Request{Op: "create", ACL: openACL, Path: "/p"})
	for _, path := range []string{"/c", "/p", "/none"} {
		if _, wrong := tree.Reap(4, path); wrong == "" {
			t.Errorf("%s was reaped", path)
		}
	}
	tree.Apply(5, 7, Request{Op: "delete", Path: "/c/x", Version: -1})
	if events, wrong := tree.Reap(6, "/c"); wrong != "" || len(events) != 2 || tree.stat("/").Pzxid != 6 {
		t.Errorf("the container stays: %s, events %v, root %+v", wrong, events, *tree.stat("/"))
	}
}

// TestFlagsInAMulti: what a part of a multi makes, and whether it is answered with a Stat, its flags alone say.
func TestFlagsInAMulti(t *testing.T) {
	for _, c := range []struct {
		part                        []any
		container, ephemeral, stats bool
	}{
		{[]any{"createContainer", "/a", nil}, true, false, true},
		{[]any{"createContainer", "/a", nil, []any{"world:anyone:31"}, int64(4)}, true, false, true},
		{[]any{"createContainer", "/a", nil, []any{"world:anyone:31"}, int64(0)}, false, false, false},
		{[]any{"createContainer", "/a", nil, []any{"world:anyone:31"}, int64(1)}, false, true, false},
		{[]any{"create", "/a", nil, int64(4)}, true, false, true},
		{[]any{"create2", "/a", nil, int64(1)}, false, true, false},
	} {
		zero := int64(0)
		stat := []any{int64(2), int64(2), zero, zero, zero, zero, zero, zero, zero, zero, int64(2)}
		if c.ephemeral {
			stat[7] = int64(7)
		}
		for _, answered := range [][]any{{int64(0), "/a"}, {int64(0), "/a", stat}} {
			var call Call
			if err := call.Parse(&history.Operation{F: "multi", Argument: []any{int64(7), int64(1), int64(1), []any{c.part}},
				Result: []any{int64(0), int64(2), []any{answered}}, End: history.OK}); err != nil {
				t.Fatalf("%v: %v", c.part, err)
			}
			tree := New()
			reply, _ := tree.Apply(2, 7, call.Request)
			if wrong := reply.Wrong(call.Reply); (wrong == "") != (c.stats == (len(answered) == 3)) {
				t.Errorf("%v, answered with %v: %q", c.part, answered, wrong)
			}
			if n := tree.nodes["/a"]; n.container != c.container || (n.owner != 0) != c.ephemeral ||
				call.Request.MakesEphemeral() != c.ephemeral {
				t.Errorf("%v makes %+v", c.part, n)
			}
		}
	}
}

// A multi that failed leaves nothing behind, whatever its parts had done.
func TestAFailedMultiLeavesNothing(t *testing.T) {
	tree := New()
	tree.Apply(1, 7, Request{Op: "create", ACL: openACL, Path: "/a", Data: "x"})
	tree.Apply(2, 7, Request{Op: "create", ACL: openACL, Path: "/a/b", Flags: 1})
	before := tree.Clone()
	reply, events := tree.Apply(3, 7, Request{Op: "multi", Parts: []Request{
		{Op: "delete", Path: "/a/b", Version: -1}, {Op: "delete", Path: "/a", Version: -1},
		{Op: "create", ACL: openACL, Path: "/a", Data: "y"}, {Op: "create", ACL: openACL, Path: "/a/c", Flags: 3},
		{Op: "setData", Path: "/a", Data: "z", Version: 0}, {Op: "check", Path: "/a", Version: 0},
		{Op: "check", Path: "/a", Version: 1},
	}})
	if reply.Parts[5].Code != CodeBadVersion || reply.Parts[4].Code != CodeOK ||
		reply.Parts[6].Code != CodeRuntimeInconsistency || events != nil {
		t.Errorf("the multi: %+v, events %v", reply, events)
	}
	for _, path := range []string{"/", "/a", "/a/b", "/a/c0000000000"} {
		r := Request{Op: "getData", Path: path}
		if wrong := before.Read(7, r).Wrong(tree.Read(7, r)); wrong != "" {
			t.Errorf("%s: %s", path, wrong)
		}
	}
	if !tree.Owns(7) || !slices.Equal(tree.names["/a"], []string{"b"}) || len(tree.nodes) != len(before.nodes) {
		t.Errorf("children %v, %d znodes", tree.names, len(tree.nodes))
	}
}
