package recipes

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// Queues whose items have more than a place, all empty at the start. Items are integers, each put in once.
//
// A priority queue gives out the item with the least priority, and of equal ones the first:
//
//	put   [v priority]        anything            always                                 v is in it
//	take  nil                 v                   v goes first                           it is out
//	take  nil                 nil                 it is empty                            -
//
// A delay queue gives out any item that is due. Times are stamps of the service, in milliseconds, and stamps that were
// asked for later need not be later:
//
//	put   [v delay]           [v stamp]           always                                 v is in it, due at stamp + delay
//	take  nil                 [v since now]       v is in it, due since then, since<=now it is out
//	take  nil                 [nil now]           nothing is in it that is due by now    -
//
// A work queue gives out any item that no session has, and one that is finished is gone:
//
//	put      v                anything            always                                 v is in it
//	take     session          [session token v]   v is in it, and no session has it      the session has it
//	take     session          [session nil]       it is empty                            -
//	take     session          [session "held"]    always: sessions had what it came to   -
//	finish   [session v token] anything           the session has it                     it is gone
//	give     [session v token] anything           the session has it                     no session has it
//	end      session          anything            always                                 what it had is free
//
// An unknown put, finish or give takes effect where it can. An unknown take of the first two that names an item takes
// that one, or nothing. One that names none may have taken an item that no other take shows: so such items are judged
// as if they had perhaps never been put in, unless there are more of them than such takes where the queue was found
// empty. An unknown take of work is left out: a session that may have work ends.

// Item is what is in a queue.
type Item struct {
	Value int64
	// Order is its priority, or since when it is due.
	Order int64
	// Session is who has it, "" for no one, and Token by which take.
	Session string
	Token   int64
}

// QueueState is what is in a queue, in the order in which it was put in, and the sessions that ended, sorted.
type QueueState struct {
	Items []Item
	Ended []string
}

// QueueInput is a request about an item; Token is that of a finish or give, Delay that of a put.
type QueueInput struct {
	F string
	Item
	Delay int64
}

// QueueOutput is an answer: the item that was taken, unless it is Empty, or others Held what there was; Now is the
// stamp by which that was decided.
type QueueOutput struct {
	Unknown, Empty, Held, Named bool
	Item
	Now int64
}

// QueueCall is an operation on a queue.
type QueueCall = model.Call[QueueInput, QueueOutput]

// QueueSpec is the specification of a queue.
type QueueSpec = model.Spec[QueueState, QueueInput, QueueOutput]

// PriorityQueue is the specification of a queue with priorities.
func PriorityQueue() QueueSpec { return queue("priority-queue", stepPriority, parsePriority) }

// DelayQueue is the specification of a queue whose items come out when they are due.
func DelayQueue() QueueSpec { return queue("delay-queue", stepDelay, parseDelay) }

// WorkQueue is the specification of a queue of items that are worked on.
func WorkQueue() QueueSpec { return queue("work-queue", stepWork, parseWork) }

func queue(name string, step func(QueueState, QueueInput, QueueOutput) (QueueState, bool),
	parse func(history.Operation) (QueueInput, QueueOutput, error)) QueueSpec {
	return QueueSpec{
		Name: name, Step: step, Parse: parse,
		Equal: func(a, b QueueState) bool { return slices.Equal(a.Items, b.Items) && slices.Equal(a.Ended, b.Ended) },
		Hash: func(s QueueState) uint64 {
			h := uint64(len(s.Ended))
			for _, i := range s.Items {
				h = mix(mix(h, uint64(i.Value)), uint64(i.Token))
			}
			return h
		},
		Size:  func(s QueueState) int { return 48*len(s.Items) + 16*len(s.Ended) },
		Prune: pruneQueue,
		Relax: func(c QueueCall) (QueueCall, bool) {
			c.Out.Unknown, c.Op = true, unknown(c.Op)
			return c, c.In.F != "take" || c.Out.Named
		},
		DescribeState: func(s QueueState) string { return fmt.Sprint(s.Items) },
	}
}

