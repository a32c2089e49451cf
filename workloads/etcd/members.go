package etcd

import (
	"fmt"

	"ordeal/cluster/etcdwire"
	"ordeal/history"
	"ordeal/workloads/clients"
)

// Clients ask who the members are. Where these change at all, they also ask for changes: for such as can't be, and that
// a member is found elsewhere. Who comes and who goes is up to operators (operator.go).

const methodMembers = "/etcdserverpb.Cluster/MemberList"

// founders is how many members there are whose places clients change: those of which trials begin with no fewer.
const founders = 3

// noMember is a number that no member has.
const noMember = 250

// membersOf asks who the members are.
func membersOf(linearizable bool) drawn {
	return named("members", []any{linearizable}, methodMembers, &etcdwire.MemberListRequest{Linearizable: linearizable},
		true)
}

func memberAdd(learner bool, urls ...string) drawn {
	return named("member-add", []any{history.Texts(urls), learner}, etcdwire.MethodMemberAdd,
		&etcdwire.MemberAddRequest{PeerURLs: urls, IsLearner: learner}, false)
}

func memberRemove(id uint64) drawn {
	return named("member-remove", []any{int64(id)}, etcdwire.MethodMemberRemove, &etcdwire.MemberRequest{ID: id}, false)
}

func memberPromote(id uint64) drawn {
	return named("member-promote", []any{int64(id)}, etcdwire.MethodMemberPromote, &etcdwire.MemberRequest{ID: id}, false)
}

func memberUpdate(id uint64, urls ...string) drawn {
	return named("member-update", []any{int64(id), history.Texts(urls)}, etcdwire.MethodMemberUpdate,
		&etcdwire.MemberRequest{ID: id, PeerURLs: urls}, false)
}

// memberChangeValue is a change as the log has it.
func memberChangeValue(r *etcdwire.MemberChange) (f string, args []any, ok bool) {
	id := int64(r.ID)
	switch r.Action {
	case etcdwire.MemberAdd:
		return "member-add", []any{history.Texts(r.PeerURLs), r.IsLearner}, true
	case etcdwire.MemberRemove:
		return "member-remove", []any{id}, true
	case etcdwire.MemberPromote:
		return "member-promote", []any{id}, true
	}
	return "member-update", []any{id, history.Texts(r.PeerURLs)}, true
}

// membersValue are members as histories have them: number, whether it is a learner, and where the others find it.
func membersValue(list []etcdwire.Member) []any {
	out := []any{}
	for _, m := range list {
		out = append(out, []any{int64(m.ID), m.IsLearner, history.Texts(m.PeerURLs)})
	}
	return out
}

// drawMembers asks who the members are, or for a change.
func (w *worker) drawMembers() drawn {
	if !w.e.cfg.Changes || w.c.Role() != clients.Running || w.c.Chance(85) {
		return membersOf(w.c.Chance(70))
	}
	rng := w.c.Rand()
	switch n := rng.IntN(100); {
	case n < 10:
		return memberAdd(true, "h1:2888")
	case n < 20:
		return memberRemove(noMember)
	case n < 30:
		return memberPromote(noMember)
	case n < 36:
		return memberUpdate(noMember, "http://h1:2888")
	case n < 42:
		return memberUpdate(uint64(1+rng.IntN(founders)), "n1:2888/x")
	case n < 55: // that of another, unless that has moved or gone
		return memberUpdate(uint64(1+rng.IntN(founders)), PeerURL(uint64(1+rng.IntN(founders))))
	}
	return memberUpdate(uint64(1+rng.IntN(founders)), fmt.Sprintf("http://h%d:2888", w.c.NewValue()))
}

// PeerURL is where the others find a server, as long as nothing else was said.
func PeerURL(id uint64) string { return fmt.Sprintf("http://n%d:2888", id) }
