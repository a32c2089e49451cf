package notation

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"ordeal/history"
	"ordeal/history/stream"
)

func TestEightDigits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		want := r.Int64N(100_000_000)
		text := []byte(fmt.Sprintf("%08d", want))
		if got, all := digits8(binary.LittleEndian.Uint64(text)); !all || got != want {
			t.Fatalf("%s: %d, %v", text, got, all)
		}
		at := r.IntN(8)
		if c := byte(r.IntN(256)); c < '0' || c > '9' {
			text[at] = c
			if _, all := digits8(binary.LittleEndian.Uint64(text)); all {
				t.Fatalf("%q is eight digits", text)
			}
		}
	}
}

// TestHabits reads events that are written like the ones before them in part only.
func TestHabits(t *testing.T) {
	src := `{:type :invoke, :f :read, :process 0, :time 123456789012, :value nil}
{:type :ok, :f :read, :process 0, :time 123456789013, :value 5}
{:type :invoke, :f :read, :valuex 7, :process 0, :time 5}
{:type :ok, :f :read, :value[1], :process 0}
{:type :invoke, :f :read, :value[2], :process 0}
{:type :ok, :process 0, :f :read, :value "a"}
{:type :invoke, :f "x y", :process "p", :value {:a 1}, :time -1}`
	want := `invoke read 0 nil 123456789012; ok read 0 5 123456789013; invoke read 0 nil 5; ok read 0 [1] 0; ` +
		`invoke read 0 [2] 0; ok read 0 "a" 0; invoke x y 0 {"a" 1} -1; `
	for size := 1; size < 200; size += 7 { // however the window ends
		var notes stream.Notes
		reader := NewEDN(&slow{src, size}, &notes)
		var e stream.Event
		got := ""
		for {
			err := reader.Next(&e)
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got += fmt.Sprintf("%s %s %d %s %d; ", e.Type, e.F, e.Process, history.Text(e.Value), e.Time)
		}
		if got != want {
			t.Fatalf("with %d bytes at a time:\n%s\nwant\n%s", size, got, want)
		}
		if lines := fmt.Sprint(notes.Lines()); !strings.Contains(lines, "valuex") {
			t.Errorf("notes: %s", lines)
		}
	}
}

// slow gives a few bytes at a time.
type slow struct {
	left string
	size int
}

func (s *slow) Read(p []byte) (int, error) {
	if s.left == "" {
		return 0, io.EOF
	}
	n := copy(p[:min(s.size, len(p))], s.left)
	s.left = s.left[n:]
	return n, nil
}
