package history

// Untuple takes the values of Jepsen's independent tests apart: there, every value of a client is a tuple [key value],
// and the objects behind the keys are judged each for itself. A history is taken for one of these if every invoke of a
// client has such a tuple and at least one has the form [key nil], as a read has before it is answered: no operation of
// a history without keys looks like that. Any other history is returned as it is.
func Untuple(h History) History {
	if !tupled(h) {
		return h
	}
	out := make(History, len(h))
	copy(out, h)
	for i := range out {
		op := &out[i]
		if pair, ok := tuple(op.Value); ok && op.Process >= 0 {
			op.Key, op.Value = KeyText(pair[0]), pair[1]
		}
	}
	return out
}

func tupled(h History) bool {
	reads := false
	for i := range h {
		op := &h[i]
		if op.Process < 0 || op.Type != Invoke {
			continue
		}
		pair, ok := tuple(op.Value)
		if !ok || op.Key != "" || pair[0] == nil {
			return false
		}
		reads = reads || pair[1] == nil
	}
	return reads
}

func tuple(v any) ([]any, bool) {
	pair, ok := v.([]any)
	return pair, ok && len(pair) == 2
}

// KeyText is the name of an object whose key is a value.
func KeyText(key any) string {
	if text, ok := key.(string); ok {
		return text
	}
	return valueEDN(key)
}
