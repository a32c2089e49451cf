package jepsenstore

import (
	"fmt"
	"strings"
	"time"

	"ordeal/history"
	"ordeal/history/stream"
)

func (d *decoder) intoCache() (any, error) {
	at, before := len(d.objects), d.made
	d.objects = append(d.objects, cached{})
	v, err := d.object()
	if err != nil || at >= len(d.objects) {
		return v, err
	}
	d.objects[at] = cached{v, d.made - before, true}
	return v, nil
}

func (d *decoder) fromCache(n int64) (any, error) {
	if n < 0 || n >= int64(len(d.objects)) || !d.objects[n].ready {
		return nil, d.fail("there is no earlier object %d", n)
	}
	d.made += d.objects[n].size
	return d.objects[n].v, nil
}

func (d *decoder) newStruct() (any, error) {
	tag, err := d.object()
	if err != nil {
		return nil, err
	}
	fields, err := d.integer()
	if err != nil {
		return nil, err
	}
	name, ok := tag.(string)
	if !ok || fields < 0 || fields > int64(len(d.data)-d.at) {
		return nil, d.fail("a structure has a name and a number of fields")
	}
	kind := structType{name, int(fields)}
	d.structs = append(d.structs, kind)
	return d.structure(kind)
}

func (d *decoder) cachedStruct(n int64) (any, error) {
	if n < 0 || n >= int64(len(d.structs)) {
		return nil, d.fail("there is no earlier structure %d", n)
	}
	return d.structure(d.structs[n])
}

// structure reads the fields of a structure, and makes a value of them.
func (d *decoder) structure(kind structType) (any, error) {
	if strings.HasSuffix(kind.tag, "[]") {
		n, err := d.integer()
		if err != nil {
			return nil, err
		}
		return d.list(n)
	}
	d.bare = kind.tag == "bigint" || kind.tag == "bigdec" || kind.tag == "uuid"
	fields, err := d.list(int64(kind.fields))
	d.bare = false
	if err != nil {
		return nil, err
	}
	v, known, err := d.known(kind.tag, fields)
	switch {
	case err != nil:
		return nil, d.fail("%s", err)
	case known:
		return v, nil
	}
	d.notes.Pass("the tag", kind.tag)
	if len(fields) == 1 {
		return fields[0], nil
	}
	return fields, nil
}

// known makes a value of the fields of a structure that Fressian, Clojure or Jepsen defines.
func (d *decoder) known(tag string, fields []any) (v any, known bool, err error) {
	switch {
	case tag == "jepsen.history.Op" && len(fields) == 7:
		v, err = opOf(fields)
		return v, true, err
	case tag == "map-entry":
		return fields, true, nil
	case tag == "record" && len(fields) == 2:
		return fields[1], true, nil
	case (tag == "key" || tag == "sym") && len(fields) == 2:
		v, err = nameOf(fields[0], fields[1])
		return v, true, err
	case tag == "bigdec" && len(fields) == 2:
		v, err = decimalOf(fields[0], fields[1])
		return v, true, err
	case tag == "ratio" && len(fields) == 2:
		v, err = stream.ParseNumber(fmt.Sprintf("%v/%v", fields[0], fields[1]))
		return v, true, err
	case len(fields) == 1 || tag == "uuid":
		return d.single(tag, fields)
	}
	return nil, false, nil
}

// single makes a value of a structure of one field.
func (d *decoder) single(tag string, fields []any) (v any, known bool, err error) {
	if len(fields) == 0 {
		return nil, false, nil
	}
	v = fields[0]
	list, isList := v.([]any)
	bytes, isBytes := v.(blob)
	n, isInt := v.(int64)
	switch tag {
	case "map":
		v, err = mapOf(list)
		if err != nil && d.lenient {
			return v, true, nil
		}
		return v, true, err
	case "set", "persistent-hash-set", "persistent-sorted-set":
		set, err := history.NewSet(list)
		if d.lenient {
			err = nil
		}
		return set, isList || v == nil, err
	case "atom", "vec", "date-time", "instant", "throwable", "multiset", "regex", "uri", "byte":
		return v, true, nil
	case "bigint":
		return stream.Big(bytes.whole()), isBytes, nil
	case "uuid":
		return bytes.uuid(), isBytes, nil
	case "char":
		return string(rune(n)), isInt, nil
	case "inst":
		return time.UnixMilli(n).UTC().Format(time.RFC3339Nano), isInt, nil
	case "block-ref":
		return blockRef(n), isInt && d.lenient, nil
	}
	return nil, false, nil
}

// mapOf makes a map of keys and values in turn.
func mapOf(flat []any) (history.Map, error) {
	if len(flat)%2 == 1 {
		return nil, fmt.Errorf("a map has a key without a value")
	}
	pairs := make([]history.Pair, len(flat)/2)
	for i := range pairs {
		pairs[i] = history.Pair{Key: flat[2*i], Value: flat[2*i+1]}
	}
	m, err := history.NewMap(pairs)
	if err != nil {
		return pairs, err
	}
	return m, nil
}

func nameOf(space, name any) (any, error) {
	text, ok := name.(string)
	if !ok {
		return nil, fmt.Errorf("a keyword needs a name")
	}
	if space != nil {
		text = fmt.Sprintf("%v/%s", space, text)
	}
	return text, nil
}

func decimalOf(digits, scale any) (any, error) {
	bytes, isBytes := digits.(blob)
	n, isInt := scale.(int64)
	if !isBytes || !isInt || n > 1<<16 || n < -1<<16 {
		return nil, fmt.Errorf("a decimal needs digits and a scale")
	}
	return stream.Decimal(bytes.whole(), n), nil
}

// opOf makes a map of the fields of an operation, as an event has them.
func opOf(fields []any) (any, error) {
	pairs := make([]history.Pair, 0, 8)
	for i, key := range []string{"index", "time", "type", "process", "f", "value"} {
		pairs = append(pairs, history.Pair{Key: key, Value: fields[i]})
	}
	more, _ := fields[6].(history.Map)
	return history.NewMap(append(pairs, more...))
}
