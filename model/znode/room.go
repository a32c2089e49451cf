package znode

// Room is where the parts of one call are kept while it is looked at, so that a million calls that are read one after
// the other need the room of the largest. The parts of a call are gone once the room is emptied. Parts without one, a
// nil Room, stay.
type Room struct {
	ofRequests []Request
	ofReplies  []Reply
	ofStats    []Stat
	ofStrings  []string
}

// Empty makes the room that of another call.
func (m *Room) Empty() {
	m.ofRequests, m.ofReplies, m.ofStats, m.ofStrings = m.ofRequests[:0], m.ofReplies[:0], m.ofStats[:0], m.ofStrings[:0]
}

func (m *Room) requests(n int) []Request {
	if m == nil {
		return make([]Request, n)
	}
	return take(&m.ofRequests, n)
}

func (m *Room) replies(n int) []Reply {
	if m == nil {
		return make([]Reply, n)
	}
	return take(&m.ofReplies, n)
}

func (m *Room) stat() *Stat {
	if m == nil {
		return &Stat{}
	}
	return &take(&m.ofStats, 1)[0]
}

func (m *Room) strings(v any) ([]string, bool) {
	l, ok := v.([]any)
	switch {
	case m == nil:
		return Strings(v)
	case !ok:
		return nil, v == nil
	}
	return fillStrings(take(&m.ofStrings, len(l)), l)
}

// take takes n elements of a list, zeroed. Where it is full, what was taken before stays in the old one.
func take[T any](list *[]T, n int) []T {
	from := len(*list)
	if cap(*list)-from < n {
		*list, from = make([]T, 0, max(2*cap(*list), n, 8)), 0
	}
	*list = (*list)[:from+n]
	taken := (*list)[from : from+n : from+n]
	clear(taken)
	return taken
}

// Strings reads a list of strings.
func Strings(v any) ([]string, bool) {
	l, ok := v.([]any)
	if !ok {
		return nil, v == nil
	}
	return fillStrings(make([]string, len(l)), l)
}

func fillStrings(list []string, of []any) ([]string, bool) {
	for i, one := range of {
		var ok bool
		if list[i], ok = one.(string); !ok {
			return nil, false
		}
	}
	return list, true
}
