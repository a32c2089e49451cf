package history

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func ticking() func() time.Duration {
	var t time.Duration
	return func() time.Duration { t += 10; return t }
}

func TestRecorder(t *testing.T) {
	r := NewRecorder(ticking())
	r.Invoke(1, "write", "r1", 5)
	r.Invoke(2, "read", "r1", nil)
	r.Record(Op{Process: Service, Type: OK, F: "end", Key: "r1", Value: "0x1"})
	r.OK(2, "read", "r1", []any{5, 1})
	r.Info(1, "write", "r1", 5, "timed out")
	r.Invoke(3, "read", "r1", nil)
	got, err := r.Ops().Pair()
	if err != nil {
		t.Fatal(err)
	}
	want := []Operation{
		{Process: 1, F: "write", Key: "r1", Argument: int64(5), Result: int64(5), End: Info, Error: "timed out",
			Call: 0, Return: 4, Invoked: 10, Completed: 50},
		{Process: 2, F: "read", Key: "r1", Result: []any{int64(5), int64(1)}, End: OK,
			Call: 1, Return: 3, Invoked: 20, Completed: 40},
		{Process: Service, F: "end", Key: "r1", Argument: "0x1", Result: "0x1", End: OK,
			Call: 2, Return: 2, Invoked: 30, Completed: 30},
		{Process: 3, F: "read", Key: "r1", End: Info, Call: 5, Return: -1, Invoked: 60},
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
}

func TestRecorderPanics(t *testing.T) {
	tests := []struct {
		name, want string
		do         func(r *Recorder)
	}{
		{"two under way", "while its read from event 0 is under way", func(r *Recorder) {
			r.Invoke(1, "read", "", nil)
			r.Invoke(1, "write", "", 1)
		}},
		{"nothing under way", "has no operation under way", func(r *Recorder) { r.OK(1, "read", "", nil) }},
		{"completed twice", "has no operation under way", func(r *Recorder) {
			r.Invoke(1, "read", "", nil)
			r.OK(1, "read", "", nil)
			r.OK(1, "read", "", nil)
		}},
		{"dead", "after an info", func(r *Recorder) {
			r.Invoke(1, "read", "", nil)
			r.Info(1, "read", "", nil, "lost")
			r.Invoke(1, "read", "", nil)
		}},
		{"other F", `what it has under way is read "a"`, func(r *Recorder) {
			r.Invoke(1, "read", "a", nil)
			r.OK(1, "write", "a", nil)
		}},
		{"other key", `completes read "b"`, func(r *Recorder) {
			r.Invoke(1, "read", "a", nil)
			r.Fail(1, "read", "b", nil, "no")
		}},
		{"strange value", "float64 does not belong", func(r *Recorder) { r.Invoke(1, "write", "", []any{1.5}) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			defer func() {
				if s, _ := recover().(string); !strings.Contains(s, tt.want) {
					t.Errorf("panic %q does not say %q", s, tt.want)
				}
			}()
			tt.do(NewRecorder(ticking()))
		})
	}
}

func TestRecorderClockGoesBack(t *testing.T) {
	now := time.Duration(5)
	r := NewRecorder(func() time.Duration { return now })
	r.Invoke(1, "read", "", nil)
	now = 4
	defer func() {
		if recover() == nil {
			t.Error("a clock that goes back was taken")
		}
	}()
	r.OK(1, "read", "", nil)
}

func TestRecorderLeavesTheCallersValueAlone(t *testing.T) {
	v := []any{1, 2}
	r := NewRecorder(ticking())
	r.Invoke(1, "cas", "", v)
	if !reflect.DeepEqual(v, []any{1, 2}) || !reflect.DeepEqual(r.Ops()[0].Value, []any{int64(1), int64(2)}) {
		t.Errorf("caller's %#v, recorded %#v", v, r.Ops()[0].Value)
	}
}
