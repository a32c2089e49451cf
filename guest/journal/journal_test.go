package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// read opens a journal and returns what is in it.
func read(t *testing.T, name string) (*Journal, []string) {
	t.Helper()
	var all []string
	j, err := Open(name, func(b []byte) error { all = append(all, string(b)); return nil })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j, all
}

// TestTornRecords cuts a journal at every byte, and spoils every byte: what is before is whole, and one can go on.
func TestTornRecords(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "journal")
	j, all := read(t, name)
	for _, s := range []string{"one", "twotwo", "3"} {
		if err := j.Add([]byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	if len(all) != 0 || !errors.Is(j.Add(nil), errEmpty) {
		t.Errorf("%q are in a new journal; or an empty record is taken", all)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	ends := []int{header + 3, 2*header + 9, 3*header + 10}
	for cut := range len(text) {
		for _, spoil := range []bool{false, true} {
			b := append([]byte(nil), text[:cut]...)
			if spoil {
				b = append([]byte(nil), text...)
				b[cut] ^= 0x20
			}
			name := filepath.Join(dir, fmt.Sprint(cut, spoil))
			if err := os.WriteFile(name, b, 0o600); err != nil {
				t.Fatal(err)
			}
			want := 0
			for _, end := range ends {
				if end <= cut {
					want++
				}
			}
			j, all := read(t, name)
			if len(all) != want {
				t.Errorf("at byte %d, spoilt %v: %q", cut, spoil, all)
			}
			if err := errors.Join(j.Add([]byte("next")), j.Close()); err != nil {
				t.Fatal(err)
			}
			if _, again := read(t, name); len(again) != want+1 || again[want] != "next" {
				t.Errorf("at byte %d, spoilt %v, one more is %q", cut, spoil, again)
			}
		}
	}
}

func TestRecordsThatAreRefused(t *testing.T) {
	name := filepath.Join(t.TempDir(), "journal")
	j, _ := read(t, name)
	if err := j.Add([]byte("one")); err != nil {
		t.Fatal(err)
	}
	bad := errors.New("bad")
	if _, err := Open(name, func([]byte) error { return bad }); !errors.Is(err, bad) {
		t.Errorf("a record that is refused: %v", err)
	}
	if _, err := Open(t.TempDir(), func([]byte) error { return nil }); err == nil {
		t.Error("a folder is taken for a journal")
	}
}

func TestChanges(t *testing.T) {
	name := filepath.Join(t.TempDir(), "changes")
	type set struct {
		Key   string
		Value int
	}
	for life := range 3 {
		held := map[string]int{}
		c, err := OpenChanges(name, func(s set) error {
			if s.Key == "" {
				return os.ErrInvalid
			}
			held[s.Key] = s.Value
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(held) != life || life > 0 && held[fmt.Sprint("k", life-1)] != life {
			t.Errorf("life %d begins with %v", life, held)
		}
		if err := c.Make(set{fmt.Sprint("k", life), life + 1}); err != nil || held[fmt.Sprint("k", life)] != life+1 {
			t.Errorf("life %d: %v, %v", life, err, held)
		}
	}
	if _, err := OpenChanges(name, func(int) error { return nil }); err == nil {
		t.Error("changes of another kind are taken for numbers")
	}
}
