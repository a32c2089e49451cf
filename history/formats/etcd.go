package formats

import (
	"io"

	"ordeal/history"
	"ordeal/history/notation"
	"ordeal/history/stream"
)

// etcd reads the files operations.json that etcd's robustness tests leave for each client, one or several behind each
// other: JSON objects of a client, a request and when it was sent, and a response and when it came. F is the request's
// type, the argument what the request of that type says, and the result the same of the response, with the revision.
func etcd(src io.Reader) (stream.Source, error) {
	trees := notation.NewTrees(src)
	var all []stream.Interval
	for {
		v, at, err := trees.Next()
		if err == io.EOF {
			return stream.Events(all), nil
		}
		if err != nil {
			return nil, err
		}
		m, ok := v.(history.Map)
		if !ok {
			return nil, stream.Errorf(at, "an operation is an object, and this is none")
		}
		op, err := etcdOperation(m)
		if err != nil {
			return nil, stream.Errorf(at, "%s", err)
		}
		op.At = at
		all = append(all, op)
	}
}

// etcdParts are where a request and a response of each type have what they say.
var etcdParts = map[string]string{
	"range": "Range", "txn": "Txn", "leaseGrant": "LeaseGrant", "leaseRevoke": "LeaseRevoke", "defragment": "Defragment",
	"compact": "Compact",
}

func etcdOperation(m history.Map) (op stream.Interval, err error) {
	f := fields{m: m}
	client, call, end := f.number("ClientId"), f.number("Call"), f.number("Return")
	in, out := fields{m: f.part("Input")}, fields{m: f.part("Output")}
	op = stream.Interval{Client: int(client), Call: call, Return: end, F: in.text("Type"), End: history.OK}
	part, known := etcdParts[op.F]
	if f.err == nil && in.err == nil && (!known || client < 0) {
		f.fail("the type %q is none of a request's", op.F)
	}
	if f.err == nil {
		f.err = in.err
	}
	if f.err != nil {
		return op, f.err
	}
	op.Argument = tidy(in.get(part))
	op.Error, _ = out.get("Error").(string)
	if clientError, _ := out.get("ClientError").(string); clientError != "" {
		op.End, op.Error = history.Fail, clientError
		return op, nil
	}
	partial := out.get("PartialResponse") == any(true) || out.get("Persisted") == any(true)
	if op.Error != "" || partial {
		op.End = history.Info
		return op, nil
	}
	result, _ := tidy(out.get(part)).(history.Map)
	pairs := append(history.Map{}, result...)
	op.Result, err = history.NewMap(append(pairs, history.Pair{Key: "Revision", Value: out.get("Revision")}))
	return op, err
}

// tidy leaves out what a map says nothing with: null, and the parts of a request that are not of its type.
func tidy(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = tidy(v[i])
		}
		return out
	case history.Map:
		out := history.Map{}
		for _, p := range v {
			if t := tidy(p.Value); t != nil {
				out = append(out, history.Pair{Key: p.Key, Value: t})
			}
		}
		return out
	}
	return v
}
