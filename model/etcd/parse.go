package etcd

import (
	"fmt"

	"ordeal/history"
	"ordeal/model"
)

func parse(op history.Operation) (in Input, out Output, err error) {
	argument, isMap := op.Argument.(history.Map)
	if !isMap {
		return in, out, fmt.Errorf("%s where a map of the request belongs", model.TextOf(op.Argument))
	}
	in.f = op.F
	switch op.F {
	case "range":
		in.ranged, in.reads = rangeOf(argument), true
	case "txn":
		in.reads = true
		if in.conditions, err = conditionsOf(argument); err == nil {
			in.onSuccess, err = opsOf(argument, "OperationsOnSuccess")
		}
		if err == nil {
			in.onFailure, err = opsOf(argument, "OperationsOnFailure")
		}
		for _, one := range append(in.onSuccess[:len(in.onSuccess):len(in.onSuccess)], in.onFailure...) {
			in.reads = in.reads && one.kind == "range-operation"
		}
	case "leaseGrant", "leaseRevoke":
		in.lease = intOf(argument, "LeaseID")
	case "defragment", "compact":
		in.reads = true
	default:
		err = fmt.Errorf("%q is no operation of the model etcd, which has range, txn, leaseGrant, leaseRevoke, "+
			"defragment, compact", op.F)
	}
	if err != nil || op.End != history.OK {
		return in, Output{Unknown: true}, err
	}
	result, isMap := op.Result.(history.Map)
	if !isMap {
		return in, out, fmt.Errorf("%s where a map of the response belongs", model.TextOf(op.Result))
	}
	out, err = in.parseResult(result)
	return in, out, err
}

func (in Input) parseResult(result history.Map) (out Output, err error) {
	out.revision = intOf(result, "Revision")
	out.versions = hasVersions(result)
	switch in.f {
	case "range":
		out.shown = []string{shownIn(result, out.versions)}
	case "txn":
		out.failure = get(result, "Failure") == any(true)
		ops := in.onSuccess
		if out.failure {
			ops = in.onFailure
		}
		results, _ := get(result, "Results").([]any)
		if len(results) != len(ops) {
			return out, fmt.Errorf("%d results where %d operations took effect", len(results), len(ops))
		}
		out.shown = make([]string, len(ops))
		for i, one := range results {
			m, _ := one.(history.Map)
			switch ops[i].kind {
			case "range-operation":
				out.shown[i] = shownIn(m, out.versions)
			case "delete-operation":
				out.shown[i] = fmt.Sprintf("deleted %d", intOf(m, "Deleted"))
			}
		}
	}
	return out, nil
}

func get(m history.Map, key string) any {
	v, _ := m.Get(key)
	return v
}

func intOf(m history.Map, key string) int64 {
	n, _ := get(m, key).(int64)
	return n
}

func stringOf(m history.Map, key string) string {
	s, _ := get(m, key).(string)
	return s
}

func rangeOf(m history.Map) keyRange {
	return keyRange{stringOf(m, "Start"), stringOf(m, "End"), intOf(m, "Limit"), intOf(m, "Revision")}
}

func conditionsOf(m history.Map) ([]condition, error) {
	list, _ := get(m, "Conditions").([]any)
	out := make([]condition, len(list))
	for i, v := range list {
		c, ok := v.(history.Map)
		if !ok || get(c, "Key") == nil {
			return nil, fmt.Errorf("%s is no condition on a key", model.TextOf(v))
		}
		out[i] = condition{stringOf(c, "Key"), intOf(c, "ExpectedRevision"), intOf(c, "ExpectedVersion")}
	}
	return out, nil
}

func opsOf(m history.Map, branch string) ([]operation, error) {
	list, _ := get(m, branch).([]any)
	out := make([]operation, len(list))
	for i, v := range list {
		one, _ := v.(history.Map)
		op := operation{kind: stringOf(one, "Type")}
		put, _ := get(one, "Put").(history.Map)
		ranged, _ := get(one, "Range").(history.Map)
		deleted, _ := get(one, "Delete").(history.Map)
		switch op.kind {
		case "range-operation":
			op.ranged = rangeOf(ranged)
		case "put-operation":
			op.key, op.lease = stringOf(put, "Key"), intOf(put, "LeaseID")
			op.value = valueText(get(put, "Value"))
		case "delete-operation":
			op.key = stringOf(deleted, "Key")
		default:
			return nil, fmt.Errorf("%s is no operation of a transaction", model.TextOf(v))
		}
		out[i] = op
	}
	return out, nil
}

// valueText is a value, or the hash that stands for a long one.
func valueText(v any) string {
	m, ok := v.(history.Map)
	if !ok {
		return model.TextOf(v)
	}
	if hash := intOf(m, "Hash"); hash != 0 {
		return fmt.Sprintf("hash %d", hash)
	}
	return fmt.Sprintf("%q", stringOf(m, "Value"))
}

// shownIn is what a response shows of a range, in the form of show.
func shownIn(m history.Map, versions bool) string {
	list, _ := get(m, "KVs").([]any)
	keys := make([]entry, len(list))
	for i, v := range list {
		kv, _ := v.(history.Map)
		keys[i] = entry{
			key: stringOf(kv, "Key"), value: valueText(get(kv, "Value")), changed: intOf(kv, "ModRevision"),
			writes: intOf(kv, "Version"),
		}
	}
	return fmt.Sprintf("%s of %d", showKeys(keys, versions), intOf(m, "Count"))
}

// hasVersions tells whether a response says how often keys were written, which older ones do not.
func hasVersions(v any) bool {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if hasVersions(e) {
				return true
			}
		}
	case history.Map:
		for _, p := range v {
			if p.Key == any("Version") || hasVersions(p.Value) {
				return true
			}
		}
	}
	return false
}
