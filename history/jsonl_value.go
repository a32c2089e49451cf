package history

import (
	"encoding/json"
	"fmt"
	"strings"
)

// JSON has fewer kinds of value than a history. An object is a map whose keys are strings; what JSON lacks is an object
// of one pair, whose key says what it is:
//
//	{"#set": [1, 2]}          a set
//	{"#map": [[1, "a"]]}      a map with keys that are no strings, or that is no object for another reason
//	{"#number": "1/3"}        a number that JSON has no form for, or has another meaning for, such as 2.0 beside 2
const (
	jsonSet    = "#set"
	jsonMap    = "#map"
	jsonNumber = "#number"
)

// toJSON is a value in the kinds that encoding/json writes.
func toJSON(v any) any {
	switch v := v.(type) {
	case []any:
		return toJSONs(v)
	case Set:
		return map[string]any{jsonSet: toJSONs(v)}
	case Number:
		if n := json.Number(v); readsBack(n, v) {
			return n
		}
		return map[string]any{jsonNumber: string(v)}
	case Map:
		return mapToJSON(v)
	}
	return v
}

func toJSONs(list []any) []any {
	plain := true
	for _, v := range list {
		switch v.(type) {
		case []any, Set, Map, Number:
			plain = false
		}
	}
	if plain {
		return list
	}
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = toJSON(v)
	}
	return out
}

func mapToJSON(m Map) any {
	object := make(map[string]any, len(m))
	for _, p := range m {
		key, isString := p.Key.(string)
		if !isString || strings.HasPrefix(key, "#") {
			pairs := make([]any, len(m))
			for i, p := range m {
				pairs[i] = []any{toJSON(p.Key), toJSON(p.Value)}
			}
			return map[string]any{jsonMap: pairs}
		}
		object[key] = toJSON(p.Value)
	}
	return object
}

// readsBack tells whether a number is a literal of JSON and comes back as it is: a whole float comes back as an
// integer.
func readsBack(n json.Number, v Number) bool {
	text := string(v)
	whole := strings.HasSuffix(text, ".0") || strings.Contains(text, "e+")
	return json.Valid([]byte(n)) && !whole
}

// FromMark is the value that WriteJSONL writes as an object of one pair, mark and v: see jsonSet and its neighbours.
func FromMark(mark string, v any) (any, error) {
	list, isList := v.([]any)
	text, isString := v.(string)
	switch {
	case mark == jsonSet && isList:
		return NewSet(list)
	case mark == jsonNumber && isString:
		return Number(text), nil
	case mark == jsonMap && isList:
		pairs := make([]Pair, len(list))
		for i, e := range list {
			pair, ok := e.([]any)
			if !ok || len(pair) != 2 {
				return nil, fmt.Errorf("the %s has something that is no pair [key value]", mark)
			}
			pairs[i] = Pair{pair[0], pair[1]}
		}
		return NewMap(pairs)
	}
	return nil, fmt.Errorf("%s is no mark for a kind of value, or the wrong thing stands behind it", mark)
}
