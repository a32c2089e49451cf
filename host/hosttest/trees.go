package hosttest

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"

	"ordeal/host"
)

// content is what a file has.
func content(t *testing.T, tree host.Tree, p string) string {
	t.Helper()
	n := must(tree.Open(p, host.Opening{}))(t)
	b := make([]byte, n.Info().Size+10)
	return string(b[:must(n.ReadAt(b, 0))(t)])
}

// put makes a file.
func put(t *testing.T, tree host.Tree, p, text string) host.Node {
	t.Helper()
	n := must(tree.Open(p, host.Opening{Create: true, Truncate: true}))(t)
	if wrote := must(n.WriteAt([]byte(text), 0))(t); wrote != len(text) {
		t.Errorf("%d of %d bytes were written", wrote, len(text))
	}
	return n
}

// syncNode waits until something is durable.
func syncNode(t *testing.T, k Kernels, n host.Node) {
	t.Helper()
	var seen journal
	n.Sync(func(err error) { seen.add("%v", err) })
	k.Wait("a sync", func() bool { return len(seen.all()) > 0 })
	seen.want(t, "the sync", "<nil>")
}

func testTreeErrors(t *testing.T, k Kernels) {
	tree := k.Kernel(n1).Tree()
	is(t, "making a directory", tree.Mkdir("d"), nil)
	is(t, "again", tree.Mkdir("d"), fs.ErrExist)
	is(t, "in none", tree.Mkdir("no/d"), fs.ErrNotExist)
	put(t, tree, "d/file", "text")
	open := func(p string, how host.Opening) error { _, err := tree.Open(p, how); return err }
	is(t, "missing", open("d/none", host.Opening{}), fs.ErrNotExist)
	is(t, "in a missing one", open("no/none", host.Opening{Create: true}), fs.ErrNotExist)
	is(t, "below a file", open("d/file/x", host.Opening{Create: true}), host.ErrNotDir)
	is(t, "a file as directory", open("d/file", host.Opening{Directory: true}), host.ErrNotDir)
	is(t, "anew", open("d/file", host.Opening{Create: true, Exclusive: true}), fs.ErrExist)
	is(t, "removing a directory that is not empty", tree.Rmdir("d"), host.ErrNotEmpty)
	is(t, "removing a file as directory", tree.Rmdir("d/file"), host.ErrNotDir)
	is(t, "removing a directory as file", tree.Remove("d"), host.ErrIsDir)
	is(t, "removing nothing", tree.Remove("d/none"), fs.ErrNotExist)
	is(t, "renaming nothing", tree.Rename("none", "d/x"), fs.ErrNotExist)
	is(t, "renaming into nowhere", tree.Rename("d/file", "no/x"), fs.ErrNotExist)
	is(t, "a directory into itself", tree.Rename("d", "d/e"), fs.ErrInvalid)
	is(t, "making another", tree.Mkdir("e"), nil)
	is(t, "over a directory that is not empty", tree.Rename("e", "d"), host.ErrNotEmpty)
	is(t, "over a file", tree.Rename("e", "d/file"), host.ErrNotDir)
	is(t, "a file over a directory", tree.Rename("d/file", "e"), host.ErrIsDir)
	dir := must(tree.Open("d", host.Opening{}))(t)
	_, err := dir.ReadAt(make([]byte, 1), 0)
	is(t, "reading a directory", err, host.ErrIsDir)
	_, err = must(tree.Open("d/file", host.Opening{}))(t).List()
	is(t, "listing a file", err, host.ErrNotDir)
	info := must(tree.Stat("d/file"))(t)
	if info.Name != "file" || info.Dir || info.Size != 4 || info.Modified.IsZero() {
		t.Errorf("the file is %+v", info)
	}
}

func testTreePositions(t *testing.T, k Kernels) {
	tree := k.Kernel(n1).Tree()
	n := put(t, tree, "file", "0123456789")
	for _, step := range []struct {
		what string
		do   func() error
		want string
	}{
		{"over the middle", func() error { _, err := n.WriteAt([]byte("abc"), 3); return err }, "012abc6789"},
		{"over the end", func() error { _, err := n.WriteAt([]byte("wxyz"), 8); return err }, "012abc67wxyz"},
		{"cut", func() error { return n.Truncate(4) }, "012a"},
		{"longer", func() error { return n.Truncate(6) }, "012a\x00\x00"},
		{"behind a gap", func() error { _, err := n.WriteAt([]byte("!"), 8); return err }, "012a\x00\x00\x00\x00!"},
		{"nothing far behind", func() error { _, err := n.WriteAt(nil, 100); return err }, "012a\x00\x00\x00\x00!"},
	} {
		is(t, step.what, step.do(), nil)
		if got := content(t, tree, "file"); got != step.want {
			t.Errorf("%s: %q, and not %q", step.what, got, step.want)
		}
	}
	b := make([]byte, 4)
	if read, err := n.ReadAt(b, 7); read != 2 || err != nil || string(b[:2]) != "\x00!" {
		t.Errorf("read %q %v", b[:read], err)
	}
	if read, err := n.ReadAt(b, 50); read != 0 || err != nil {
		t.Errorf("behind the end are %d bytes: %v", read, err)
	}
	syncNode(t, k, n)
	put(t, tree, "file", "")
	if size := n.Info().Size; size != 0 {
		t.Errorf("the file has %d bytes once it was opened anew", size)
	}
}

