package recipes_test

import (
	"errors"
	"slices"
	"testing"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// TestTransactionsConflict has another client do something between what a transaction reads and its commit.
func TestTransactionsConflict(t *testing.T) {
	for name, c := range map[string]struct {
		read, write []string
		other       string // what the other client sets
		want        error
	}{
		"nothing changed":                {[]string{"/a"}, []string{"/a"}, "/b", nil},
		"what is written has changed":    {[]string{"/a"}, []string{"/a"}, "/a", recipes.ErrConflict},
		"what is only read has changed":  {[]string{"/a", "/b"}, []string{"/a"}, "/b", recipes.ErrConflict},
		"it was written without a look":  {[]string{"/a"}, []string{"/b"}, "/b", nil},
		"only reads are of one instant":  {[]string{"/a", "/b"}, nil, "/a", nil},
		"what it writes to is not there": {nil, []string{"/none"}, "/a", wire.NoNode},
		"what it reads is not there":     {[]string{"/none"}, []string{"/a"}, "/b", wire.NoNode},
	} {
		t.Run(name, func(t *testing.T) {
			o, done := newTown(t), 0
			o.enter("c1", func(p host.Process, cl *client.Client) {
				for _, path := range []string{"/a", "/b"} {
					cl.Create(path, []byte("old"), 0)
				}
				tx := recipes.NewTransaction(p, cl)
				if len(c.read) > 0 {
					if _, err := tx.Read(second, c.read...); err != nil {
						t.Error(err)
					}
				}
				cl.Set(c.other, []byte("other"), wire.AnyVersion)
				for _, path := range c.write {
					tx.Set(path, []byte("new"))
				}
				_, outcome, err := tx.Commit()
				if err != c.want || (outcome == recipes.Done) != (c.want == nil) || outcome == recipes.Unknown {
					t.Errorf("%v, %v", outcome, err)
				}
				done++
			})
			o.run(&done, 1)
		})
	}
}

func TestTransactionsShowWhatIsThere(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, cl *client.Client) {
		cl.Create("/l", []byte("x"), 0)
		cl.Create("/l/none-of-them", nil, 0)
		tx := recipes.NewTransaction(p, cl)
		tx.Add("/l", "b", nil)
		tx.Add("/l", "a", []byte("data"))
		numbers, outcome, err := tx.Commit()
		if outcome != recipes.Done || err != nil || !slices.Equal(numbers, []int64{1, 2}) {
			t.Errorf("%v, %v, %v", numbers, outcome, err)
		}
		nodes, err := recipes.NewTransaction(p, cl).ReadMembers(second, "/l", "/none")
		want := []recipes.Numbered{{Name: "b", Number: 1}, {Name: "a", Number: 2}}
		if err != nil || !nodes[0].There || string(nodes[0].Data) != "x" || !slices.Equal(nodes[0].Members, want) ||
			nodes[1].There {
			t.Errorf("%+v, %v", nodes, err)
		}
		if _, outcome, err := recipes.NewTransaction(p, cl).Commit(); outcome != recipes.Done || err != nil {
			t.Errorf("a transaction of nothing: %v, %v", outcome, err)
		}
		done++
	})
	o.run(&done, 1)
}

// TestAnUnheardCommitIsUnknown loses the answer to a multi, or the multi itself: who asked can't tell which.
func TestAnUnheardCommitIsUnknown(t *testing.T) {
	for _, f := range []fate{loseAnswer, loseRequest} {
		o, done := newTown(t), 0
		o.s.fate = once(wire.OpMulti, 1, f)
		o.enter("c1", func(p host.Process, cl *client.Client) {
			cl.Create("/a", nil, 0)
			tx := recipes.NewTransaction(p, cl)
			tx.Set("/a", []byte("new"))
			if _, outcome, err := tx.Commit(); outcome != recipes.Unknown || !errors.Is(err, client.ErrConnectionLoss) {
				t.Errorf("fate %d: %v, %v", f, outcome, err)
			}
			if data, _, _ := cl.SyncGet("/a", nil); (string(data) == "new") != (f == loseAnswer) {
				t.Errorf("fate %d: there is %q", f, data)
			}
			done++
		})
		o.run(&done, 1)
	}
}

func TestALogIsReadInPieces(t *testing.T) {
	o, done := newTown(t), 0
	o.enter("c1", func(p host.Process, cl *client.Client) {
		cl.Create("/log", nil, 0)
		for i := range 70 {
			tx := recipes.NewTransaction(p, cl)
			tx.Add("/log", "e", []byte{byte(i)})
			tx.Commit()
		}
		log := recipes.NewLog(p, cl, "/log")
		var sizes []int
		next, expected := int64(0), byte(0)
		for range 4 {
			entries, after, err := log.Read(next, second)
			for _, e := range entries {
				if len(e.Data) != 1 || e.Data[0] != expected || e.Number != int64(expected) {
					t.Errorf("%+v where %d belongs", e, expected)
				}
				expected++
			}
			if next = after; err != nil {
				t.Error(err)
			}
			sizes = append(sizes, len(entries))
		}
		if !slices.Equal(sizes, []int{32, 32, 6, 0}) || next != 70 {
			t.Errorf("pieces of %v, and then from %d", sizes, next)
		}
		done++
	})
	o.run(&done, 1)
}
