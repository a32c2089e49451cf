package story

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"ordeal/cluster"
	"ordeal/history"
	"ordeal/host"
	"ordeal/model"
	"ordeal/testbed/account"
	"ordeal/workloads/etcd"
)

// What is told of keys: which entry made which revision, and at which revision whoever was asked answered.

// keysWorkload is the workload whose operations are about keys.
const keysWorkload = "etcd"

func (c *Teller) ofKeys() bool { return c.stage.Trial.Workload == keysWorkload }

// keyEntry is an entry about keys: who applied it first, and when.
type keyEntry struct {
	cluster.KeysApplied
	by host.Addr
	at time.Duration
}

// appliesKeys notes what a server has applied that no other had applied before.
func (c *Teller) appliesKeys(machine host.Addr, n *cluster.Node) {
	var newest uint64
	if len(c.entries) > 0 {
		newest = c.entries[len(c.entries)-1].Index
	}
	list, _ := n.KeysAppliedSince(newest)
	for _, a := range list {
		c.entries = append(c.entries, keyEntry{a, machine, c.stage.World.Now()})
	}
}

// request is an entry as histories have it.
func (e keyEntry) request() (f string, args []any) {
	if e.Expired != 0 {
		return "the end of lease", []any{e.Expired}
	}
	f, args, _ = etcd.RequestValue(e.Entry().Request)
	return f, args
}

func (e keyEntry) text() string {
	f, args := e.request()
	return fmt.Sprintf("entry %d: %s", e.Index, shortened(keyWords(f, args)))
}

// keyWords is a request in words, without what stands at its end and says nothing.
func keyWords(f string, args []any) string {
	for len(args) > 0 {
		v := args[len(args)-1]
		if list, ok := v.([]any); v != nil && v != "" && v != int64(0) && v != false && (!ok || len(list) > 0) {
			break
		}
		args = args[:len(args)-1]
	}
	words := []string{f}
	for _, v := range args {
		words = append(words, model.TextOf(v))
	}
	return strings.Join(words, " ")
}

// keyText is an operation of the workload: its request, and the revision of its answer first.
func keyText(op history.Operation) string {
	args, _ := op.Argument.([]any)
	if len(args) < 2 {
		return shortened(model.Deed(op))
	}
	text := keyWords(op.F, args[2:])
	if user, _ := args[1].(string); user != "" {
		text += " as " + user
	}
	text = shortened(text)
	switch result := op.Result.(type) {
	case string:
		return text + " -> refused: " + result
	case []any:
		if revision, ok := shownRevision(op); ok {
			return text + fmt.Sprintf(" -> at revision %d%s", revision, shortened(rest(result[1:])))
		}
	}
	return text + " -> unknown"
}

func rest(values []any) string {
	if words := keyWords("", values); words != "" {
		return ":" + words
	}
	return ""
}

// shownRevision is the revision of an answer.
func shownRevision(op history.Operation) (revision int64, ok bool) {
	list, _ := op.Result.([]any)
	if op.End != history.OK || len(list) == 0 {
		return 0, false
	}
	revision, ok = list[0].(int64)
	return revision, ok
}

// keysTold is what a server said of its own accord, in words.
func keysTold(f string, list []any) string {
	number := func(i int) int64 {
		if i >= len(list) {
			return 0
		}
		n, _ := list[i].(int64)
		return n
	}
	switch f {
	case "told":
		var events []string
		if len(list) > 3 {
			all, _ := list[3].([]any)
			for _, e := range all {
				events = append(events, eventText(e))
			}
		}
		return fmt.Sprintf("watch %d is told: %s", number(0), shortened(strings.Join(events, ", ")))
	case "progressed":
		return fmt.Sprintf("watch %d is told that it has come to revision %d", number(0), number(1))
	case "progress":
		return fmt.Sprintf("the watches of connection %d, stream %d, are told that they have come to revision %d", number(0),
			number(1), number(2))
	case "canceled":
		return fmt.Sprintf("watch %d is ended at revision %d, compacted up to %d", number(0), number(1), number(2))
	case "expired":
		return fmt.Sprintf("lease %d ends by its time, by entry %d", number(1), number(0))
	}
	return shortened(keyWords(f, list))
}

