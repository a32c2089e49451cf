package mvcc

import (
	"cmp"
	"slices"
)

// The refusals while there are alarms, in etcd's words.
const (
	errNoSpace = "etcdserver: mvcc: database space exceeded"
	errCorrupt = "etcdserver: corrupt cluster"
)

// The kinds of alarm, as histories have them.
const (
	alarmNoSpace = "nospace"
	alarmCorrupt = "corrupt"
)

// alarm is one that a member has, or that is said to be one's.
type alarm struct {
	member int64
	kind   string
}

// alarms are those that there are, in their order. A moment keeps those of its time: a change makes others.
type alarms struct{ list []alarm }

// alarmed says why a request is refused while there are alarms, or "". What takes no space is not refused for want of
// it.
func (s *Store) alarmed(r *Request) string {
	full, corrupt := s.alarms.has(alarmNoSpace), s.alarms.has(alarmCorrupt)
	switch r.Op {
	case "put", "grant", "txn", "delete", "compact", "revoke":
		if corrupt {
			return errCorrupt
		}
		if full && r.Cost() > 0 {
			return errNoSpace
		}
	}
	return ""
}

func (a *alarms) has(kind string) bool {
	return slices.ContainsFunc(a.list, func(one alarm) bool { return one.kind == kind })
}

// alarm raises an alarm, or ends one. The answer is [revision, [[member kind] …]]: the one that it is about, but for
// one that is to be ended and is not there.
func (s *Store) alarm(r *Request) any {
	one := alarm{r.ID, r.Names[0]}
	list := slices.Clone(s.alarms.list)
	at, there := slices.BinarySearchFunc(list, one, func(a, b alarm) int {
		return cmp.Or(cmp.Compare(a.member, b.member), -cmp.Compare(a.kind, b.kind)) // "nospace" is the first
	})
	told := []alarm{one}
	switch raise := r.Op == "alarm-raise"; {
	case raise && !there:
		list = slices.Insert(list, at, one)
	case !raise && there:
		list = slices.Delete(list, at, at+1)
	case !raise:
		told = nil
	}
	s.alarms = &alarms{list}
	return []any{s.revision, alarmValues(told)}
}

func alarmValues(list []alarm) []any {
	values := []any{}
	for _, a := range list {
		values = append(values, []any{a.member, a.kind})
	}
	return values
}

// Alarms are those of a kind, or all for "", as an answer has them.
func (m Moment) Alarms(kind string) any {
	list := slices.DeleteFunc(slices.Clone(m.alarms.list), func(a alarm) bool { return kind != "" && a.kind != kind })
	return []any{m.Revision, alarmValues(list)}
}

// What a put and a lease take of the quota at least, as etcd counts, and what a version counts for besides its key and
// its value (docs/ETCD.md).
const (
	putCost     = 256
	leaseCost   = 64
	versionCost = 72
)

// Cost is how many bytes a request may take, at most, of the quota.
func (r *Request) Cost() int64 {
	switch r.Op {
	case "put":
		return int64(putCost + len(r.Key) + len(r.Value))
	case "grant":
		return leaseCost
	case "txn":
		return max(costOf(r.Success), costOf(r.Failure))
	}
	return 0
}

func costOf(branch []Request) (sum int64) {
	for i := range branch {
		sum += branch[i].Cost()
	}
	return sum
}

func (v *version) bytes() int64 { return int64(len(v.key)+len(v.value)) + versionCost }

// partCost is more than a part of a request takes on its way besides its texts.
const partCost = 120

// Bytes are bounds of how many bytes a request has on its way: those of its texts, and more than there can be.
func (r *Request) Bytes() (least, most int) {
	least = len(r.Key) + len(r.End) + len(r.Value)
	parts := 1
	for i := range r.Compare {
		c := &r.Compare[i]
		value, _ := c.With.(string)
		least += len(c.Key) + len(c.End) + len(value)
		parts++
	}
	most = least + parts*partCost
	for _, branch := range [][]Request{r.Success, r.Failure} {
		for i := range branch {
			low, high := branch[i].Bytes()
			least, most = least+low, most+high
		}
	}
	return least, most
}
