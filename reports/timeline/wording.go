package timeline

import (
	"bytes"
	"strings"

	"ordeal/history"
	"ordeal/model"
)

// Wording makes the operations of a history into those of a page, with their words. These lie in a few large pieces of
// memory: a trial has thousands of operations. The zero value is ready.
type Wording struct {
	one   []byte          // the words of an operation, made anew each time
	words strings.Builder // all, one behind the other
}

// wordsPiece is how much memory is taken at once.
const wordsPiece = 32 << 10

// Op is an operation in a lane, with the words that the history itself has for it.
func (w *Wording) Op(o *history.Operation, lane int, blamed bool) Op {
	w.one = model.AppendDeed(w.one[:0], o)
	return w.made(o, lane, blamed)
}

// OpSaid is an operation in a lane, with other words.
func (w *Wording) OpSaid(o *history.Operation, text string, lane int, blamed bool) Op {
	w.one = append(w.one[:0], text...)
	return w.made(o, lane, blamed)
}

func (w *Wording) made(o *history.Operation, lane int, blamed bool) Op {
	out := Op{Index: o.Call, Client: lane, From: o.Invoked, To: -1, End: Pending, F: o.F, Blamed: blamed}
	if o.Key == "" || bytes.Contains(w.one, []byte(o.Key)) {
		out.Text = w.keep("")
	} else {
		out.Text = w.keep(o.Key)
	}
	if o.Return >= 0 {
		out.To, out.End = o.Completed, Info
		switch o.End {
		case history.OK:
			out.End = OK
		case history.Fail:
			out.End = Fail
		}
	}
	return out
}

// keep is the words of an operation, behind what it is on unless that is in them.
func (w *Wording) keep(key string) string {
	if need := len(key) + 2 + len(w.one); w.words.Cap()-w.words.Len() < need {
		w.words = strings.Builder{}
		w.words.Grow(max(need, wordsPiece))
	}
	from := w.words.Len()
	if key != "" {
		w.words.WriteString(key)
		w.words.WriteString(": ")
	}
	w.words.Write(w.one)
	return w.words.String()[from:]
}
