package recorded

import (
	"fmt"
	"html"
	"strings"

	"ordeal/checker"
	"ordeal/checker/txn"
	"ordeal/history"
	"ordeal/model"
)

// pageHTML is a page of a judgement: what it says, the operations that contradict each other on an axis of events, and
// each cycle of transactions as a picture.
func pageHTML(text string, v checker.Verdict) string {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>ordeal check</title><style>" +
		"body{font:14px sans-serif;margin:2em}pre{white-space:pre-wrap}svg text{font:12px sans-serif}" +
		"</style></head><body>\n<pre>" + html.EscapeString(text) + "</pre>\n")
	r := transactionsOf(v)
	if r == nil {
		b.WriteString(axisSVG(v.Evidence))
	} else {
		for _, a := range r.Found {
			fmt.Fprintf(&b, "<h2>%s</h2><p>%s</p>\n", html.EscapeString(a.Kind), html.EscapeString(a.Text))
			if len(a.Steps) > 0 {
				b.WriteString(cycleSVG(a))
			}
			b.WriteString(axisSVG(a.Transactions))
		}
	}
	b.WriteString("</body></html>\n")
	return b.String()
}

// axisMax is how many operations an axis shows, the last ones.
const axisMax = 60

// axisSVG draws operations, one a row, from the event that began each to the one that ended it. Events that none of
// them has are left out of the axis.
func axisSVG(ops []history.Operation) string {
	ops = ops[max(0, len(ops)-axisMax):]
	if len(ops) == 0 {
		return ""
	}
	const left, row, wide = 20, 34, 760
	places := axisPlaces(ops)
	x := func(event int) int { return left + wide*places[event]/max(1, len(places)) }
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\">\n", left+wide+left,
		row*len(ops)+10)
	for i, op := range ops {
		from, to, y := x(op.Call), left+wide, 16+row*i
		colour := "#d9d9d9"
		if op.Return >= 0 {
			to = x(op.Return)
		}
		switch op.End {
		case history.OK:
			colour = "#a8d5a2"
		case history.Fail:
			colour = "#e5a3a0"
		}
		fmt.Fprintf(&b, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"14\" fill=\"%s\" stroke=\"#555\"/>", from, y,
			max(6, to-from), colour)
		fmt.Fprintf(&b, "<text x=\"%d\" y=\"%d\">%s: %s</text>\n", left, y-3, span(op),
			html.EscapeString(short(model.Text(op))))
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// axisPlaces numbers the events that operations have, in their order.
func axisPlaces(ops []history.Operation) map[int]int {
	last := 0
	for _, op := range ops {
		last = max(last, op.Call, op.Return)
	}
	used := make(map[int]bool)
	for _, op := range ops {
		used[op.Call], used[op.Return] = true, true
	}
	places := make(map[int]int)
	for event := 0; event <= last && len(places) < len(used); event++ {
		if used[event] {
			places[event] = len(places)
		}
	}
	return places
}

// short cuts a text to what has room in a picture.
func short(s string) string {
	const most = 110
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// colours of the kinds of dependency.
var colours = map[string]string{
	"ww": "#b02020", "wr": "#2060b0", "rw": "#b08000", "process": "#777777", "realtime": "#999999",
}

// cycleSVG draws a cycle: its transactions one below the other, and between them why each is before the next. The last
// leads back to the first along the side.
func cycleSVG(a txn.Anomaly) string {
	const left, wide, box, gap = 60, 760, 30, 44
	n := len(a.Transactions)
	height := n*(box+gap) + 10
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\">\n", left+wide+20, height)
	b.WriteString("<defs><marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" " +
		"markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\"/></marker></defs>\n")
	for i, op := range a.Transactions {
		y := i * (box + gap)
		fmt.Fprintf(&b, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"5\" fill=\"#f4f4f4\" stroke=\"#555\"/>"+
			"<text x=\"%d\" y=\"%d\">T%d  %s</text>\n", left, y+2, wide, box, left+8, y+2+20, i+1,
			html.EscapeString(short(txn.Text(op))))
		s := a.Steps[i]
		colour := colours[s.Kind]
		middle := y + 2 + box
		if i < n-1 {
			fmt.Fprintf(&b, "<path d=\"M%d %dv%d\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\" marker-end=\"url(#head)\"/>",
				left+20, middle, gap-2, colour)
		} else {
			fmt.Fprintf(&b, "<path d=\"M%d %dv%dH20V%dH%d\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\" "+
				"marker-end=\"url(#head)\"/>", left+20, middle, gap/2, 2+box/2, left-2, colour)
		}
		fmt.Fprintf(&b, "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s: %s</text>\n", left+32, middle+26, colour, s.Kind,
			html.EscapeString(short(s.Why)))
	}
	b.WriteString("</svg>\n")
	return b.String()
}