// pruneQueue leaves out unknown takes that name nothing, puts of what no take shows if they are unknown or such a take
// may have taken it, and the ends of sessions that took nothing.
func pruneQueue(calls []QueueCall, _ []history.Operation) []QueueCall {
	shown, took := map[int64]bool{}, map[string]bool{}
	var nameless []QueueCall // takes
	for _, c := range calls {
		if c.Out.Named {
			shown[c.Out.Value] = true
		} else if c.In.F == "take" && c.Out.Unknown && c.In.Session == "" {
			nameless = append(nameless, c)
		}
		took[c.In.Session] = took[c.In.Session] || c.In.F == "take"
	}
	excused := len(nameless) > 0 && mayHaveTaken(nameless, calls, shown)
	return slices.DeleteFunc(calls, func(c QueueCall) bool {
		switch c.In.F {
		case "take":
			return c.Out.Held || c.Out.Unknown && !c.Out.Named
		case "put":
			return !shown[c.In.Value] && (c.Out.Unknown || excused)
		}
		return c.In.F == "end" && !took[c.In.Session]
	})
}

// mayHaveTaken says whether takes that name nothing are enough for what was gone, and no take shows, wherever a queue
// was found empty.
func mayHaveTaken(nameless, calls []QueueCall, shown map[int64]bool) bool {
	var gone []QueueCall // puts
	for _, c := range calls {
		if c.In.F == "put" && !c.Out.Unknown && !shown[c.In.Value] {
			gone = append(gone, c)
		}
	}
	for _, c := range calls {
		if !c.Out.Empty {
			continue
		}
		left := 0
		for _, put := range gone {
			if put.Op.Return < c.Op.Call && put.Out.Now+put.In.Delay <= c.Out.Now {
				left++
			}
		}
		for _, take := range nameless {
			if take.Op.Call < c.Op.Return {
				left--
			}
		}
		if left > 0 {
			return false
		}
	}
	return true
}

func (s QueueState) put(i Item) (QueueState, bool) {
	s.Items = append(slices.Clone(s.Items), i)
	return s, true
}

func (s QueueState) at(value int64) int {
	return slices.IndexFunc(s.Items, func(i Item) bool { return i.Value == value })
}

func (s QueueState) remove(at int) (QueueState, bool) {
	s.Items = slices.Delete(slices.Clone(s.Items), at, at+1)
	return s, true
}

func stepPriority(s QueueState, in QueueInput, out QueueOutput) (QueueState, bool) {
	if in.F == "put" {
		return s.put(in.Item)
	}
	if out.Empty {
		return s, len(s.Items) == 0
	}
	at := s.at(out.Value)
	for k, i := range s.Items {
		if at >= 0 && cmp.Or(cmp.Compare(i.Order, s.Items[at].Order), cmp.Compare(k, at)) < 0 {
			return s, out.Unknown
		}
	}
	if at < 0 {
		return s, out.Unknown
	}
	return s.remove(at)
}

func stepDelay(s QueueState, in QueueInput, out QueueOutput) (QueueState, bool) {
	if in.F == "put" {
		item := in.Item
		item.Order = out.Now + in.Delay
		if out.Unknown {
			item.Order = -1 // it is not known since when it is due
		}
		return s.put(item)
	}
	if out.Empty {
		return s, !slices.ContainsFunc(s.Items, func(i Item) bool { return i.Order >= 0 && i.Order <= out.Now })
	}
	at := s.at(out.Value)
	if at < 0 || s.Items[at].Order >= 0 && s.Items[at].Order != out.Order || out.Order > out.Now {
		return s, out.Unknown
	}
	return s.remove(at)
}

