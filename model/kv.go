package model

import (
	"errors"
	"fmt"

	"ordeal/history"
	"ordeal/model/ordered"
)

// A store holds values under keys, which are strings, and is empty at the start. nil is the value of a key that is
// absent.
//
//	F       argument       ok result    legal when                                       then
//	get     key            v            the key's value is v                             -
//	put     [key v]        anything     always                                           the key's value is v
//	append  [key s]        anything     the key is absent or its value a string          s stands behind that string
//	delete  key            true         the key is there                                 the key is absent
//	delete  key            false        the key is absent                                -
//	delete  key            other        always                                           the key is absent
//	cas     [key old new]  false        the key's value is not old                       -
//	cas     [key old new]  other        the key's value is old                           the key's value is new
//	cas-revision  [key n new]  false    the key's revision is not n                      -
//	cas-revision  [key n new]  other    the key's revision is n                          the key's value is new
//	range   [from to]      [[k v] ...]  these are all keys with from <= k < to, in       -
//	                                    their order, with their values; to "" is no end
//
// An unknown put or delete takes effect; an unknown append or cas does where it is legal. A cas that found another
// value may also be fail, as in Jepsen, and then says nothing. Values are never nil, but for cas: old nil asks for an
// absent key, new nil deletes it. Keys are in the order of their bytes.
//
// What changes a key gives it a revision, a number from 0 on that grows for as long as the key is there. A result may
// be {"value" v "revision" n}, with either left out: of a get what it saw, of a change the revision that it made. n is
// nil for a key that is absent. See kv_revisions.go.
//
// Operation.Key names the store, if there are several. Keys of one store are independent objects unless a range
// connects them; see KVParts.

// KVOp is what an operation does to a store.
type KVOp uint8

// The operations of a store.
const (
	KVGet KVOp = iota
	KVPut
	KVAppend
	KVDelete
	KVCAS
	KVCASRevision
	KVRange
)

var kvNames = [...]string{
	KVGet: "get", KVPut: "put", KVAppend: "append", KVDelete: "delete", KVCAS: "cas",
	KVCASRevision: "cas-revision", KVRange: "range",
}

// KVState is what a store holds.
type KVState struct {
	entries ordered.Map
	// revisions are those of the keys of which something is known: see revision.
	revisions ordered.Map
}

// KVInput is a request to a store. Key is where a range begins, and To where it ends; Old is CAS's, Value is what is to
// be written; Revision is what CASRevision asks for, -1 for an absent key.
type KVInput struct {
	Op         KVOp
	Key, To    string
	Old, Value any
	Revision   int64
}

// KVPair is a key and its value.
type KVPair struct {
	Key   string
	Value any
}

// KVOutput is a store's answer: the Value of a get, the Pairs of a range; Done counts only if Told: whether a delete
// found its key, or a cas what it asked for. Revision counts only if Revised: that of the value seen, or made; -1 is
// that of an absent key.
type KVOutput struct {
	Unknown, Told, Done bool
	Revised             bool
	Revision            int64
	Value               any
	Pairs               []KVPair
}

// KVCall is an operation on a store.
type KVCall = Call[KVInput, KVOutput]

// KVSpec is the specification of a store.
type KVSpec = Spec[KVState, KVInput, KVOutput]

// KV is the specification of a store of values under keys. It takes each store as one object; KVParts divides it.
func KV() KVSpec {
	return KVSpec{
		Name:  "kv",
		Step:  stepKV,
		Equal: func(a, b KVState) bool { return a.entries.Equal(b.entries) && a.revisions.Equal(b.revisions) },
		Hash:  func(s KVState) uint64 { return ordered.Mix(s.entries.Hash(), s.revisions.Hash()) },
		Size:  func(s KVState) int { return s.entries.Bytes() + s.revisions.Bytes() },
		Parse: parseKV,
		Prune: pruneKV,
		Relax: func(c KVCall) (KVCall, bool) {
			looks := c.In.Op == KVGet || c.In.Op == KVRange || c.Out.Told && !c.Out.Done
			return unknown(c, KVOutput{Unknown: true}), !looks
		},
		DescribeState: func(s KVState) string { return textOfMap(s.entries) },
	}
}

