package tree

import (
	"crypto/subtle"
	"slices"
	"strings"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/wire"
)

// Owner is the connection that a session is attached to.
type Owner struct{ Server, Incarnation, Conn uint64 }

// Session is the service's memory of a client. Passwd is not to be written into.
type Session struct {
	ID        int64
	TimeoutMs int32
	Passwd    []byte
	Owner     Owner
}

type session struct {
	Session
	// ephemerals is nil until there is one.
	ephemerals *nodeSet
	hash       uint64
}

// Session returns a live session.
func (t *Tree) Session(id int64) (Session, bool) {
	if s := t.session(id); s != nil {
		return s.Session, true
	}
	return Session{}, false
}

// Sessions lists the live sessions by id.
func (t *Tree) Sessions() []Session {
	return slices.AppendSeq(make([]Session, 0, t.sessions.Len()), t.EachSession)
}

// EachSession visits the live sessions by id, until f says no. The tree must not change meanwhile.
func (t *Tree) EachSession(f func(Session) bool) {
	t.sessions.Ascend(func(s *session) bool { return f(s.Session) })
}

// Ephemerals lists the paths of a session's ephemeral znodes, sorted.
func (t *Tree) Ephemerals(id int64) []string {
	var paths []string
	if s := t.session(id); s != nil {
		for _, n := range ascending(s.ephemerals) {
			paths = append(paths, n.path)
		}
	}
	return paths
}

// EphemeralsWith lists those of a session's ephemeral znodes whose paths begin with prefix, sorted: the answer to a
// getEphemerals. As in ZooKeeper, a prefix of blanks, or "/" among blanks, is for all.
func (t *Tree) EphemeralsWith(id int64, prefix string) []string {
	paths := t.Ephemerals(id)
	if trimmed := strings.TrimSpace(prefix); trimmed == "" || trimmed == rootPath {
		return paths
	}
	return slices.DeleteFunc(paths, func(path string) bool { return !strings.HasPrefix(path, prefix) })
}

// session finds a live session; nil for none, and for id 0, which no session has.
func (t *Tree) session(id int64) *session {
	if id == 0 {
		return nil
	}
	t.sought.ID = id
	s, _ := t.sessions.Get(&t.sought)
	return s
}

func (t *Tree) createSession(r CreateSession, owner Owner) Result {
	if !isSession(r.ID) || t.session(r.ID) != nil {
		return Result{Err: wire.BadArguments}
	}
	s := &session{Session: Session{ID: r.ID, TimeoutMs: r.TimeoutMs, Passwd: r.Passwd, Owner: owner}}
	t.addSession(s)
	now := s.Session
	return Result{Session: &now}
}

func (t *Tree) addSession(s *session) {
	t.sessions.ReplaceOrInsert(s)
	t.rehashSession(s)
}

func (t *Tree) attachSession(r AttachSession, owner Owner) Result {
	t.bendAttach(r)
	s := t.session(r.ID)
	if s == nil || subtle.ConstantTimeCompare(s.Passwd, r.Passwd) != 1 && !bendPassword() {
		return Result{Err: wire.SessionExpired}
	}
	if s.Owner = owner; r.TimeoutMs > 0 {
		s.TimeoutMs = r.TimeoutMs
	}
	t.rehashSession(s)
	now := s.Session
	return Result{Session: &now}
}

// endSession removes a session and, in the same transaction, its ephemeral znodes in the order of their paths.
func (t *Tree) endSession(s *session, u *update) Result {
	for _, n := range ascending(s.ephemerals) {
		u.remove(n)
	}
	t.sessions.Delete(s)
	t.sum -= s.hash
	t.sessionsEnded++
	failpoint.Inject("bugSessionEndSilent", func(_ failpoint.Value) { u.events, u.readers = nil, nil })
	return Result{Events: u.events, readers: u.readers, Session: &s.Session}
}

// rehashSession brings the tree's sum up to date after s has changed. Its ephemerals are in the hash as znodes.
func (t *Tree) rehashSession(s *session) {
	h := mix(seedSession, uint64(s.ID))
	h = mix(h, uint64(uint32(s.TimeoutMs)))
	h = mix(h, hashBytes(s.Passwd))
	h = mix(h, s.Owner.Server)
	h = mix(h, s.Owner.Incarnation)
	h = mix(h, s.Owner.Conn)
	t.sum += h - s.hash
	s.hash = h
}
