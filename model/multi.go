package model

import (
	"fmt"
	"slices"
	"strings"

	"ordeal/history"
	"ordeal/model/ordered"
)

// A multi-register is registers under keys, of which an operation reads and writes several at one instant. All are nil
// at the start.
//
//	F         argument              ok result          legal when
//	anything  [["r" k nil] …]       [["r" k v] …]      v is what k holds, after what stands before it in the list
//	anything  [["w" k v] …]         the same           always; then k holds v
//
// "read" and "write" are other words for "r" and "w". An unknown operation takes effect, and what it read is not known.
// A result that is of other things than were asked for is refused: it is no answer to its invoke.

// MultiState is what each register holds, sorted by key; those that hold nil are left out.
type MultiState []history.Pair

// MultiPart is a read or a write of one register. Of a read, Value is the result.
type MultiPart struct {
	Write      bool
	Key, Value any
}

// MultiSpec is the specification of a multi-register; the output is whether the result is unknown.
type MultiSpec = Spec[MultiState, []MultiPart, bool]

// MultiRegister is the specification of a multi-register.
func MultiRegister() MultiSpec {
	return MultiSpec{
		Name: "multi-register",
		Step: func(s MultiState, in []MultiPart, unknown bool) (MultiState, bool) {
			for _, p := range in {
				at, there := slices.BinarySearchFunc(s, p.Key, func(x history.Pair, k any) int {
					return history.Compare(x.Key, k)
				})
				switch {
				case p.Write && there:
					s = slices.Clone(s)
					s[at].Value = p.Value
				case p.Write:
					s = slices.Insert(slices.Clone(s), at, history.Pair{Key: p.Key, Value: p.Value})
				case unknown:
				case there && s[at].Value != p.Value, !there && p.Value != nil:
					return s, false
				}
			}
			return s, true
		},
		Equal: func(a, b MultiState) bool { return slices.Equal(a, b) },
		Hash: func(s MultiState) uint64 {
			h := uint64(ordered.Seed)
			for _, p := range s {
				h = ordered.HashValue(ordered.HashValue(h, p.Key), p.Value)
			}
			return h
		},
		Size:  func(s MultiState) int { return 32 * len(s) },
		Parse: parseMulti,
		Relax: func(c Call[[]MultiPart, bool]) (Call[[]MultiPart, bool], bool) {
			writes := slices.ContainsFunc(c.In, func(p MultiPart) bool { return p.Write })
			return unknown(c, true), writes
		},
		Describe: func(in []MultiPart, unknown bool) string {
			words := make([]string, len(in))
			for i, p := range in {
				words[i] = fmt.Sprintf("%s = %s", TextOf(p.Key), TextOf(p.Value))
				if p.Write {
					words[i] = fmt.Sprintf("%s := %s", TextOf(p.Key), TextOf(p.Value))
				}
			}
			return strings.Join(words, ", ")
		},
	}
}

func parseMulti(op history.Operation) (in []MultiPart, unknown bool, err error) {
	if unknown = op.End != history.OK; unknown {
		in, err = multiParts(op.Argument)
		return in, true, err
	}
	if in, err = multiParts(op.Result); err != nil || op.Argument == nil {
		return in, false, err
	}
	asked, err := multiParts(op.Argument)
	answers := func(p, a MultiPart) bool {
		return p.Write == a.Write && p.Key == a.Key && (!a.Write || p.Value == a.Value)
	}
	if err == nil && !slices.EqualFunc(in, asked, answers) { // what a read is to see is not asked for
		err = fmt.Errorf("it asked for %s and has the result of %s", TextOf(op.Argument), TextOf(op.Result))
	}
	return in, false, err
}

// multiParts reads what an operation asked for, or what it did.
func multiParts(v any) (parts []MultiPart, err error) {
	items, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("%s where a list of [\"r\" key value] and [\"w\" key value] belongs", TextOf(v))
	}
	parts = make([]MultiPart, 0, len(items))
	for _, item := range items {
		three, err := list(item, 3, `["r" key value] or ["w" key value]`)
		if err != nil {
			return nil, err
		}
		p := MultiPart{Write: three[0] == any("w") || three[0] == any("write")}
		if !p.Write && three[0] != any("r") && three[0] != any("read") {
			return nil, fmt.Errorf(`%s where "r" or "w" belongs`, TextOf(three[0]))
		}
		p.Key, p.Value = history.Single(three[1]), history.Single(three[2])
		parts = append(parts, p)
	}
	return parts, nil
}
