package story

import (
	"fmt"
	"slices"
	"strings"

	"ordeal/cluster/wire"
	"ordeal/history"
	"ordeal/model"
)

// valueMax is how many bytes of a value an account shows.
const valueMax = 100

// Text is an operation without its process: who did it is told besides.
func (c *Teller) Text(op history.Operation) string {
	if c.stage.Trial.Workload == "tree" && op.Process >= 0 {
		return treeText(op)
	}
	if list, ok := op.Result.([]any); ok && op.Process < 0 && c.ofKeys() {
		return keysTold(op.F, list)
	}
	if c.ofKeys() && op.Process >= 0 {
		return keyText(op)
	}
	if list, ok := op.Result.([]any); ok && op.Process < 0 {
		return toldText(op.F, list)
	}
	text := model.Deed(op)
	return shortened(text)
}

func shortened(text string) string {
	if len(text) > valueMax {
		return strings.ToValidUTF8(text[:valueMax], "") + "..."
	}
	return text
}

// treeText is an operation of the workload tree: its arguments without session, connection and xid, and of its result
// the error and the zxid first. See docs/HISTORIES.md.
func treeText(op history.Operation) string {
	text := op.F
	if args, ok := op.Argument.([]any); ok && len(args) > 3 {
		text += " " + shortened(strings.Trim(fmt.Sprint(args[3:]), "[]"))
	}
	result, ok := op.Result.([]any)
	if op.End != history.OK || !ok || len(result) < 2 {
		return text + " -> unknown"
	}
	code, _ := result[0].(int64)
	zxid, _ := result[1].(int64)
	outcome := "done"
	if code != 0 {
		outcome = strings.TrimPrefix(wire.Code(code).Error(), "the service answered ")
	}
	text += fmt.Sprintf(" -> %s at zxid 0x%x", outcome, zxid)
	for _, v := range result[2:] {
		if list, ok := v.([]any); !ok || len(list) != statFields {
			text += " " + shortened(fmt.Sprint(v))
		}
	}
	return text
}

// statFields is how many numbers a Stat has, which would only lengthen an account.
const statFields = 11

// toldText is what a server said of its own accord: session, connection, and what it was.
func toldText(f string, list []any) string {
	words := []string{f}
	for i, v := range list {
		switch n, isNumber := v.(int64); {
		case i == 0 && isNumber:
			words = append(words, fmt.Sprintf("to session 0x%x", uint64(n)))
		case i == 1 && isNumber: // the connection
		case i == 2 && isNumber && f == "event":
			words = append(words, wire.EventType(n).String())
		case isNumber:
			words = append(words, fmt.Sprintf("zxid 0x%x", uint64(n)))
		default:
			words = append(words, shortened(fmt.Sprint(v)))
		}
	}
	return strings.Join(words, " ")
}

// differencesMax is how many differences of two states are told.
const differencesMax = 4

// differences says in which lines two states differ, and in what of them.
func differences(first, second []string) []string {
	var out []string
	for _, line := range first {
		head, was, _ := strings.Cut(line, ": ")
		now, there := withHead(second, head)
		switch {
		case !there:
			out = append(out, fmt.Sprintf("%s is missing (%s)", head, was))
		case now != was:
			out = append(out, fmt.Sprintf("%s has %s in place of %s", head, without(now, was), without(was, now)))
		}
	}
	for _, line := range second {
		if head, now, _ := strings.Cut(line, ": "); !hasHead(first, head) {
			out = append(out, fmt.Sprintf("%s is too much (%s)", head, now))
		}
	}
	if over := len(out) - differencesMax; over > 0 {
		out = append(out[:differencesMax], fmt.Sprintf("and in %s more", lineCount(over)))
	}
	return out
}

func withHead(lines []string, head string) (rest string, ok bool) {
	for _, line := range lines {
		if h, rest, _ := strings.Cut(line, ": "); h == head {
			return rest, true
		}
	}
	return "", false
}

func hasHead(lines []string, head string) bool {
	_, ok := withHead(lines, head)
	return ok
}

// without is the parts of a line that another does not have.
func without(line, other string) string {
	parts := strings.Split(line, ", ")
	others := strings.Split(other, ", ")
	parts = slices.DeleteFunc(parts, func(p string) bool { return slices.Contains(others, p) })
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

func lineCount(n int) string {
	if n == 1 {
		return "1 line"
	}
	return fmt.Sprintf("%d lines", n)
}
