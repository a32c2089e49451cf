package checker

import (
	"fmt"
	"strings"

	"ordeal/history"
	"ordeal/model/znode"
)

// Tree judges histories of the tree of znodes, in time linear in their length but for sorting. It needs no search,
// because every answer names the transaction that it shows: writes are replayed on the model in the order of their
// zxids, and each read is held against the state at its own.
//
//   - order: no two writes have one zxid; the order of zxids agrees with real time; a session never goes back, sees
//     its own writes and none that it asked for later; a sync shows everything that anybody had seen before it was
//     asked for.
//   - state: every result is what the model says, the Stat included, down to the times of day, which have to be the
//     same for everybody; so a multi is whole, and an ephemeral znode goes with its session and not before.
//   - claims: who a client may be is told right; what it may do then is a matter of state.
//   - watches: every event that a watch promises comes, once, in order and before anything behind it is shown; and no
//     other. After a reconnect the client sets again what has not fired, and the service says what was missed.
//
// A write whose answer was lost is replayed where the service says that it was applied ("applied"), or, in a history
// that does not have that, where answers show its zxid. If neither tells, then what does not fit is unknown, and never
// invalid.
func Tree() Checker {
	return Checker{"tree", func(_ history.History, ops []history.Operation) Verdict {
		l, err := readTree(ops)
		if err != nil {
			return Verdict{Outcome: Unknown, Reason: err.Error()}
		}
		parts := []Verdict{named("succeeded", succeeded(ops)), l.judgeOrder(), l.judgeClaims()}
		state, triggers := l.judgeState()
		parts = append(parts, state)
		if state.Outcome == Valid {
			parts = append(parts, l.judgeWatches(triggers))
		}
		if l.malformed != nil {
			return Verdict{Outcome: Unknown, Reason: l.malformed.Error()}
		}
		return Compose("tree", parts...)
	}}
}

// The verdicts on a tree's history. Together the first two are linearizability of the writes, and what ZooKeeper
// promises of the reads.
const (
	treeOrder   = "linearizable tree order"
	treeState   = "linearizable tree state"
	treeClaims  = "claims"
	treeWatches = "watches"
)

func named(name string, v Verdict) Verdict {
	v.Checker = name
	return v
}

// objection is a reason against a history, with the operations that show it.
type objection struct {
	rule     string // see Verdict.Rule
	reason   string
	evidence []history.Operation
	// about are the paths of the events that it is about.
	about []string
}

// of notes which events an objection is about.
func (c *objection) of(events ...znode.Event) *objection {
	for _, e := range events {
		c.about = append(c.about, e.Path)
	}
	return c
}

func against(evidence []history.Operation, format string, args ...any) *objection {
	return &objection{rule: format, reason: fmt.Sprintf(format, args...), evidence: evidence}
}

// verdict is invalid, unless something that is not known could explain it.
//
// zxid is that of the state that does not fit.
func (l *treeLog) verdict(name string, zxid int64, c *objection) Verdict {
	v := Verdict{Outcome: Valid, Checker: name}
	if c == nil {
		return v
	}
	v.Outcome, v.Rule, v.Reason, v.Evidence = Invalid, c.rule, c.reason, c.evidence
	if name != treeOrder && name != treeClaims && zxid > l.unplacedFrom && l.unplaced != "" {
		v.Outcome = Unknown
		v.Reason += "; but that may be because it is not known " + l.unplaced
	}
	for _, path := range c.about {
		if text := l.doubtful[path]; text != "" && v.Outcome == Invalid {
			v.Outcome = Unknown
			v.Reason += "; but that may be because it is not known " + text
		}
	}
	return v
}

// text is a call as reasons show it.
func callText(c *znode.Call) string {
	return fmt.Sprintf("%s of session 0x%x (event %d)", describeTree(c.Request), uint64(c.Session), c.Op.Call)
}

func describeTree(r znode.Request) string {
	if r.Op == "multi" {
		return fmt.Sprintf("a multi of %d", len(r.Parts))
	}
	return strings.TrimSpace(r.Op + " " + r.Path)
}
