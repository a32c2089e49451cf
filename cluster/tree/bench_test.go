package tree

import (
	"fmt"
	"testing"

	"ordeal/cluster/wire"
)

// benchTree has n znodes below /d, in folders of a thousand.
func benchTree(n int) *Tree {
	tree := New()
	apply := func(r wire.Request) { tree.Apply(tree.Zxid()+1, Txn{Session: 1, Owner: here, Request: r}) }
	apply(CreateSession{ID: 1})
	for i := range n {
		if i%1000 == 0 {
			apply(create(fmt.Sprintf("/d%d", i/1000), 0))
		}
		apply(create(fmt.Sprintf("/d%d/n", i/1000), wire.FlagSequential))
	}
	return tree
}

func BenchmarkApply(b *testing.B) {
	const paths = 100_000
	for name, request := range map[string]func(i int) wire.Request{
		"create": func(i int) wire.Request { return create("/d0/x", wire.FlagSequential) },
		"setData": func(i int) wire.Request {
			return wire.SetDataRequest{Path: fmt.Sprintf("/d%d/n%010d", i%100, i%1000), Data: []byte("other"), Version: -1}
		},
		"multi": func(i int) wire.Request {
			return wire.MultiRequest{Ops: []wire.Request{
				wire.CheckRequest{Path: "/d0", Version: -1}, create(fmt.Sprintf("/d0/m%d", i), 0),
				wire.SetDataRequest{Path: "/d0", Version: -1}}}
		},
	} {
		b.Run(name, func(b *testing.B) {
			tree := benchTree(paths)
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				if r := tree.Apply(tree.Zxid()+1, Txn{Session: 1, Owner: here, Request: request(i)}); r.Err != wire.OK {
					b.Fatal(r.Err)
				}
			}
		})
	}
}

func BenchmarkSnapshot(b *testing.B) {
	tree := benchTree(100_000)
	snapshot := tree.AppendSnapshot(nil)
	b.Run("append", func(b *testing.B) {
		b.SetBytes(int64(len(snapshot)))
		for range b.N {
			tree.AppendSnapshot(snapshot[:0])
		}
	})
	b.Run("load", func(b *testing.B) {
		b.SetBytes(int64(len(snapshot)))
		for range b.N {
			if _, err := load(snapshot); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkReadChildren(b *testing.B) {
	tree := benchTree(1000)
	for range b.N {
		tree.Read(wire.GetChildrenRequest{Path: "/d0"})
	}
}