// eventText is an event of a watch: [put-or-delete key value create mod version lease before].
func eventText(v any) string {
	list, _ := v.([]any)
	if len(list) < 5 {
		return model.TextOf(v)
	}
	text := fmt.Sprintf("%v %s", list[0], model.TextOf(list[1]))
	if list[0] == "put" {
		text += " = " + model.TextOf(list[2])
	}
	return fmt.Sprintf("%s (revision %v)", text, list[4])
}

// keysAnswered tells which entry a request became, or, of one that only looks, which entry made the revision that it
// was shown; and what had been made before it was asked, and is not in it.
func (c *Teller) keysAnswered(o account.Call) {
	args, _ := o.Argument.([]any)
	if len(args) < 2 {
		return
	}
	server := c.answering(args[0])
	who := o.Who()
	if o.Server == "" && server != "" {
		who += " at " + string(server)
	}
	server = cmp.Or(o.Server, server)
	c.TellAt(o.Completed, fmt.Sprintf("%s is answered: %s%s", who, keyText(o.Operation), c.standing(server, o.Completed)))
	if c.enters(o, args[2:]) {
		return
	}
	shown, ok := shownRevision(o.Operation)
	if !ok {
		return
	}
	if o.F == "watch" && len(args) > 7 {
		c.behindStart(args[7], shown)
	}
	var late *keyEntry
	for i := range c.entries {
		e := &c.entries[i]
		switch before := e.Revision; {
		case before == shown && (i == 0 || c.entries[i-1].Revision < shown):
			c.TellAt(e.at, fmt.Sprintf("%s is the first to have revision %d, by %s", e.by, shown, e.text()))
		case before > shown && e.at < o.Invoked && late == nil:
			late = e
		}
	}
	if late != nil && !serializable(o.F, args[2:]) {
		c.TellAt(late.at, fmt.Sprintf("%s is the first to have revision %d, by %s", late.by, late.Revision,
			late.text()))
		c.OddAt(o.Completed, fmt.Sprintf("%s answered the %s of %s at revision %d, and before it was asked %s had "+
			"made revision %d, by %s", server, o.F, o.Who(), shown, late.by, late.Revision, late.text()))
	}
}

// startMax is how many revisions are told of a watch from where it begins.
const startMax = 4

// behindStart tells of the first revisions behind the start of a watch: what it is to be told of, if it is about it.
func (c *Teller) behindStart(start any, shown int64) {
	from, _ := start.(int64)
	told := 0
	for i := range c.entries {
		e := &c.entries[i]
		if from <= 0 || e.Revision < from || e.Revision >= shown || told == startMax ||
			i > 0 && c.entries[i-1].Revision == e.Revision {
			continue
		}
		told++
		c.TellAt(e.at, fmt.Sprintf("%s is the first to have revision %d, by %s", e.by, e.Revision,
			e.text()))
	}
}

// enters tells of the entry that a request became, if it became one.
func (c *Teller) enters(o account.Call, args []any) bool {
	for _, e := range c.entries {
		if e.at < o.Invoked || o.Return >= 0 && e.at > o.Completed || e.Expired != 0 {
			continue
		}
		if f, of := e.request(); f != o.F || model.TextOf(of) != model.TextOf(args) {
			continue
		}
		c.TellAt(e.at, fmt.Sprintf("%s applies the %s of %s first, as entry %d; the revision is %d behind it", e.by, o.F,
			o.Who(), e.Index, e.Revision))
		return true
	}
	return false
}

// serializable says of a request that it wants no more than what the server has. Of a transaction it is not looked at:
// one that reads alone may be.
func serializable(f string, args []any) bool {
	if f != "range" {
		return true
	}
	flags, _ := args[5].(string)
	return strings.Contains(flags, "s")
}

// answering is the server that a connection was to.
func (c *Teller) answering(conn any) host.Addr {
	ops := c.stage.Record.Ops()
	i := slices.IndexFunc(ops, func(op history.Op) bool {
		list, _ := op.Value.([]any)
		return op.F == "dialled" && op.Process == history.Service && len(list) == 2 && list[0] == conn
	})
	if i < 0 {
		return ""
	}
	name, _ := ops[i].Value.([]any)[1].(string)
	return host.Addr(name)
}
