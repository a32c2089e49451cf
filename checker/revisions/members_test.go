package revisions

import (
	"fmt"
	"testing"
)

// who is a server in the ensemble, and shown is one as clients are told of it.
func who(id int64, observes bool) []any { return []any{id, observes, place(id)} }
func shown(id int64, learner bool) []any {
	return []any{id, learner, []any{place(id)}}
}
func place(id int64) string { return fmt.Sprintf("http://n%d:2888", id) }

func all(of func(int64, bool) []any, learner int64, ids ...int64) []any {
	list := []any{}
	for _, id := range ids {
		list = append(list, of(id, id == learner))
	}
	return list
}

func add(id int64, learner bool) []any { return []any{[]any{place(id)}, learner} }

func ask(s *scene, list []any) { s.call(false, "members", []any{true}, []any{int64(0), list}) }

// changes is a request that comes about: behind it the ensemble is another one.
func changes(s *scene, f string, args, ensemble []any, answer ...any) {
	s.rec.Invoke(0, f, "", append([]any{int64(1), ""}, args...))
	s.index++
	s.service("applied", append([]any{s.index, "", int64(0), false, f}, args...)...)
	s.service("ensemble", ensemble...)
	s.rec.OK(0, f, "", append([]any{int64(0)}, answer...))
}

func founded(s *scene) { s.service("ensemble", all(who, 0, 1, 2, 3)...) }

// grown is an ensemble with a learner, 4.
func grown(s *scene) {
	founded(s)
	changes(s, "member-add", add(4, true), all(who, 4, 1, 2, 3, 4), int64(4), all(shown, 4, 1, 2, 3, 4))
}

