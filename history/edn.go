package history

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// WriteEDN writes a history as Jepsen stores one: a map a line, with times in nanoseconds. An operation with a key has
// the value [key value], as Jepsen's independent tests have it, and a :key of its own by which Read knows it again.
// Equal histories give equal bytes.
func WriteEDN(w io.Writer, h History) error { return NewEDNWriter(w).writeAll(h) }

// NewEDNWriter writes what WriteEDN does, event by event.
func NewEDNWriter(to io.Writer) *Writer {
	w := newWriter(to)
	w.event = func(i int, op Op) error {
		buf := w.buf
		fmt.Fprintf(buf, "{:index %d, :time %d, :type :%s", i, int64(op.Time), op.Type)
		if op.Process != Anonymous {
			fmt.Fprintf(buf, ", :process %s", processEDN(op.Process))
		}
		if op.F != "" {
			fmt.Fprintf(buf, ", :f %s", nameEDN(op.F))
		}
		fmt.Fprintf(buf, ", :value %s", valueEDN(keyed(op)))
		if op.Key != "" {
			fmt.Fprintf(buf, ", :key %s", stringEDN(op.Key))
		}
		if op.Error != "" {
			fmt.Fprintf(buf, ", :error %s", stringEDN(op.Error))
		}
		_, err := buf.WriteString("}\n")
		return err
	}
	return w
}

func keyed(op Op) any {
	if op.Key == "" {
		return op.Value
	}
	return []any{op.Key, op.Value}
}

var outsiders = map[int]string{Nemesis: "nemesis", Service: "service"}

func processEDN(p int) string {
	if name, ok := outsiders[p]; ok {
		return ":" + name
	}
	return strconv.Itoa(p)
}

// Text is a value in EDN, as WriteEDN writes it.
func Text(v any) string { return valueEDN(v) }

// nameEDN writes a name as a keyword where it can be one.
func nameEDN(name string) string {
	odd := func(r rune) bool {
		return r == utf8.RuneError || unicode.IsSpace(r) || unicode.IsControl(r) ||
			strings.ContainsRune(",;\"()[]{}\\^`~@", r)
	}
	if name == "" || name[0] == ':' || strings.ContainsFunc(name, odd) {
		return stringEDN(name)
	}
	return ":" + name
}

var stringEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

func stringEDN(s string) string { return `"` + stringEscapes.Replace(s) + `"` }

func valueEDN(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case string:
		return stringEDN(v)
	case []any:
		return "[" + valuesEDN(v) + "]"
	case Set:
		return "#{" + valuesEDN(v) + "}"
	case Map:
		flat := make([]any, 0, 2*len(v))
		for _, p := range v {
			flat = append(flat, p.Key, p.Value)
		}
		return "{" + valuesEDN(flat) + "}"
	}
	return fmt.Sprint(v)
}

func valuesEDN(list []any) string {
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = valueEDN(v)
	}
	return strings.Join(parts, " ")
}