func stepWork(s QueueState, in QueueInput, out QueueOutput) (QueueState, bool) {
	switch in.F {
	case "put":
		return s.put(in.Item)
	case "end":
		s.Items = slices.Clone(s.Items)
		for k := range s.Items {
			if s.Items[k].Session == in.Session {
				s.Items[k].Session, s.Items[k].Token = "", 0
			}
		}
		s.Ended = with(s.Ended, in.Session)
		return s, true
	case "take":
		if out.Empty {
			return s, len(s.Items) == 0
		}
		at := s.at(out.Value)
		if _, ended := slices.BinarySearch(s.Ended, in.Session); at < 0 || ended || s.Items[at].Session != "" {
			return s, out.Unknown
		}
		s.Items = slices.Clone(s.Items)
		s.Items[at].Session, s.Items[at].Token = in.Session, out.Token
		return s, true
	}
	at := s.at(in.Value)
	if at < 0 || s.Items[at].Session != in.Session || s.Items[at].Token != in.Token {
		return s, out.Unknown
	}
	if in.F == "finish" {
		return s.remove(at)
	}
	s.Items = slices.Clone(s.Items)
	s.Items[at].Session, s.Items[at].Token = "", 0
	return s, true
}

// numbers reads a list of so many integers, of which those from nilFrom on may be nil.
func numbersOf(v any, n int) (list []int64, err error) {
	l, ok := v.([]any)
	if !ok || len(l) != n {
		return nil, fmt.Errorf("%s where a list of %d integers belongs", model.TextOf(v), n)
	}
	for _, one := range l {
		i, err := model.Number(one, "number")
		if err != nil {
			return nil, err
		}
		list = append(list, i)
	}
	return list, nil
}

func parsePriority(op history.Operation) (in QueueInput, out QueueOutput, err error) {
	in.F, out.Unknown = op.F, op.End != history.OK
	switch op.F {
	case "put":
		var l []int64
		if l, err = numbersOf(op.Argument, 2); err == nil {
			in.Value, in.Order = l[0], l[1]
		}
	case "take":
		if op.Result != nil {
			out.Named = true
			out.Value, err = model.Number(op.Result, "item")
		}
		out.Empty = !out.Unknown && op.Result == nil
	default:
		err = fmt.Errorf("%q is no operation of the model priority-queue, which has put and take", op.F)
	}
	return in, out, err
}

func parseDelay(op history.Operation) (in QueueInput, out QueueOutput, err error) {
	in.F, out.Unknown = op.F, op.End != history.OK
	var l []int64
	switch op.F {
	case "put":
		if l, err = numbersOf(op.Argument, 2); err == nil {
			in.Value, in.Delay = l[0], l[1]
		}
		if err == nil && !out.Unknown {
			if l, err = numbersOf(op.Result, 2); err == nil {
				out.Now = l[1]
			}
		}
	case "take":
		two, _ := op.Result.([]any)
		switch {
		case op.Result == nil && out.Unknown:
		case len(two) == 2 && two[0] == nil:
			out.Empty = true
			out.Now, err = model.Number(two[1], "stamp")
		default:
			if l, err = numbersOf(op.Result, 3); err == nil {
				out.Named, out.Value, out.Order, out.Now = true, l[0], l[1], l[2]
			}
		}
	default:
		err = fmt.Errorf("%q is no operation of the model delay-queue, which has put and take", op.F)
	}
	return in, out, err
}

func parseWork(op history.Operation) (in QueueInput, out QueueOutput, err error) {
	in.F, out.Unknown = op.F, op.End != history.OK
	switch op.F {
	case "put":
		in.Value, err = model.Number(op.Argument, "item")
	case "take":
		if in.Session, err = sessionOf(op.Argument); err == nil && !out.Unknown {
			two, _ := op.Result.([]any)
			out.Empty = len(two) == 2 && two[1] == nil
			out.Held = len(two) == 2 && two[1] == any("held")
			if !out.Empty && !out.Held {
				var value any
				_, out.Token, value, err = tenure(op.Result, 3)
				if err == nil {
					out.Named = true
					out.Value, err = model.Number(value, "item")
				}
			}
		}
	case "finish", "give":
		var value any
		if in.Session, in.Value, value, err = tenure(op.Argument, 3); err == nil {
			in.Token, err = model.Number(value, "token")
		}
	case "end":
		in.Session, err = sessionOf(op.Argument)
	default:
		err = fmt.Errorf("%q is no operation of the model work-queue, which has end, finish, give, put and take", op.F)
	}
	return in, out, err
}