var ensembles = map[string]told{
	"the members of before": {func(s *scene) {
		grown(s)
		ask(s, all(shown, 0, 1, 2, 3))
	}, "the members are said to be"},
	"the members of before, by whoever does not mind": {func(s *scene) {
		grown(s)
		s.call(false, "members", []any{false}, []any{int64(0), all(shown, 0, 1, 2, 3)})
		ask(s, all(shown, 4, 1, 2, 3, 4))
	}, ""},
	"a learner is said to vote": {func(s *scene) {
		grown(s)
		ask(s, all(shown, 0, 1, 2, 3, 4))
	}, "the members are said to be"},
	"one that is to vote is said to": {func(s *scene) {
		founded(s)
		changes(s, "member-add", add(4, false), all(who, 4, 1, 2, 3, 4), int64(4), all(shown, 0, 1, 2, 3, 4))
		ask(s, all(shown, 0, 1, 2, 3, 4))
	}, ""},
	"one that is to vote is said to learn": {func(s *scene) {
		founded(s)
		changes(s, "member-add", add(4, false), all(who, 4, 1, 2, 3, 4), int64(4), all(shown, 4, 1, 2, 3, 4))
	}, "did not come about then"},
	"another place than it has": {func(s *scene) {
		founded(s)
		ask(s, []any{shown(1, false), shown(2, false), []any{int64(3), false, []any{"http://h3:2888"}}})
	}, "the members are said to be"},
	"a life of a server": {func(s *scene) {
		grown(s)
		s.call(true, "member-promote", []any{int64(4)}, textBehind)
		s.call(true, "member-add", add(5, true), textLearners)
		changes(s, "member-promote", []any{int64(4)}, all(who, 0, 1, 2, 3, 4), all(shown, 0, 1, 2, 3, 4))
		s.call(true, "member-promote", []any{int64(4)}, textVotes)
		changes(s, "member-remove", []any{int64(4)}, all(who, 0, 1, 2, 3), all(shown, 0, 1, 2, 3))
		s.call(true, "member-remove", []any{int64(4)}, textNoMember)
		s.call(true, "member-add", add(3, true), textURLTaken)
		s.call(false, "member-add", []any{[]any{"n5"}, true}, textBadURLs)
		changes(s, "member-add", add(5, true), all(who, 5, 1, 2, 3, 5), int64(5), all(shown, 5, 1, 2, 3, 5))
	}, ""},
	"a number is given out again": {func(s *scene) {
		grown(s)
		changes(s, "member-remove", []any{int64(4)}, all(who, 0, 1, 2, 3), all(shown, 0, 1, 2, 3))
		changes(s, "member-add", add(4, true), all(who, 4, 1, 2, 3, 4), int64(4), all(shown, 4, 1, 2, 3, 4))
	}, "did not come about then, or could not"},
	"a second learner": {func(s *scene) {
		grown(s)
		changes(s, "member-add", add(5, true), []any{who(1, false), who(2, false), who(3, false), who(4, true), who(5, true)},
			int64(5), []any{shown(1, false), shown(2, false), shown(3, false), shown(4, true), shown(5, true)})
	}, "did not come about then, or could not"},
	"who votes is promoted": {func(s *scene) {
		founded(s)
		changes(s, "member-update", []any{int64(3), []any{place(3)}}, all(who, 0, 1, 2, 3), all(shown, 0, 1, 2, 3))
		changes(s, "member-promote", []any{int64(3)}, all(who, 0, 1, 2, 3), all(shown, 0, 1, 2, 3))
	}, "did not come about then, or could not"},
	"a place that another has": {func(s *scene) {
		founded(s)
		now := []any{who(1, false), who(2, false), []any{int64(3), false, place(2)}}
		changes(s, "member-update", []any{int64(3), []any{place(2)}}, now,
			[]any{shown(1, false), shown(2, false), []any{int64(3), false, []any{place(2)}}})
	}, "did not come about then, or could not"},
	"who was not asked for": {func(s *scene) {
		founded(s)
		s.service("ensemble", all(who, 4, 1, 2, 3, 4)...)
	}, "no one has asked for that"},
	"who was not asked to go": {func(s *scene) {
		grown(s)
		s.service("ensemble", all(who, 4, 1, 2, 4)...)
	}, "no one has asked for that"},
	"a vote that was not asked for": {func(s *scene) {
		grown(s)
		s.service("ensemble", all(who, 0, 1, 2, 3, 4)...)
	}, "no one has asked for that"},
	"two changes at once": {func(s *scene) {
		founded(s)
		s.call(true, "member-remove", []any{int64(9)}, textNoMember)
		s.rec.Invoke(1, "member-remove", "", []any{int64(2), "", int64(2)})
		s.rec.Invoke(2, "member-remove", "", []any{int64(3), "", int64(3)})
		s.service("applied", int64(8), "", int64(0), false, "member-remove", int64(2))
		s.service("applied", int64(9), "", int64(0), false, "member-remove", int64(3))
		s.service("ensemble", all(who, 0, 1)...)
	}, "no one has asked for that"},
	"a change that no client asked for": {func(s *scene) {
		founded(s)
		s.index++
		s.service("applied", s.index, "", int64(0), false, "member-remove", int64(3))
	}, "no client asked for it"},
	"an answer without a change": {func(s *scene) {
		grown(s)
		s.call(false, "member-remove", []any{int64(4)}, []any{int64(0), all(shown, 0, 1, 2, 3)})
	}, "was not applied between"},
	"one of them is not found": {func(s *scene) {
		founded(s)
		s.call(true, "member-remove", []any{int64(3)}, textNoMember)
	}, "is refused"},
	"a place is free": {func(s *scene) {
		founded(s)
		s.call(true, "member-add", add(7, true), textURLTaken)
	}, "is refused"},
	"there is no learner": {func(s *scene) {
		founded(s)
		s.call(true, "member-add", add(7, true), textLearners)
	}, "is refused"},
	"a learner can't be promoted": {func(s *scene) {
		grown(s)
		s.call(true, "member-promote", []any{int64(4)}, textVotes)
	}, "is refused"},
	"a voter is behind": {func(s *scene) {
		grown(s)
		s.call(true, "member-promote", []any{int64(3)}, textBehind)
	}, "is refused"},
	"nothing else is under way": {func(s *scene) {
		grown(s)
		s.call(true, "member-promote", []any{int64(4)}, textOneAtATime)
	}, "is refused"},
	"something else is under way": {func(s *scene) {
		founded(s)
		s.rec.Invoke(1, "member-remove", "", []any{int64(2), "", int64(2)})
		s.service("applied", int64(8), "", int64(0), false, "member-remove", int64(2))
		s.call(true, "member-remove", []any{int64(3)}, textOneAtATime)
		s.service("ensemble", all(who, 0, 1, 3)...)
		s.rec.OK(1, "member-remove", "", []any{int64(0), all(shown, 0, 1, 3)})
	}, ""},
	"words that etcd does not have": {func(s *scene) {
		founded(s)
		s.call(true, "member-remove", []any{int64(3)}, "etcdserver: no")
	}, "is refused"},
}

func TestEnsembles(t *testing.T) { judgeAll(t, ensembles) }
