package data

import (
	"strconv"

	"ordeal/cluster/recipes"
	"ordeal/history"
)

// A log is a znode whose members are the entries, in the order of their numbers, which are the offsets.

// send draws entries that are appended to logs at one instant.
func (c caller) send(logs []object) operation {
	n := 1
	if c.Chance(40) {
		n = 2 + c.Rand().IntN(3)
	}
	var to []object
	for range n {
		to = append(to, logs[c.Rand().IntN(len(logs))])
	}
	return c.sendTo(to...)
}

// sendTo appends an entry to each of some logs, at one instant.
func (c caller) sendTo(logs ...object) operation {
	asked := make([]any, len(logs))
	values := make([]int64, len(logs))
	for i, o := range logs {
		values[i] = c.NewValue()
		asked[i] = []any{"send", o.key, values[i]}
	}
	return operation{"send", asked, func() (any, recipes.Outcome, error) {
		t := recipes.NewTransaction(c, c.service)
		for i, o := range logs {
			t.Add(o.path, "e", strconv.AppendInt(nil, values[i], 10))
		}
		numbers, outcome, err := t.Commit()
		if outcome != recipes.Done {
			return asked, outcome, err
		}
		sent := make([]any, len(logs))
		for i, o := range logs {
			sent[i] = []any{"send", o.key, []any{offsetOf(numbers, i), values[i]}}
			if o != logs[0] {
				c.saw(SawSeveral)
			}
		}
		return sent, recipes.Done, nil
	}}
}

// offsetOf is the i-th of the numbers that the service gave; nil if it gave too few.
func offsetOf(numbers []int64, i int) any {
	if i < len(numbers) {
		return numbers[i]
	}
	return nil
}

// positions are the numbers from which a client reads each log on, by key.
type positions map[string]int64

// poll reads a log on from where the client has come to.
func (c caller) poll(o object, at positions) operation {
	return operation{"poll", []any{[]any{"poll"}}, func() (any, recipes.Outcome, error) {
		entries, next, err := recipes.NewLog(c, c.service, o.path).Read(at[o.key], c.Patience())
		if err != nil {
			return looked(nil, []any{[]any{"poll", history.Map{}}}, err)
		}
		read := make([]any, len(entries))
		for i, e := range entries {
			read[i] = []any{e.Number, decode(e.Data)}
		}
		if at[o.key] > 0 && len(entries) > 1 {
			c.saw(SawReadOn)
		}
		at[o.key] = next
		return []any{[]any{"poll", history.Map{{Key: o.key, Value: read}}}}, recipes.Done, nil
	}}
}
