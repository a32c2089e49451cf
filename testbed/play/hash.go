package play

import (
	"fmt"
	"hash/fnv"
	"strconv"

	"ordeal/history"
)

// CountHistory hashes a history, in hex, and counts the operations that clients began.
func CountHistory(h history.History) (hash string, operations int) {
	f := fnv.New64a()
	var line []byte
	for _, op := range h {
		line = line[:0]
		for _, n := range [...]int64{int64(op.Index), int64(op.Time), int64(op.Process), int64(op.Type)} {
			line = append(strconv.AppendInt(line, n, 10), ' ')
		}
		line = append(append(line, op.F...), ' ')
		line = append(append(line, op.Key...), ' ')
		line = append(appendValue(line, op.Value), ' ')
		line = append(append(line, op.Error...), '\n')
		_, _ = f.Write(line)
		if op.Process >= 0 && op.Type == history.Invoke {
			operations++
		}
	}
	return fmt.Sprintf("%016x", f.Sum64()), operations
}

// appendValue writes a value of a history as package fmt does, which takes several times as long.
func appendValue(line []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return append(line, v...)
	case int64:
		return strconv.AppendInt(line, v, 10)
	case []any:
		line = append(line, '[')
		for i, e := range v {
			if i > 0 {
				line = append(line, ' ')
			}
			line = appendValue(line, e)
		}
		return append(line, ']')
	}
	return fmt.Append(line, v)
}
