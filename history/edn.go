package history

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// WriteEDN writes a history as Jepsen stores one: a map a line, with times in nanoseconds. An operation with a key has
// the value [key value], as Jepsen's independent tests have it, and a :key of its own by which Read knows it again.
// Equal histories give equal bytes.
func WriteEDN(w io.Writer, h History) error {
	buf := bufio.NewWriter(w)
	for i, op := range h {
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
		buf.WriteString("}\n")
	}
	if err := buf.Flush(); err != nil {
		return fmt.Errorf("write a history: %w", err)
	}
	return nil
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

// nameEDN writes a name as a keyword where it can be one.
func nameEDN(name string) string {
	r := formReader{src: ":" + name}
	if f, err := r.readAtom(); err == nil && r.at == len(r.src) && f.keyword {
		return ":" + name
	}
	return stringEDN(name)
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

func readEDN(name string, data []byte) (History, error) {
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("%s is not UTF-8", name)
	}
	h, given, starts, err := readForms(string(data))
	if err != nil {
		return nil, locate(name, data, err)
	}
	return number(name, h, given, func(i int) int { line, _ := position(data, starts[i]); return line })
}

// locate puts file:line:column before an error of a form.
func locate(name string, data []byte, err error) error {
	var fe *formError
	if !errors.As(err, &fe) {
		return fmt.Errorf("%s: %w", name, err)
	}
	line, column := position(data, fe.offset)
	return fmt.Errorf("%s:%d:%d: %w", name, line, column, err)
}

func readForms(src string) (h History, given []int64, starts []int, err error) {
	r := &formReader{src: src}
	for {
		ok, err := r.more()
		if err != nil || !ok {
			return h, given, starts, err
		}
		top, err := r.read()
		if err != nil {
			return nil, nil, nil, err
		}
		maps := []form{top}
		if top.kind == formList {
			maps = top.items
		}
		for _, m := range maps {
			op, index, err := opFromForm(src, m)
			if err != nil {
				return nil, nil, nil, err
			}
			h, given, starts = append(h, op), append(given, index), append(starts, m.start)
		}
	}
}

func opFromForm(src string, m form) (Op, int64, error) {
	m = m.untag()
	if m.kind != formMap {
		return Op{}, 0, &formError{m.start, "an event is a map, and this is " + formNames[m.kind]}
	}
	op, index := Op{}, int64(-1)
	var err error
	if op.Process, err = processFromForm(m); err != nil {
		return op, 0, err
	}
	if op.Type, err = typeFromForm(m); err != nil {
		return op, 0, err
	}
	f, ok := m.get("f")
	if op.F = f.text; ok && f.kind != formString && f.kind != formName && f.kind != formNil {
		return op, 0, &formError{f.start, "an :f is a keyword or a string"}
	}
	if v, ok := m.get("value"); ok {
		if op.Value, err = valueFromForm(src, v); err != nil {
			return op, 0, err
		}
	}
	if t, ok := m.get("time"); ok && t.kind == formInt {
		op.Time = time.Duration(t.num)
	}
	if i, ok := m.get("index"); ok && i.kind == formInt {
		index = i.num
	}
	if e, ok := m.get("error"); ok && e.kind != formNil {
		op.Error = e.words(src)
	}
	op.unwrapKey(m)
	return op, index, nil
}

// unwrapKey undoes what WriteEDN does with a key. Jepsen's own [key value] carries no mark by which it could be
// distinguished from a value that is a pair, and stays as it is.
func (op *Op) unwrapKey(m form) {
	k, ok := m.get("key")
	pair, isPair := op.Value.([]any)
	if ok && k.kind == formString && isPair && len(pair) == 2 && pair[0] == any(k.text) {
		op.Key, op.Value = k.text, pair[1]
	}
}

func processFromForm(m form) (int, error) {
	p, ok := m.get("process")
	switch {
	case !ok:
		return Anonymous, nil
	case p.kind == formInt && p.num >= Service && p.num == int64(int(p.num)):
		return int(p.num), nil
	case p.kind == formName:
		return outsider(p)
	}
	return 0, &formError{p.start, "a process is a number from 0, :nemesis or :service"}
}

func outsider(p form) (int, error) {
	for _, n := range []int{Nemesis, Service} {
		if outsiders[n] == p.text {
			return n, nil
		}
	}
	return 0, &formError{p.start, "there is no process " + p.text + ": a number from 0, :nemesis or :service"}
}

func typeFromForm(m form) (Type, error) {
	t, ok := m.get("type")
	if !ok {
		return 0, &formError{m.start, "the event has no :type"}
	}
	kind, err := ParseType(t.text)
	if err != nil {
		return 0, &formError{t.start, err.Error()}
	}
	return kind, nil
}

// valueFromForm is a form as a value. Tags are passed over.
func valueFromForm(src string, f form) (any, error) {
	switch f = f.untag(); f.kind {
	case formNil:
		return nil, nil
	case formBool:
		return f.yes, nil
	case formInt:
		return f.num, nil
	case formString, formName:
		return f.text, nil
	case formFloat:
		return Number(src[f.start:f.end]), nil
	}
	items := make([]any, 0, len(f.items))
	for _, item := range f.items {
		v, err := valueFromForm(src, item)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
	}
	var v any = items
	var err error
	switch f.kind {
	case formSet:
		v, err = NewSet(items)
	case formMap:
		pairs := make([]Pair, 0, len(items)/2)
		for i := 0; i+1 < len(items); i += 2 {
			pairs = append(pairs, Pair{items[i], items[i+1]})
		}
		v, err = NewMap(pairs)
	}
	if err != nil {
		return nil, &formError{f.start, err.Error()}
	}
	return v, nil
}

func (f form) untag() form {
	for f.kind == formTagged {
		f = f.items[0]
	}
	return f
}

// get is the value of a map's keyword.
func (f form) get(key string) (form, bool) {
	for i := 0; i+1 < len(f.items); i += 2 {
		if k := f.items[i]; k.keyword && k.text == key {
			return f.items[i+1].untag(), true
		}
	}
	return form{}, false
}

// words is a form as a person reads it: a string or keyword by its text, anything else by its source on one line.
func (f form) words(src string) string {
	if f.text != "" {
		return f.text
	}
	return strings.Join(strings.Fields(src[f.start:f.end]), " ")
}
