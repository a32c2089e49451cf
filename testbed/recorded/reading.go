package recorded

import (
	"fmt"
	"slices"
	"strings"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/history/formats"
	"ordeal/history/notation"
	"ordeal/history/stream"
)

// reading says how to take what a file leaves open.
type reading struct {
	// Nil says what an ok read of nil on a register tells: nilValue, nilUnknown, or "" to go by the file.
	Nil string
	// page and minimize say that a page and a smallest history are asked for.
	page, minimize bool
	// late is Request.CollectLate.
	late func(times float64) (asAlways func())
	// Told is what the model is told.
	Told checker.Options
	// given is what a person told, all of which has to be for the model.
	given []told
}

const (
	// nilValue takes a read of nil for one that found nothing written.
	nilValue = "value"
	// nilUnknown takes it for one of which it is not known what it saw, as Knossos does.
	nilUnknown = "unknown"
)

// registers are the models to which a read of nil means one of two things.
var registers = []string{"register", "cas-register", "versioned-register"}

// apply turns what a file says into the history that is judged, and says what was decided on the way.
func (r reading) apply(f *formats.File, as string, ops []history.Operation) ([]history.Operation, []string, error) {
	notes := f.Notes()
	if as == "kv" || as == "key-value" {
		ops = keyed(ops)
	}
	switch r.Nil {
	case "", nilValue, nilUnknown:
	default:
		return nil, nil, fmt.Errorf("--nil is %s or %s, and not %q", nilValue, nilUnknown, r.Nil)
	}
	if !slices.Contains(registers, as) {
		if r.Nil != "" {
			return nil, nil, fmt.Errorf("--nil is about reads of registers, and the model is %s", as)
		}
		return ops, notes, nil
	}
	meaning, why := r.Nil, "as --nil says"
	if meaning == "" {
		meaning, why = f.Nil()
	}
	reads := nilReads(ops)
	if len(reads) == 0 {
		return ops, notes, nil
	}
	if meaning == nilValue {
		note := fmt.Sprintf("%s of nil found nothing written, %s", count(len(reads), "ok read"), why)
		return ops, append(notes, note), nil
	}
	for _, i := range reads {
		ops[i].End = history.Fail // it had no effect, and it is not known what it saw
	}
	note := fmt.Sprintf("%s of nil may have seen anything, %s; with --nil value they found nothing written",
		count(len(reads), "ok read"), why)
	return ops, append(notes, note), nil
}

// nilReads are the operations that say that a read saw nil.
func nilReads(ops []history.Operation) []int {
	var out []int
	for i := range ops {
		if op := &ops[i]; op.F == "read" && op.End == history.OK && op.Result == nil && op.Process >= 0 {
			out = append(out, i)
		}
	}
	return out
}

// neverWritten tells whether evidence holds a read of something that no operation of a history writes.
func neverWritten(ops, evidence []history.Operation) bool {
	if len(evidence) == 0 {
		return false
	}
	written := map[[2]any]bool{}
	for i := range ops {
		op := &ops[i]
		v := op.Argument
		if pair, ok := v.([]any); ok && len(pair) == 2 && op.F == "cas" {
			v = pair[1]
		}
		if (op.F == "write" || op.F == "cas") && history.Plain(v) {
			written[[2]any{op.Key, v}] = true
		}
	}
	for _, op := range evidence {
		if op.F == "read" && op.Result != nil && history.Plain(op.Result) && !written[[2]any{op.Key, op.Result}] {
			return true
		}
	}
	return false
}

// keyed brings a store's operations into the form of the model kv, if they have their key beside the value: a get has
// the argument key there, and a change [key value]. "" and an absent key are the same in them: those that write such
// histories, as Porcupine's users do, know no other way to say it.
func keyed(ops []history.Operation) []history.Operation {
	if !besideKeys(ops) {
		return ops
	}
	for i := range ops {
		op := &ops[i]
		if op.Process < 0 {
			continue
		}
		key := op.Key
		op.Key = ""
		switch {
		case op.F == "get":
			op.Argument = key
			if op.Result == any("") {
				op.Result = nil
			}
		case op.F == "delete":
			op.Argument, op.Result = key, nil
		case op.F == "put" && op.Argument == any(""):
			op.F, op.Argument, op.Result = "delete", key, nil
		default:
			op.Argument = []any{key, op.Argument}
		}
	}
	return ops
}

// besideKeys tells whether every client's operation has a key, and no get says another one.
func besideKeys(ops []history.Operation) bool {
	some := false
	for i := range ops {
		op := &ops[i]
		if op.Process < 0 {
			continue
		}
		if op.Key == "" || op.F == "get" && op.Argument != nil {
			return false
		}
		switch op.F {
		case "get", "put", "append", "delete":
			some = true
		default:
			return false
		}
	}
	return some
}

// parseValue is a value in EDN; "" is nil.
func parseValue(text string) (any, error) {
	var values notation.Values
	v, used, err := values.Read([]byte(text), stream.Place{Line: 1, Column: 1})
	if err != nil {
		return nil, err
	}
	if rest := strings.TrimSpace(text[used:]); rest != "" {
		return nil, fmt.Errorf("%q is more than one value", text)
	}
	return v, nil
}
