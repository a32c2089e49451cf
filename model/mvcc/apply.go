package mvcc

// The refusals of etcd, in its words.
const (
	errEmptyKey      = "etcdserver: key is not provided"
	errValueProvided = "etcdserver: value is provided"
	errLeaseProvided = "etcdserver: lease is provided"
	errKeyNotFound   = "etcdserver: key not found"
	errDuplicateKey  = "etcdserver: duplicate key given in txn request"
	errCompacted     = "etcdserver: mvcc: required revision has been compacted"
	errFutureRev     = "etcdserver: mvcc: required revision is a future revision"
	errLeaseNotFound = "etcdserver: requested lease not found"
	errLeaseExist    = "etcdserver: lease already exists"
	errLeaseTTL      = "etcdserver: too large lease TTL"
)

// leaseTTLMax is the longest that a lease may have, in seconds.
const leaseTTLMax = 9_000_000_000

// Who is who asks, and as of which revision of users and roles that was found out.
type Who struct {
	User     string
	Revision int64
	// Service says that the service itself asks, which may do everything.
	Service bool
}

// Apply carries out a request that changes something, or may have.
func (s *Store) Apply(who Who, r *Request) (answer any) {
	if refused := s.alarmed(r); refused != "" {
		return refused
	}
	if refused := s.mayApply(who, r); refused != "" {
		return refused
	}
	switch r.Op {
	case "put":
		return s.putAlone(r)
	case "delete":
		c := s.begin()
		answer = c.remove(r)
		c.end()
		return answer
	case "txn":
		return s.txn(r)
	case "compact":
		switch {
		case r.Revision <= s.compacted:
			return errCompacted
		case r.Revision > s.revision:
			return errFutureRev
		}
		s.compacted = r.Revision
		return []any{s.revision}
	case "grant":
		return s.grant(r)
	case "revoke":
		if !s.leases[r.ID] {
			return errLeaseNotFound
		}
		return s.end(r.ID)
	case "alarm-raise", "alarm-end":
		return s.alarm(r)
	}
	return s.users.apply(s, who, r)
}

func (s *Store) grant(r *Request) any {
	switch {
	case r.TTL > leaseTTLMax:
		return errLeaseTTL
	case s.leases[r.ID]:
		return errLeaseExist
	}
	s.leases[r.ID] = true
	return []any{s.revision, r.ID, r.TTL}
}

// end ends a lease: its keys go in one revision, in their order.
func (s *Store) end(id int64) any {
	c := s.begin()
	for _, key := range s.keysOf(id, s.revision) {
		c.add(&version{key: key})
	}
	c.end()
	delete(s.leases, id)
	return []any{s.revision}
}

// putAlone is a put that is a request by itself.
func (s *Store) putAlone(r *Request) any {
	if r.Lease != 0 && !s.leases[r.Lease] {
		return errLeaseNotFound
	}
	if (r.has(flagIgnoreValue) || r.has(flagIgnoreLease)) && s.at(r.Key, s.revision) == nil {
		return errKeyNotFound
	}
	c := s.begin()
	answer := c.put(r)
	c.end()
	return answer
}

// put sets a key. The answer is [revision, what was there or nil].
func (c *change) put(r *Request) any {
	before := c.s.at(r.Key, c.now())
	v := &version{key: r.Key, value: r.Value, lease: r.Lease, create: c.began + 1, version: 1}
	var prev any
	if before != nil {
		v.create, v.version = before.create, before.version+1
		if r.has(flagIgnoreValue) {
			v.value = before.value
		}
		if r.has(flagIgnoreLease) {
			v.lease = before.lease
		}
		if r.has(flagPrev) {
			prev = before.kv()
		}
	}
	c.add(v)
	return []any{c.began + 1, prev}
}

// remove deletes a range. The answer is [revision, how many, those that were there if they are asked for].
func (c *change) remove(r *Request) any {
	found := c.s.within(r.Key, r.End, c.now())
	prev := []any{}
	for _, v := range found {
		if r.has(flagPrev) {
			prev = append(prev, v.kv())
		}
		c.add(&version{key: v.key})
	}
	return []any{c.now(), int64(len(found)), prev}
}

// Check is what is wrong with a request whatever the state is, or "".
func (r *Request) Check() string {
	switch r.Op {
	case "range", "put", "delete":
		switch {
		case r.Key == "":
			return errEmptyKey
		case r.has(flagIgnoreValue) && r.Value != "":
			return errValueProvided
		case r.has(flagIgnoreLease) && r.Lease != 0:
			return errLeaseProvided
		}
	case "txn":
		if refused := r.checkParts(); refused != "" {
			return refused
		}
		for _, branch := range [][]Request{r.Success, r.Failure} {
			if _, ok := touched(branch); !ok {
				return errDuplicateKey
			}
		}
	}
	return ""
}

func (r *Request) checkParts() string {
	for i := range r.Compare {
		if r.Compare[i].Key == "" {
			return errEmptyKey
		}
	}
	for _, branch := range [][]Request{r.Success, r.Failure} {
		for i := range branch {
			part := &branch[i]
			refused := ""
			switch part.Op {
			case "txn":
				refused = part.checkParts()
			default:
				refused = part.Check()
			}
			if refused != "" {
				return refused
			}
		}
	}
	return ""
}

// touches is what a branch puts and deletes.
type touches struct {
	puts []string
	dels [][2]string
}

// free says whether a key is neither put nor deleted.
func (t *touches) free(key string) bool {
	for _, p := range t.puts {
		if p == key {
			return false
		}
	}
	for _, d := range t.dels {
		if key >= d[0] && (d[1] == "" && key == d[0] || key < d[1]) {
			return false
		}
	}
	return true
}

// touched gathers it; ok is false if a key would be put twice, or put and deleted. A deletion of all keys from one on
// counts for none: so etcd has it.
func touched(ops []Request) (t touches, ok bool) {
	for i := range ops {
		if d := &ops[i]; d.Op == "delete" {
			t.dels = append(t.dels, [2]string{d.Key, d.End})
		}
	}
	for i := range ops {
		if ops[i].Op != "txn" {
			continue
		}
		success, fine := touched(ops[i].Success)
		failure, fineToo := touched(ops[i].Failure)
		if !fine || !fineToo {
			return t, false
		}
		for _, key := range append(append([]string{}, success.puts...), failure.puts...) {
			if !t.free(key) {
				return t, false
			}
		}
		for _, branch := range []touches{success, failure} {
			t.puts, t.dels = append(t.puts, branch.puts...), append(t.dels, branch.dels...)
		}
	}
	for i := range ops {
		if p := &ops[i]; p.Op == "put" {
			if !t.free(p.Key) {
				return t, false
			}
			t.puts = append(t.puts, p.Key)
		}
	}
	return t, true
}

// Refused says whether an answer is a refusal, and in which words.
func Refused(answer any) (text string, yes bool) {
	text, yes = answer.(string)
	return text, yes
}
