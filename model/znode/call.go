package znode

import (
	"errors"
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// Request is what a client asks for. Which fields mean something depends on Op; docs/HISTORIES.md has the table.
type Request struct {
	Op    string
	Path  string
	Data  any // nil or a string
	Flags int64
	// Version is what the znode has to have, or -1 for any.
	Version int64
	Watch   bool
	// ACL is a list of scheme:id:permissions.
	ACL []string
	// TTL is a time to live in milliseconds.
	TTL int64
	// Servers are a reconfig's; nil for anything else.
	Servers *Servers
	// Parts are a multi's.
	Parts []Request
	// Barred is the code with which it is refused whatever the state is, since its connection or its session may not ask
	// for such a thing; 0 for none.
	Barred int64
	// IDs are who asks, as scheme:id: what the connection had claimed by then. A part's are the multi's.
	IDs []string
}

// Servers are a reconfig's lists of servers: nil, or strings with commas.
type Servers struct{ Joining, Leaving, Members any }

// Reply is the reply to a client. Fields that the operation's reply does not have are zero.
type Reply struct {
	Code  int64
	Path  string
	Data  any
	Stat  *Stat
	Names []string
	ACL   []string
	// Number is what getAllChildrenNumber counts.
	Number int64
	Parts  []Reply

	dataUnknown bool
	// or is another code that is as good; 0 for none.
	or int64
}

// Stat is what a client sees of a znode besides its data and children.
type Stat struct {
	Czxid, Mzxid, Ctime, Mtime  int64
	Version, Cversion, Aversion int64
	Owner, Length, Children     int64
	Pzxid                       int64

	lengthUnknown bool
}

// Call is a request of a client, and its answer if one came.
type Call struct {
	Head
	Request Request
	Reply   Reply
	Op      *history.Operation
}

// Write says whether a request goes through the log when it is served.
func (r Request) Write() bool {
	switch r.Op {
	case "create", "create2", "createContainer", "createTTL", "delete", "setData", "setACL", "multi", "closeSession":
		return true
	}
	return false
}

// AsksForMore says whether a request asks for more than a server can say without a leader.
func (r Request) AsksForMore() bool {
	return r.Write() || r.Op == "check" || r.Op == "sync" || r.Op == "reconfig"
}

// MakesEphemeral says whether a request asks for a znode that goes with its session.
func (r Request) MakesEphemeral() bool {
	return (r.Op == "create" || r.Op == "create2") && (r.Flags == flagEphemeral || r.Flags == flagEphemeralSequential) ||
		slices.ContainsFunc(r.Parts, func(part Request) bool {
			part.Op = part.opInMulti()
			return part.MakesEphemeral()
		})
}

// Wrong compares a reply (want) with what a client received (got), and says in words what is wrong; or "". Times of day
// are not compared: see Times.
func (want Reply) Wrong(got Reply) string {
	switch {
	case want.or != 0 && got.Code == want.or:
		return ""
	case want.Code != got.Code:
		return fmt.Sprintf("the code is %d, and must be %d", got.Code, want.Code)
	case want.Path != got.Path:
		return fmt.Sprintf("the path is %q, and must be %q", got.Path, want.Path)
	case !want.dataUnknown && want.Data != got.Data:
		return fmt.Sprintf("the data is %s, and must be %s", model.TextOf(got.Data), model.TextOf(want.Data))
	case !sameEntries(want.ACL, got.ACL):
		return fmt.Sprintf("the ACL is %q, and must be %q", got.ACL, want.ACL)
	case want.Number != got.Number:
		return fmt.Sprintf("the number is %d, and must be %d", got.Number, want.Number)
	case len(want.Parts) != len(got.Parts):
		return fmt.Sprintf("there are %d results, and must be %d", len(got.Parts), len(want.Parts))
	}
	if wrong := wrongNames(want.Names, got.Names); wrong != "" {
		return wrong
	}
	if wrong := want.Stat.wrong(got.Stat); wrong != "" {
		return wrong
	}
	for i := range want.Parts {
		if wrong := want.Parts[i].Wrong(got.Parts[i]); wrong != "" {
			return fmt.Sprintf("of part %d, %s", i, wrong)
		}
	}
	return ""
}

// sameEntries compares ACLs: a client with several ids gets an entry for each in any order.
func sameEntries(a, b []string) bool {
	return slices.Equal(a, b) || slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func wrongNames(want, got []string) string {
	if !slices.IsSorted(got) {
		got = slices.Sorted(slices.Values(got))
	}
	if !slices.Equal(want, got) {
		return fmt.Sprintf("the children are %q, and must be %q", got, want)
	}
	return ""
}

func (want *Stat) wrong(got *Stat) string {
	if want == nil || got == nil {
		if want != nil {
			return "there is no Stat"
		} else if got != nil {
			return "there is a Stat"
		}
		return ""
	}
	w, g := *want, *got
	w.Ctime, w.Mtime, w.lengthUnknown = g.Ctime, g.Mtime, false
	if want.lengthUnknown {
		w.Length = g.Length
	}
	if w == g {
		return ""
	}
	for i, name := range statNames {
		if a, b := w.fields()[i], g.fields()[i]; *a != *b {
			return fmt.Sprintf("%s is %d, and must be %d", name, *b, *a)
		}
	}
	return ""
}

var statNames = [...]string{"czxid", "mzxid", "ctime", "mtime", "version", "cversion", "aversion", "ephemeralOwner",
	"dataLength", "numChildren", "pzxid"}

// fields are in the order of the protocol, and of histories.
func (s *Stat) fields() [len(statNames)]*int64 {
	return [...]*int64{&s.Czxid, &s.Mzxid, &s.Ctime, &s.Mtime, &s.Version, &s.Cversion, &s.Aversion, &s.Owner,
		&s.Length, &s.Children, &s.Pzxid}
}

// Stats calls f for every Stat in a reply.
func (r Reply) Stats(f func(*Stat)) {
	if r.Stat != nil {
		f(r.Stat)
	}
	for _, p := range r.Parts {
		p.Stats(f)
	}
}

// Times are the times of day that transactions were given: they can't be known beforehand, but every client
// has to be shown the same. The znodes that no transaction made have the time 0.
type Times map[int64]int64

// Wrong takes a Stat in, and says in words what is wrong about its times; or "".
func (t Times) Wrong(s *Stat) string {
	for _, one := range [...]struct {
		name       string
		zxid, time int64
	}{{"ctime", s.Czxid, s.Ctime}, {"mtime", s.Mzxid, s.Mtime}} {
		known, seen := t[one.zxid]
		if !seen {
			t[one.zxid] = one.time
		} else if known != one.time {
			return fmt.Sprintf("%s is %d, and transaction 0x%x has been seen to be of %d", one.name, one.time, one.zxid, known)
		}
	}
	return ""
}

var errTreeShape = errors.New("it has not the shape that docs/HISTORIES.md gives")
