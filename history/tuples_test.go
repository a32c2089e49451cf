package history_test

import (
	"errors"
	"reflect"
	"testing"

	"ordeal/history"
	"ordeal/history/formats"
)

func read(t *testing.T, text string) history.History {
	t.Helper()
	h, err := formats.Read("h.edn", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func untupled(t *testing.T, text string) []history.Operation {
	t.Helper()
	ops, err := read(t, text).Pair()
	if err == nil {
		ops, err = history.Untuple(ops)
	}
	if err != nil {
		t.Fatal(err)
	}
	return ops
}

func TestUntuple(t *testing.T) {
	h := untupled(t, `
{:process 0, :type :invoke, :f :write, :value [:x 1]}
{:process :nemesis, :type :info, :f :start, :value [:a nil]}
{:process 0, :type :ok, :f :write, :value [:x 1]}
{:process 1, :type :invoke, :f :cas, :value [7 [1 2]]}
{:process 2, :type :invoke, :f :read, :value [7 nil]}
{:process 2, :type :ok, :f :read, :value [7 2]}
{:process 1, :type :info, :f :cas, :value [7 [1 2]], :error :timeout}
`)
	var got [][3]any
	for _, op := range h {
		got = append(got, [3]any{op.Key, op.Argument, op.Result})
	}
	cas := []any{int64(1), int64(2)}
	want := [][3]any{{"x", int64(1), int64(1)}, {"7", cas, cas}, {"7", nil, int64(2)}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// TestUntupleTellsKeysApart has keys that look alike.
func TestUntupleTellsKeysApart(t *testing.T) {
	h := untupled(t, `{:process 0, :type :invoke, :f :read, :value [7 nil]}
{:process 0, :type :ok, :f :read, :value [7 1]}
{:process 1, :type :invoke, :f :read, :value ["7" nil]}
{:process 1, :type :ok, :f :read, :value ["7" 2]}
{:process 2, :type :invoke, :f :read, :value ["x" nil]}
{:process 2, :type :ok, :f :read, :value ["x" 3]}`)
	if h[0].Key != "7" || h[1].Key != `"7"` || h[2].Key != "x" {
		t.Errorf("the keys are %s, %s and %s", h[0].Key, h[1].Key, h[2].Key)
	}
}

func TestUntupleLeavesOthersAlone(t *testing.T) {
	for _, text := range []string{
		`{:process 0, :type :invoke, :f :cas, :value [1 2]} {:process 1, :type :invoke, :f :read, :value nil}`,
		`{:process 0, :type :invoke, :f :cas, :value [1 2]} {:process 1, :type :invoke, :f :cas, :value [2 3]}`,
		`{:process 0, :type :invoke, :f :write, :value 1}`,
	} {
		ops, err := read(t, text).Pair()
		if err != nil {
			t.Fatal(err)
		}
		if got := untupled(t, text); !reflect.DeepEqual(got, ops) {
			t.Errorf("%s became %v", text, got)
		}
	}
}

func TestUntupleRefusesAnotherKey(t *testing.T) {
	ops, err := read(t, `{:process 2, :type :invoke, :f :read, :value [7 nil]}
{:process 2, :type :ok, :f :read, :value [8 2]}`).Pair()
	if err != nil {
		t.Fatal(err)
	}
	var at *history.EventError
	if _, err := history.Untuple(ops); !errors.As(err, &at) || at.Event != 1 {
		t.Error(err)
	}
}

// TestNoProcesses pairs events that name no process.
func TestNoProcesses(t *testing.T) {
	ops, err := read(t, `{:type :invoke, :f :txn, :value [[:append 1 1]]}
{:type :invoke, :f :txn, :value [[:append 1 2]]}
{:type :invoke, :f :txn, :value [[:r 1 nil]]}
{:type :ok, :f :txn, :value [[:append 1 2]]}
{:type :ok, :f :txn, :value [[:r 1 [2]]]}`).Pair()
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, op := range ops {
		got += op.End.String() + " " + history.Text(op.Result) + "; "
	}
	if want := `info [["append" 1 1]]; ok [["append" 1 2]]; ok [["r" 1 [2]]]; `; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestEvents takes operations apart again.
func TestEvents(t *testing.T) {
	h := read(t, `{:process 0, :type :invoke, :f :write, :value 1, :time 5}
{:process 1, :type :invoke, :f :read, :value nil, :time 6}
{:process :service, :type :ok, :f :end, :value "s", :time 7}
{:process 0, :type :info, :f :write, :value 1, :error "lost", :time 8}`)
	ops, err := h.Pair()
	if err != nil {
		t.Fatal(err)
	}
	if got := history.Events(ops); !reflect.DeepEqual(got, h) {
		t.Errorf("got  %v\nwant %v", got, h)
	}
}
