package mvcc

// mayApply says why someone may not have a request carried out, or "".
func (s *Store) mayApply(who Who, r *Request) string {
	if !s.users.enabled || who.Service {
		return ""
	}
	m := s.Now()
	switch r.Op {
	case "put":
		return m.mayPut(who, r)
	case "delete":
		return m.mayDelete(who, r)
	case "txn":
		return m.mayTxn(who, r)
	case "revoke":
		return m.MayKeys(who, r.ID, true)
	}
	return ""
}

// Moment is the store as it was at one time: nothing of it changes.
type Moment struct {
	s *Store
	// Revision is the newest, and Compacted the one that was compacted last; −1 before the first compaction.
	Revision, Compacted int64
	users               *users
	alarms              *alarms
	// Written is how many bytes all versions have that ever were, with what they count for besides, and Live is that of
	// those versions alone that are there.
	Written, Live int64
}

// Now is the present moment.
func (s *Store) Now() Moment {
	return Moment{s, s.revision, s.compacted, s.users, s.alarms, s.written, s.live}
}

// AuthRevision is that of the newest change of users and roles; 0 while these do not count.
func (m Moment) AuthRevision() int64 {
	if !m.users.enabled {
		return 0
	}
	return m.users.revision
}

// Look answers a request that only reads.
func (m Moment) Look(who Who, r *Request) any {
	if r.Op == "txn" {
		if refused := m.mayTxn(who, r); refused != "" {
			return refused
		}
		return m.lookTxn(r)
	}
	if refused := m.MayRead(who, r.Key, r.End); refused != "" {
		return refused
	}
	return m.s.ranged(r, m.Revision, m.Compacted)
}

// MayRead says why someone may not read a range, or "".
func (m Moment) MayRead(who Who, key, end string) string { return m.users.may(who, key, end, false) }

// MayAsk says why someone may not ask about leases, or renew one, whichever it is; or "".
func (m Moment) MayAsk(who Who) string {
	if m.users.enabled && !who.Service && who.Revision == 0 {
		return errUserEmpty
	}
	return ""
}

// MayKeys says why someone may not be told of the keys of a lease, or, to renew it, have written them; or "".
func (m Moment) MayKeys(who Who, lease int64, write bool) string {
	if lease == 0 || m.users.mayAdminister(who) == "" {
		return ""
	}
	for _, key := range m.s.keysOf(lease, m.Revision) {
		if refused := m.users.may(who, key, "", write); refused != "" {
			return refused
		}
	}
	return ""
}

// Keys are the keys of a lease, in their order, as answers have them.
func (m Moment) Keys(lease int64) []any {
	list := []any{}
	for _, key := range m.s.keysOf(lease, m.Revision) {
		list = append(list, key)
	}
	return list
}

// MayAdminister says why someone may not do what only root may, or "".
func (m Moment) MayAdminister(who Who) string { return m.users.mayAdminister(who) }

func (m Moment) mayPut(who Who, r *Request) string {
	refused := m.users.may(who, r.Key, "", true)
	if refused == "" {
		refused = m.MayKeys(who, r.Lease, true)
	}
	if refused == "" && r.has(flagPrev) {
		refused = m.users.may(who, r.Key, "", false)
	}
	return refused
}

func (m Moment) mayDelete(who Who, r *Request) string {
	refused := m.users.may(who, r.Key, r.End, true)
	if refused == "" && r.has(flagPrev) {
		refused = m.users.may(who, r.Key, r.End, false)
	}
	return refused
}

// mayTxn is about everything that a transaction compares, and everything that it might do.
func (m Moment) mayTxn(who Who, r *Request) string {
	if !m.users.enabled || who.Service {
		return ""
	}
	for i := range r.Compare {
		if refused := m.users.may(who, r.Compare[i].Key, r.Compare[i].End, false); refused != "" {
			return refused
		}
	}
	for _, branch := range [][]Request{r.Success, r.Failure} {
		for i := range branch {
			part, refused := &branch[i], ""
			switch part.Op {
			case "range":
				refused = m.users.may(who, part.Key, part.End, false)
			case "put":
				refused = m.mayPut(who, part)
			case "delete":
				refused = m.mayDelete(who, part)
			case "txn":
				refused = m.mayTxn(who, part)
			}
			if refused != "" {
				return refused
			}
		}
	}
	return ""
}
