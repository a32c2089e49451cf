// Package jute writes and reads records of ZooKeeper's protocol as their description says: zookeeper.jute in
// ZooKeeper's sources. It is a second reading of that description, and shares no code with the service's: a mistake
// that the service makes in both directions is hidden from those who use its codec.
package jute

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Append appends a record, a struct that has the fields of the record's description, and perhaps others. A nil slice of
// bytes is null, a nil list an empty one.
func Append(b []byte, record string, v any) []byte {
	return appendRecord(b, record, reflect.ValueOf(v))
}

func appendRecord(b []byte, record string, v reflect.Value) []byte {
	v = reflect.Indirect(v)
	for _, f := range placesOf(record, v.Type()) {
		b = appendValue(b, f.kind, v.FieldByIndex(f.index))
	}
	return b
}

func appendValue(b []byte, kind string, v reflect.Value) []byte {
	if of, ok := strings.CutPrefix(kind, "vector "); ok {
		b = binary.BigEndian.AppendUint32(b, uint32(v.Len()))
		for i := range v.Len() {
			b = appendValue(b, of, v.Index(i))
		}
		return b
	}
	switch kind {
	case "int":
		return binary.BigEndian.AppendUint32(b, uint32(v.Int()))
	case "long":
		return binary.BigEndian.AppendUint64(b, uint64(v.Int()))
	case "boolean":
		if v.Bool() {
			return append(b, 1)
		}
		return append(b, 0)
	case "ustring":
		return append(binary.BigEndian.AppendUint32(b, uint32(v.Len())), v.String()...)
	case "buffer":
		if v.IsNil() {
			return binary.BigEndian.AppendUint32(b, 1<<32-1)
		}
		return append(binary.BigEndian.AppendUint32(b, uint32(v.Len())), v.Bytes()...)
	}
	return appendRecord(b, kind, v)
}

// errShort says that bytes end before their record does.
var errShort = errors.New("the record goes on behind the end of the bytes")

// Read reads a record into what v points to, as Append takes it, and returns what is behind it. An empty list is nil.
func Read(b []byte, record string, v any) (rest []byte, err error) {
	r := reader{b: b}
	r.record(record, reflect.ValueOf(v).Elem())
	if r.short {
		return nil, fmt.Errorf("%s: %w", record, errShort)
	}
	return r.b, nil
}

// reader takes values off bytes.
type reader struct {
	b     []byte
	short bool
}

func (r *reader) record(record string, v reflect.Value) {
	for _, f := range placesOf(record, v.Type()) {
		r.value(f.kind, v.FieldByIndex(f.index))
	}
}

func (r *reader) value(kind string, v reflect.Value) {
	if of, ok := strings.CutPrefix(kind, "vector "); ok {
		for n := r.length(); n > 0 && !r.short; n-- {
			one := reflect.New(v.Type().Elem()).Elem()
			r.value(of, one)
			v.Set(reflect.Append(v, one))
		}
		return
	}
	switch kind {
	case "int":
		v.SetInt(int64(int32(binary.BigEndian.Uint32(r.take(4)))))
	case "long":
		v.SetInt(int64(binary.BigEndian.Uint64(r.take(8))))
	case "boolean":
		v.SetBool(r.take(1)[0] != 0)
	case "ustring":
		v.SetString(string(r.take(max(0, r.length()))))
	case "buffer":
		if n := r.length(); n >= 0 {
			v.SetBytes(append([]byte{}, r.take(n)...))
		}
	default:
		if v.Kind() == reflect.Pointer {
			v.Set(reflect.New(v.Type().Elem()))
			v = v.Elem()
		}
		r.record(kind, v)
	}
}

// length reads one that may be -1.
func (r *reader) length() int { return int(int32(binary.BigEndian.Uint32(r.take(4)))) }

// take takes so many bytes, or zeros if they are not there.
func (r *reader) take(n int) []byte {
	if r.short = r.short || n > len(r.b); r.short {
		return make([]byte, min(n, 8))
	}
	taken := r.b[:n]
	r.b = r.b[n:]
	return taken
}