func testTreeRemoved(t *testing.T, k Kernels) {
	tree := k.Kernel(n1).Tree()
	n := put(t, tree, "file", "old")
	is(t, "removing", tree.Remove("file"), nil)
	put(t, tree, "file", "new")
	if _, err := n.WriteAt([]byte("er"), 3); err != nil {
		t.Error(err)
	}
	b := make([]byte, 9)
	read := must(n.ReadAt(b, 0))(t)
	if got := content(t, tree, "file"); string(b[:read]) != "older" || got != "new" {
		t.Errorf("the removed file has %q, the new one %q", b[:read], got)
	}
	syncNode(t, k, n)
}

func testTreeMoves(t *testing.T, k Kernels) {
	tree := k.Kernel(n1).Tree()
	for _, d := range []string{"a", "a/b", "z"} {
		is(t, "making "+d, tree.Mkdir(d), nil)
	}
	n := put(t, tree, "a/b/file", "text")
	is(t, "moving", tree.Rename("a/b", "z/moved"), nil)
	if _, err := n.WriteAt([]byte("!"), 4); err != nil {
		t.Error(err)
	}
	if got := content(t, tree, "z/moved/file"); got != "text!" {
		t.Errorf("the file in the directory that was moved has %q", got)
	}
	for _, d := range []string{"z/moved", "z", ""} {
		syncNode(t, k, must(tree.Open(d, host.Opening{}))(t))
	}
	if got := dumpTree(t, tree, ""); got != "a/ z/ z/moved/ z/moved/file=text!" {
		t.Errorf("the tree is %s", got)
	}
}

// dumpTree is all that is below a directory.
func dumpTree(t *testing.T, tree host.Tree, dir string) string {
	t.Helper()
	var all []string
	for _, one := range must(must(tree.Open(dir, host.Opening{Directory: true}))(t).List())(t) {
		p := path.Join(dir, one.Name)
		if !one.Dir {
			all = append(all, p+"="+content(t, tree, p))
			continue
		}
		if all = append(all, p+"/"); true {
			if below := dumpTree(t, tree, p); below != "" {
				all = append(all, below)
			}
		}
	}
	return strings.Join(all, " ")
}

// paths is a tree's dumb twin: each file and, with a slash behind it, each directory.
type paths map[string]string

func (p paths) below(dir string) (list []string) {
	for name := range p {
		if strings.HasPrefix(name, dir+"/") && name != dir+"/" {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// rename does what a tree should do, and says whether it could be done.
func (p paths) rename(from, to string) bool {
	text, isFile := p[from]
	_, isDir := p[from+"/"]
	_, overFile := p[to]
	_, overDir := p[to+"/"]
	_, there := p[path.Dir(to)+"/"]
	switch {
	case path.Dir(to) != "." && !there || !isFile && !isDir || isDir && strings.HasPrefix(to, from+"/"):
		return false
	case from == to:
		return true
	case isFile && overDir || isDir && (overFile || overDir && len(p.below(to)) > 0):
		return false
	case isFile:
		delete(p, from)
		p[to] = text
		return true
	}
	for _, name := range append(p.below(from), from+"/") {
		p[to+strings.TrimPrefix(name, from)] = p[name]
		delete(p, name)
	}
	return true
}

func (p paths) dump() string {
	var all []string
	for name, text := range p {
		if strings.HasSuffix(name, "/") {
			all = append(all, name)
		} else {
			all = append(all, name+"="+text)
		}
	}
	// As a walk has it: a directory before what is in it.
	slices.SortFunc(all, func(a, b string) int {
		key := func(s string) []string {
			name, _, _ := strings.Cut(strings.TrimSuffix(s, "/"), "=")
			return strings.Split(name, "/")
		}
		return slices.Compare(key(a), key(b))
	})
	return strings.Join(all, " ")
}

// testTreeModel gives a tree and its twin the same things to do.
func testTreeModel(t *testing.T, k Kernels) {
	tree, twin, rng := k.Kernel(n1).Tree(), paths{}, rand.New(rand.NewPCG(4, 2))
	for step := range 600 {
		name := func() string {
			p := string('a' + rune(rng.IntN(3)))
			for rng.IntN(2) == 0 && len(p) < 6 {
				p += "/" + string('a'+rune(rng.IntN(3)))
			}
			return p
		}
		a, b := name(), name()
		_, isFile := twin[a]
		_, isDir := twin[a+"/"]
		_, there := twin[path.Dir(a)+"/"]
		there = there || path.Dir(a) == "."
		var what string
		var err error
		could := false
		switch rng.IntN(6) {
		case 0, 1:
			what, could = "write "+a, there && !isDir
			var n host.Node
			text := fmt.Sprintf("%d.", step)
			if n, err = tree.Open(a, host.Opening{Create: true}); err == nil {
				_, err = n.WriteAt([]byte(text), n.Info().Size)
			}
			if could {
				twin[a] += text
			}
		case 2:
			what, could = "mkdir "+a, there && !isDir && !isFile
			if err = tree.Mkdir(a); could {
				twin[a+"/"] = ""
			}
		case 3:
			what, could = "remove "+a, isFile
			err = tree.Remove(a)
			delete(twin, a)
		case 4:
			what, could = "rmdir "+a, isDir && len(twin.below(a)) == 0
			if err = tree.Rmdir(a); could {
				delete(twin, a+"/")
			}
		default:
			what, err = fmt.Sprintf("rename %s %s", a, b), tree.Rename(a, b)
			could = twin.rename(a, b)
		}
		if (err == nil) != could || errors.Is(err, host.ErrWait) {
			t.Fatalf("step %d, %s: %v, and the twin says %v", step, what, err, could)
		}
		if got, want := dumpTree(t, tree, ""), twin.dump(); got != want {
			t.Fatalf("step %d, %s:\n%s\n%s", step, what, got, want)
		}
	}
}
