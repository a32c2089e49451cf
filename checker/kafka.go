package checker

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// kafka looks at logs under keys, as Jepsen's tests of Kafka and its like do. An operation is a list of these:
//
//	argument         ok result                      meaning
//	["send" key v]   ["send" key [offset v]]        v was appended; the offset may be nil, if it is not told
//	["poll"]         ["poll" {key [[offset v] …]}]  the entries that were read, in order
//
// An operation whose F is assign, subscribe or crash ends what its process had read up to: it may go on anywhere.
// Entries of a key are all different. An offset never has two entries, nor an entry two offsets; what was polled must
// have been sent, and not failed to be; and an entry that was sent is lost if no poll shows it, though one shows an
// entry behind it. A process is shown the entries of a key in their order, without leaving out any that there are,
// from one poll to the next too; and it sends in order.
func kafka() Checker {
	return Checker{"kafka", func(_ history.History, ops []history.Operation) Verdict {
		k := kafkaLogs{ids: map[any]int{}, at: map[int]map[int]int64{}, sent: map[int]map[int]int64{}}
		for i := range ops {
			op := &ops[i]
			if op.Process < 0 {
				continue
			}
			if why := k.note(op); why != "" {
				return malformedEvent(op, why)
			}
		}
		k.judge()
		return k.bad.verdict("kafka", Measure{"entries", k.entries, ""}, Measure{"polled", k.polled, ""},
			Measure{"unseen", k.unseen, "entries"})
	}}
}

// kafkaEntry is what became of an entry.
type kafkaEntry struct {
	value          any
	sent, read     *history.Operation
	tried, ok, had bool // a send of it may have taken place; was ok; a poll shows it
	offset         int64
	placed         bool
	made           made
}

// kafkaLog is one key's log.
type kafkaLog struct {
	key     any
	entries map[any]*kafkaEntry
	list    []*kafkaEntry
	offsets map[int64]*kafkaEntry
}

// jump is two offsets that a process came to one after the other.
type jump struct {
	kind     string
	log      int
	from, to int64
	op       *history.Operation
}

type kafkaLogs struct {
	bad                     violations
	ids                     map[any]int
	logs                    []*kafkaLog
	at, sent                map[int]map[int]int64 // of each process and log, the offset that it read, or sent to, last
	jumps                   []jump
	entries, polled, unseen int64
}

func (k *kafkaLogs) note(op *history.Operation) (why string) {
	switch op.F {
	case "assign", "subscribe", "crash", "debug-topic-partitions":
		delete(k.at, op.Process)
		return ""
	}
	v := op.Result
	if op.End != history.OK {
		v = op.Argument
	}
	list, ok := v.([]any)
	if !ok {
		return model.TextOf(v) + ` where a list of ["send" key v] and ["poll"] belongs`
	}
	for _, item := range list {
		parts, _ := item.([]any)
		switch {
		case len(parts) == 3 && parts[0] == any("send"):
			why = k.send(op, k.log(parts[1]), parts[2])
		case len(parts) >= 1 && parts[0] == any("poll"):
			if op.End == history.OK && len(parts) > 1 {
				why = k.poll(op, parts[1])
			}
		default:
			why = model.TextOf(item) + ` is neither ["send" key v] nor ["poll"]`
		}
		if why != "" {
			return why
		}
	}
	return ""
}

func (k *kafkaLogs) log(key any) int {
	id, ok := k.ids[history.Single(key)]
	if !ok {
		id = len(k.logs)
		k.ids[history.Single(key)] = id
		k.logs = append(k.logs, &kafkaLog{key, map[any]*kafkaEntry{}, nil, map[int64]*kafkaEntry{}})
	}
	return id
}

func (l *kafkaLog) of(v any) *kafkaEntry {
	e := l.entries[history.Single(v)]
	if e == nil {
		e = &kafkaEntry{value: v}
		l.entries[history.Single(v)] = e
		l.list = append(l.list, e)
	}
	return e
}

func (k *kafkaLogs) send(op *history.Operation, log int, v any) (why string) {
	offset, told := int64(0), false
	if pair, ok := v.([]any); ok && op.End == history.OK {
		if len(pair) != 2 {
			return model.TextOf(v) + " was sent where [offset v] belongs"
		}
		if offset, told = pair[0].(int64); !told && pair[0] != nil {
			return model.TextOf(pair[0]) + " where an offset belongs, which is a number"
		}
		v = pair[1]
	}
	e := k.logs[log].of(v)
	if op.End == history.Fail {
		if !e.tried {
			e.sent = op
		}
		return ""
	}
	e.sent, e.tried, e.ok = op, true, op.End == history.OK
	e.made.by(op)
	if told {
		k.place(op, log, e, offset)
		k.step(k.sent, "nonmonotonic-send", op, log, offset)
	}
	return ""
}

