package tree

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"ordeal/cluster/wire"
)

// However small the pieces and whatever is applied between them, a snapshot is the state at its beginning.
func TestASnapshotInPiecesIsOfOneInstant(t *testing.T) {
	changed := 0
	for seed := range uint64(150) {
		g := &gen{rand.New(rand.NewPCG(seed, 5)), newTwin()}
		tree := New()
		apply := func(count int) {
			for range count {
				txn := g.txn()
				g.twin.apply(tree.Zxid()+1, txn)
				tree.Apply(tree.Zxid()+1, txn)
			}
		}
		apply(g.IntN(150))
		for range 3 {
			want := tree.AppendSnapshot(nil)
			var got []byte
			s := tree.BeginSnapshot()
			for more, pieces := true, 0; more; pieces++ {
				if pieces == 20_000 {
					t.Fatalf("seed %d: the snapshot does not come to its end", seed)
				}
				apply(g.IntN(4))
				got, more = s.Append(got, g.IntN(200))
			}
			if !bytes.Equal(got, want) {
				t.Fatalf("seed %d: a snapshot in pieces has %d bytes, and %d at once, or others", seed, len(got), len(want))
			}
			if now := tree.AppendSnapshot(nil); !bytes.Equal(now, want) {
				changed++
			}
		}
		reload(t, tree)
	}
	if changed < 300 {
		t.Errorf("only %d of 450 snapshots saw changes", changed)
	}
}

// A piece has about the size that was asked for, one that finds nothing to write ends all the same, and what was kept
// is let go.
func TestPiecesAreSmall(t *testing.T) {
	d := newDriver(t)
	for i := range 300 {
		d.must(create(fmt.Sprintf("/n%03d", i), 0))
	}
	s := d.tree.BeginSnapshot()
	for i := range 25_000 {
		d.must(create(fmt.Sprintf("/n%03d-%05d", i%300, i), 0))
	}
	for i := range 300 {
		d.must(wire.DeleteRequest{Path: fmt.Sprintf("/n%03d", i), Version: -1})
	}
	pieces, largest := 0, 0
	for more := true; more; pieces++ {
		var piece []byte
		piece, more = s.Append(nil, 1000)
		largest = max(largest, len(piece))
	}
	if largest > 1200 || pieces < 20 {
		t.Errorf("%d pieces, the largest of %d bytes", pieces, largest)
	}
	if d.tree.frozen != nil || s.kept != nil {
		t.Error("something is kept for a snapshot that is done")
	}
	d.tree.BeginSnapshot().Drop()
	d.tree.BeginSnapshot()
	defer func() {
		if recover() == nil {
			t.Error("two snapshots are taken at once")
		}
	}()
	d.tree.BeginSnapshot()
}

// A loader takes pieces that are divided anywhere.
func TestLoadInPieces(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for seed := range uint64(20) {
		tree := sample(seed)
		b := tree.AppendSnapshot(nil)
		l := NewLoader()
		for rest := b; len(rest) > 0; {
			n := min(len(rest), rng.IntN(40))
			if err := l.Add(rest[:n]); err != nil {
				t.Fatal(err)
			}
			if _, err := l.Tree(); n < len(rest) && !errors.Is(err, wire.ErrMalformed) {
				t.Fatalf("a part of a snapshot is a tree: %v", err)
			}
			l.err = nil
			rest = rest[n:]
		}
		loaded, err := l.Tree()
		if err != nil || loaded.Hash() != tree.Hash() {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}
