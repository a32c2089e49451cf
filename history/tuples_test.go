package history_test

import (
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

func TestUntuple(t *testing.T) {
	h := history.Untuple(read(t, `
{:process 0, :type :invoke, :f :write, :value [:x 1]}
{:process :nemesis, :type :info, :f :start, :value [:a nil]}
{:process 0, :type :ok, :f :write, :value [:x 1]}
{:process 1, :type :invoke, :f :cas, :value [7 [1 2]]}
{:process 2, :type :invoke, :f :read, :value [7 nil]}
{:process 2, :type :ok, :f :read, :value [7 2]}
{:process 1, :type :info, :f :cas, :value [7 [1 2]], :error :timeout}
`))
	var got [][2]any
	for _, op := range h {
		got = append(got, [2]any{op.Key, op.Value})
	}
	cas := []any{int64(1), int64(2)}
	want := [][2]any{{"x", int64(1)}, {"", []any{"a", nil}}, {"x", int64(1)}, {"7", cas}, {"7", nil}, {"7", int64(2)},
		{"7", cas}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestUntupleLeavesOthersAlone(t *testing.T) {
	for _, text := range []string{
		`{:process 0, :type :invoke, :f :cas, :value [1 2]} {:process 1, :type :invoke, :f :read, :value nil}`,
		`{:process 0, :type :invoke, :f :cas, :value [1 2]} {:process 1, :type :invoke, :f :cas, :value [2 3]}`,
		`{:process 0, :type :invoke, :f :write, :value 1}`,
	} {
		h := read(t, text)
		if got := history.Untuple(h); !reflect.DeepEqual(got, h) {
			t.Errorf("%s became %v", text, got)
		}
	}
}
