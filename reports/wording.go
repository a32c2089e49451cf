package reports

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"ordeal/history"
)

// sentence says an outcome to a person.
func (o Outcome) sentence() string {
	switch o {
	case Valid:
		return "Valid: what the clients saw was possible."
	case Invalid:
		return "Invalid: something happened that must not."
	}
	return "Unknown: it can't be decided, so it is not a pass."
}

// seconds writes an instant or a long time in seconds, to the millisecond: "9.214 s".
func seconds(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	ms := int64((d + time.Millisecond/2) / time.Millisecond)
	return fmt.Sprintf("%s%d.%03d s", sign, ms/1000, ms%1000)
}

// millis writes a latency in milliseconds, to the microsecond: "2.104".
func millis(d time.Duration) string {
	us := int64((d + time.Microsecond/2) / time.Microsecond)
	return fmt.Sprintf("%d.%03d", us/1000, us%1000)
}

// thousands writes a number with its digits in threes: "1,182,233".
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	first := len(s) % 3
	if n < 0 {
		first = (len(s)-1)%3 + 1
	}
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (i-first)%3 == 0 && s[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// measured writes a measure's value with its unit; nanoseconds become seconds.
func measured(m Measure) string {
	switch m.Unit {
	case "ns":
		return seconds(time.Duration(m.Value))
	case "":
		return thousands(m.Value)
	}
	return thousands(m.Value) + " " + m.Unit
}

// valueText writes an operation's value: nil, a word, a number, or a list of these in brackets.
func valueText(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case string:
		if v == "" || strings.ContainsAny(v, " []\"\n\t") {
			return strconv.Quote(v)
		}
		return v
	case []any:
		parts := make([]string, len(v))
		for i, part := range v {
			parts[i] = valueText(part)
		}
		return "[" + strings.Join(parts, " ") + "]"
	}
	return fmt.Sprint(v)
}

// processText names who an event is of.
func processText(p int) string {
	switch p {
	case history.Nemesis:
		return "nemesis"
	case history.Service:
		return "service"
	}
	return "process " + strconv.Itoa(p)
}

// until writes when something that has a To ended.
func until(to time.Duration) string {
	if to < 0 {
		return "the end"
	}
	return seconds(to)
}

// plural is "1 trial" or "2 trials".
func plural(n int64, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + one + "s"
}
