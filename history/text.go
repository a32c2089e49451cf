package history

import (
	"fmt"
	"strconv"
)

// AppendText adds a value to a text, as reports show it.
func AppendText(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "nil"...)
	case string:
		return appendQuoted(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case []any:
		return append(appendTexts(append(b, '['), v), ']')
	case Set:
		return append(appendTexts(append(b, "#{"...), v), '}')
	case Map:
		b = append(b, '{')
		for i, p := range v {
			if i > 0 {
				b = append(b, ' ')
			}
			b = AppendText(append(AppendText(b, p.Key), ' '), p.Value)
		}
		return append(b, '}')
	}
	return fmt.Append(b, v)
}

func appendTexts(b []byte, list []any) []byte {
	for i, v := range list {
		if i > 0 {
			b = append(b, ' ')
		}
		b = AppendText(b, v)
	}
	return b
}

// appendQuoted adds a string as strconv.AppendQuote does, which looks at runes: most strings have nothing to escape.
func appendQuoted(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return strconv.AppendQuote(b, s)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}