// place notes the offset of an entry.
func (k *kafkaLogs) place(op *history.Operation, log int, e *kafkaEntry, offset int64) {
	l := k.logs[log]
	if other := l.offsets[offset]; other != nil && other != e {
		k.bad.add("inconsistent-offsets", fmt.Sprintf("%s is at offset %d of %s, and so is %s", model.TextOf(e.value), offset,
			model.TextOf(l.key), model.TextOf(other.value)), other.op(), op)
		return
	}
	if e.placed && e.offset != offset {
		k.bad.add("duplicate", fmt.Sprintf("%s is at the offsets %d and %d of %s", model.TextOf(e.value), e.offset, offset,
			model.TextOf(l.key)), e.op(), op)
		return
	}
	e.offset, e.placed = offset, true
	l.offsets[offset] = e
}

func (e *kafkaEntry) op() *history.Operation {
	if e.had {
		return e.read
	}
	return e.sent
}

// step notes that a process came to an offset.
func (k *kafkaLogs) step(where map[int]map[int]int64, kind string, op *history.Operation, log int, offset int64) {
	mine := where[op.Process]
	if mine == nil {
		mine = map[int]int64{}
		where[op.Process] = mine
	}
	if before, ok := mine[log]; ok {
		k.jumps = append(k.jumps, jump{kind, log, before, offset, op})
	}
	mine[log] = offset
}

func (k *kafkaLogs) poll(op *history.Operation, v any) (why string) {
	m, ok := v.(history.Map)
	if !ok {
		return model.TextOf(v) + " was polled where a map {key [[offset v] …]} belongs"
	}
	for _, p := range m {
		log := k.log(p.Key)
		entries, ok := p.Value.([]any)
		if !ok {
			return model.TextOf(p.Value) + " was polled where a list of [offset v] belongs"
		}
		for _, entry := range entries {
			pair, _ := entry.([]any)
			if len(pair) != 2 {
				return model.TextOf(entry) + " was polled where [offset v] belongs"
			}
			offset, ok := pair[0].(int64)
			if !ok {
				return model.TextOf(pair[0]) + " where an offset belongs, which is a number"
			}
			e := k.logs[log].of(pair[1])
			k.place(op, log, e, offset)
			e.read, e.had = op, true
			e.made.show(op)
			k.polled++
			k.step(k.at, "poll", op, log, offset)
		}
	}
	return ""
}

func (k *kafkaLogs) judge() {
	sorted := make([][]int64, len(k.logs)) // the offsets of each log that have entries
	for i, l := range k.logs {
		last := int64(-1)
		for _, e := range l.list {
			k.entries++
			if e.placed {
				sorted[i] = append(sorted[i], e.offset)
			}
			if e.had {
				last = max(last, e.offset)
			}
		}
		slices.Sort(sorted[i])
		for _, e := range l.list {
			k.judgeEntry(l, e, last)
		}
	}
	for _, j := range k.jumps {
		k.judgeJump(j, sorted[j.log])
	}
}

// judgeEntry asks whether an entry may have been polled or not; last is the greatest offset of the log that was.
func (k *kafkaLogs) judgeEntry(l *kafkaLog, e *kafkaEntry, last int64) {
	switch {
	case e.had && !e.tried && e.sent != nil:
		k.bad.add("aborted-read", fmt.Sprintf("%s of %s was polled, and sending it had failed", model.TextOf(e.value),
			model.TextOf(l.key)), e.sent, e.read)
	case e.had && !e.tried:
		k.bad.add("garbage-read", fmt.Sprintf("%s of %s was polled, and never sent", model.TextOf(e.value),
			model.TextOf(l.key)), e.read)
	case e.made.early():
		k.bad.add("garbage-read", fmt.Sprintf("%s of %s was polled before it was sent", model.TextOf(e.value),
			model.TextOf(l.key)), e.made.shown, e.made.first)
	case e.ok && !e.had && e.placed && e.offset < last:
		k.bad.add("lost-write", fmt.Sprintf("%s is at offset %d of %s, and no poll shows it, though one shows offset %d",
			model.TextOf(e.value), e.offset, model.TextOf(l.key), last), e.sent)
	case e.ok && !e.had:
		k.unseen++
	}
}

// judgeJump asks whether a process may come from one offset to another; all are the offsets that have entries.
func (k *kafkaLogs) judgeJump(j jump, all []int64) {
	key := model.TextOf(k.logs[j.log].key)
	between, _ := slices.BinarySearchFunc(all, j.from+1, cmp.Compare[int64])
	switch {
	case j.to <= j.from && j.kind == "poll":
		k.bad.add("nonmonotonic-poll", fmt.Sprintf("a process polled offset %d of %s behind %d", j.to, key, j.from), j.op)
	case j.to <= j.from:
		k.bad.add(j.kind, fmt.Sprintf("a process sent to offset %d of %s behind %d", j.to, key, j.from), j.op)
	case j.kind == "poll" && between < len(all) && all[between] < j.to:
		k.bad.add("poll-skip", fmt.Sprintf("a process polled offset %d of %s behind %d, and left out %d", j.to, key, j.from,
			all[between]), j.op)
	}
}
