package txn

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"ordeal/history"
	"ordeal/history/formats"
)

// parseTransactions reads a transaction a line, "process type value", such as: 0 ok [[append x 1] [r y [1 2]]]. The
// words "from 3 to 9" in front give the events at which it begins and ends; without them, a transaction comes behind
// the one before.
func parseTransactions(t testing.TB, text string) []history.Operation {
	t.Helper()
	var ops []history.Operation
	at := 0
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		call, ret := at, at+1
		if n, _ := fmt.Sscanf(line, "from %d to %d", &call, &ret); n == 2 {
			line = strings.SplitN(line, " ", 5)[4]
		}
		words := strings.SplitN(line, " ", 3)
		if len(words) < 3 {
			t.Fatalf("%q is no transaction", line)
		}
		event := fmt.Sprintf("{:process %s :type :%s :f :txn :value %s}", words[0], words[1], words[2])
		h, err := formats.Read("script", []byte(event))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		op := history.Operation{Process: h[0].Process, F: "txn", End: h[0].Type, Call: call, Return: ret}
		op.Argument = h[0].Value
		switch op.End {
		case history.OK:
			op.Argument, op.Result = nil, h[0].Value
		case history.Info:
			op.Return = -1
		}
		ops = append(ops, op)
		at = max(at, ret+1)
	}
	return ops
}

func render(r Result) string {
	var s strings.Builder
	for _, a := range r.Found {
		fmt.Fprintf(&s, "%s: %s\n", a.Kind, a.Text)
		for i, op := range a.Transactions {
			fmt.Fprintf(&s, "  T%d %s\n", i+1, Text(op))
		}
		for _, step := range a.Steps {
			fmt.Fprintf(&s, "  %s: %s\n", step.Kind, step.Why)
		}
	}
	fmt.Fprintf(&s, "forbidden: %s\n", strings.Join(r.Forbidden, " "))
	fmt.Fprintf(&s, "not: %s\n", strings.Join(r.Not, " "))
	fmt.Fprintf(&s, "holds: %s\n", strings.Join(r.Holds, " "))
	if r.Undecided != "" {
		fmt.Fprintf(&s, "undecided: %s\n", r.Undecided)
	}
	return s.String()
}

// TestScripts judges histories written by hand: each anomaly by its name, and good ones beside them.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			o := Options{SequentialKeys: d.HasArg("sequential-keys"), LinearizableKeys: d.HasArg("linearizable-keys")}
			for _, arg := range d.CmdArgs {
				switch arg.Key {
				case "models":
					o.Models = arg.Vals
				case "anomalies":
					o.Anomalies = arg.Vals
				}
			}
			judge := map[string]func([]history.Operation, Options) (Result, error){
				"list-append": ListAppend, "rw-register": RWRegister,
			}[d.Cmd]
			r, err := judge(parseTransactions(t, d.Input), o)
			if err != nil {
				return err.Error() + "\n"
			}
			return render(r)
		})
	})
}
