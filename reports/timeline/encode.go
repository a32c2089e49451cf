package timeline

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"ordeal/reports"
)

// textsMax is of how many operations the page has the words; of others, those that a verdict is about aside, it has
// only what kind they are. A page of a million operations would else be some hundred megabytes.
const textsMax = 50_000

// document is what the page's script reads, but for texts, those of operations that have one in their order, and the
// columns ops, messages and jobs.
type document struct {
	Title    string          `json:"title"`
	Line     string          `json:"line"`
	Replay   string          `json:"replay"`
	Outcome  reports.Outcome `json:"outcome"`
	Length   uint64          `json:"length"` // microseconds, as all times
	Moment   int64           `json:"moment"` // negative: none
	Servers  []serverLane    `json:"servers"`
	Clients  []string        `json:"clients"`
	Faults   []faultSpan     `json:"faults"`
	Leaders  []leaderSpan    `json:"leaders"`
	Holds    []holdSpan      `json:"holds"`
	Standing []standSpan     `json:"standing"`
	Parts    bool            `json:"parts"` // the moment is where two runs part
	Runs     []string        `json:"runs"`  // names; empty for a trial
	LaneRuns []int           `json:"laneRuns"`
	Story    []storyLine     `json:"story"`
	Curve    []chancePoint   `json:"curve"`
	Jump     []uint64        `json:"jump"`  // from, to
	Kinds    []string        `json:"kinds"` // of operations
	Machines []string        `json:"machines"`
	Words    []string        `json:"words"` // what messages are
}

type serverLane struct {
	Name  string   `json:"name"`
	From  []uint64 `json:"from"`
	Roles []string `json:"roles"`
}

type faultSpan struct {
	Family string `json:"family"`
	Kind   string `json:"kind"`
	Label  string `json:"label"`
	Colour string `json:"colour"`
	From   uint64 `json:"from"`
	To     int64  `json:"to"` // negative: to the end
}

type leaderSpan struct {
	Node string `json:"node"`
	Term uint64 `json:"term"`
	From uint64 `json:"from"`
	To   int64  `json:"to"`
}

type holdSpan struct {
	What string `json:"what"`
	Who  string `json:"who"`
	From uint64 `json:"from"`
	To   int64  `json:"to"`
}

type chancePoint struct {
	At       uint64 `json:"at"`
	Branches int    `json:"branches"`
	Failed   int    `json:"failed"`
	Low      int    `json:"low"` // millionths
	High     int    `json:"high"`
}

type standSpan struct {
	Lane string `json:"lane"`
	Text string `json:"text"`
	From uint64 `json:"from"`
	To   int64  `json:"to"`
	Odd  bool   `json:"odd,omitempty"`
}

type storyLine struct {
	At   uint64 `json:"at"`
	Text string `json:"text"`
	Odd  bool   `json:"odd,omitempty"`
}