func stepKV(s KVState, in KVInput, out KVOutput) (KVState, bool) {
	value, there := s.entries.Get(in.Key)
	switch in.Op {
	case KVGet:
		if out.Unknown || value != out.Value {
			return s, out.Unknown
		}
		return s.saw(in.Key, out)
	case KVRange:
		return s, out.Unknown || s.holds(in.Key, in.To, out.Pairs)
	case KVAppend:
		before, isString := value.(string)
		if there && !isString {
			return s, out.Unknown
		}
		return s.put(in.Key, before+in.Value.(string), out)
	case KVDelete:
		if out.Told && out.Done != there {
			return s, false
		}
		return s.without(in.Key), true
	case KVCASRevision:
		may, must := s.has(in.Key, in.Revision)
		if refused := out.Told && !out.Done; refused || !may {
			return s, refused && !must || out.Unknown
		}
		if in.Value == nil {
			return s.without(in.Key), true
		}
	case KVCAS:
		if value != in.Old {
			return s, out.Unknown || out.Told && !out.Done
		}
		if out.Told && !out.Done {
			return s, false
		}
		if in.Value == nil {
			return s.without(in.Key), true
		}
	}
	return s.put(in.Key, in.Value, out)
}

func (s KVState) holds(from, to string, pairs []KVPair) bool {
	at, same := 0, true
	s.entries.Ascend(from, to, func(key string, value any) bool {
		same = at < len(pairs) && pairs[at] == KVPair{key, value}
		at++
		return same
	})
	return same && at == len(pairs)
}

func parseKV(op history.Operation) (in KVInput, out KVOutput, err error) {
	if in, err = parseKVInput(op); err != nil || op.End != history.OK {
		return in, KVOutput{Unknown: true}, err
	}
	if m, isMap := op.Result.(history.Map); isMap && in.Op != KVRange && (in.Op != KVGet || tells(m)) {
		return in, out, out.revised(in, m)
	}
	switch in.Op {
	case KVGet:
		out.Value = history.Single(op.Result)
	case KVRange:
		out.Pairs, err = pairs(op.Result)
	case KVDelete:
		out.Done, out.Told = op.Result.(bool)
	case KVCAS, KVCASRevision:
		out.Done, out.Told = op.Result != any(false), true
	}
	return in, out, err
}

func parseKVInput(op history.Operation) (in KVInput, err error) {
	var l []any
	switch op.F {
	case "get":
		in.Op = KVGet
		in.Key, err = name(op.Argument, "key")
	case "delete":
		in.Op = KVDelete
		in.Key, err = name(op.Argument, "key")
	case "put":
		in.Op = KVPut
		if in.Key, l, err = keyed(op.Argument, 2, "[key value]"); err == nil {
			in.Value, err = value(l[1])
		}
	case "append":
		in.Op = KVAppend
		if in.Key, l, err = keyed(op.Argument, 2, "[key string]"); err == nil {
			in.Value, err = str(l[1])
		}
	case "cas":
		in.Op = KVCAS
		if in.Key, l, err = keyed(op.Argument, 3, "[key old new]"); err == nil {
			in.Old = history.Single(l[1])
			in.Value, err = stored(l[2])
		}
	case "cas-revision":
		in.Op = KVCASRevision
		if in.Key, l, err = keyed(op.Argument, 3, "[key revision new]"); err == nil {
			in.Revision, in.Value, err = revisionAndValue(l[1:])
		}
	case "range":
		in.Op = KVRange
		in.Key, in.To, err = interval(op.Argument)
	default:
		err = unknownF(op.F, "kv", kvNames[:]...)
	}
	return in, err
}

// keyed is a list of n elements, of which the first is a key.
func keyed(v any, n int, shape string) (key string, l []any, err error) {
	if l, err = list(v, n, shape); err != nil {
		return "", nil, err
	}
	key, err = name(l[0], "key")
	return key, l, err
}

func value(v any) (any, error) {
	if v == nil {
		return nil, errors.New("it puts nil, which is the value of an absent key")
	}
	return stored(v)
}

// stored is what a store may hold under a key, or nil.
func stored(v any) (any, error) {
	if m, isMap := v.(history.Map); isMap && tells(m) {
		return nil, fmt.Errorf("%s where a value belongs: such a map is a value and its revision", TextOf(v))
	}
	return history.Single(v), nil
}

func str(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("it appends %s, which is no string", TextOf(v))
	}
	return s, nil
}

// interval is a range's, whose ends may be empty.
func interval(v any) (from, to string, err error) {
	l, err := list(v, 2, "[from to]")
	if err != nil {
		return "", "", err
	}
	from, isFrom := l[0].(string)
	to, isTo := l[1].(string)
	if !isFrom || !isTo {
		return "", "", fmt.Errorf("%s where [from to] belongs, which are strings", TextOf(v))
	}
	return from, to, nil
}

func pairs(v any) ([]KVPair, error) {
	l, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("%s where a list of [key value] belongs", TextOf(v))
	}
	out := make([]KVPair, len(l))
	for i, e := range l {
		key, kv, err := keyed(e, 2, "[key value]")
		if err != nil {
			return nil, err
		}
		out[i] = KVPair{key, history.Single(kv[1])}
	}
	return out, nil
}