// appendData adds the timeline to a page, as the script reads it, safe inside of a script element, and makes room for
// so many bytes more.
func (t Timeline) appendData(page []byte, room int) ([]byte, error) {
	d := document{
		Title: t.Trial.Title, Line: t.Trial.Line, Replay: t.Trial.Replay, Outcome: t.Trial.Outcome(),
		Length: microseconds(t.Length), Moment: signed(t.Moment), Clients: t.Clients,
	}
	for _, s := range t.Servers {
		lane := serverLane{Name: s.Name}
		for _, state := range s.States {
			lane.From, lane.Roles = append(lane.From, microseconds(state.From)), append(lane.Roles, state.Role)
		}
		d.Servers = append(d.Servers, lane)
	}
	for _, f := range t.Trial.Faults {
		if f.Skipped == "" {
			span := faultSpan{f.Family, f.Kind, f.Label, f.Color, microseconds(f.From), signed(f.To)}
			d.Faults = append(d.Faults, span)
		}
	}
	for _, l := range t.Trial.Leaders {
		d.Leaders = append(d.Leaders, leaderSpan{l.Node, l.Term, microseconds(l.From), signed(l.To)})
	}
	for _, h := range t.Holds {
		d.Holds = append(d.Holds, holdSpan{h.What, h.Who, microseconds(h.From), signed(h.To)})
	}
	for _, l := range t.Story {
		d.Story = append(d.Story, storyLine{microseconds(l.At), l.Text, l.Odd})
	}
	for _, s := range t.Standing {
		d.Standing = append(d.Standing, standSpan{s.Lane, s.Text, microseconds(s.From), signed(s.To), s.Odd})
	}
	if t.Runs != nil {
		d.Parts, d.Runs, d.LaneRuns = true, t.Runs.Names[:], t.Runs.Clients
	}
	if c := t.Curve; c != nil {
		for _, p := range c.Points {
			d.Curve = append(d.Curve, chancePoint{microseconds(p.At), p.Branches, p.Failed, p.Low, p.High})
		}
		d.Jump = []uint64{microseconds(c.From), microseconds(c.To)}
	}
	ops, texts, kinds := t.opColumns()
	d.Kinds = kinds
	traffic := t.Traffic
	if traffic == nil {
		traffic = new(Traffic)
	}
	d.Machines, d.Words = traffic.machines.words, traffic.kinds.words
	page, err := appendDocument(page, d, len(texts)+len(ops)+traffic.room()+room)
	if err != nil {
		return nil, err
	}
	page = append(append(page, `,"texts":[`...), texts...)
	page = append(append(page, `],"ops":"`...), ops...)
	page = traffic.appendMessages(append(page, `","messages":"`...))
	page = traffic.appendJobs(append(page, `","jobs":"`...))
	return append(page, `"}`...), nil
}

// appendDocument adds a document to a page, as JSON that is safe inside of a script element, without the brace that
// ends it, and makes room for so many bytes more. What ends an element begins with <; the -> of every operation may
// stay as it is.
func appendDocument(page []byte, d document, room int) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(d); err != nil {
		return nil, fmt.Errorf("the timeline as JSON: %w", err)
	}
	text := bytes.TrimSuffix(out.Bytes(), []byte("}\n"))
	page = slices.Grow(page, len(text)+5*bytes.Count(text, []byte{'<'})+room)
	for {
		before, after, found := bytes.Cut(text, []byte{'<'})
		page = append(page, before...)
		if !found {
			return page, nil
		}
		page, text = append(page, `\u003c`...), after
	}
}

// appendString adds a string to a page as JSON that is safe inside of a script element. Most have nothing in them but
// ASCII, and a few quotes to escape.
func appendString(b []byte, s string) []byte {
	begun, from := len(b), 0
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; asIs[c] {
		case escaped:
			b = append(append(b, s[from:i]...), '\\')
			from = i
		case foreign:
			quoted, _ := json.Marshal(s) // any string can be
			return append(b[:begun], quoted...)
		}
	}
	return append(append(b, s[from:]...), '"')
}

// What a byte of a string is in JSON, beside itself.
const (
	escaped = 1 + iota
	foreign
)

var asIs = func() (table [256]byte) {
	for c := range table {
		if c < ' ' || c > '~' || c == '<' {
			table[c] = foreign
		}
	}
	table['"'], table['\\'] = escaped, escaped
	return table
}()

// opsInOrder are the operations by when they began; those of a history are.
func (t Timeline) opsInOrder() []Op {
	from := func(o Op) time.Duration { return o.From }
	if slices.IsSortedFunc(t.Ops, func(a, b Op) int { return cmp.Compare(a.From, b.From) }) {
		return t.Ops
	}
	return sortedBy(t.Ops, from)
}

// signed is a time in microseconds that may be negative, for none.
func signed(d time.Duration) int64 {
	if d < 0 {
		return -1
	}
	return d.Microseconds()
}

// sortedBy is a list by a time of its elements; those of one instant stay as they are.
func sortedBy[T any](list []T, at func(T) time.Duration) []T {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b T) int { return cmp.Compare(at(a), at(b)) })
	return list
}
