// Package revisions judges histories of a store of keys with all their versions (model/mvcc), in time linear in their
// length but for sorting.
//
// It needs no search, since the service says which requests it applied, in which order, and when the first server did
// ("applied"). No client can have seen anything of a request before that instant, and one that asks behind it sees it:
// so there it takes effect. The requests are replayed on the specification in that order, and then
//
//   - every request that was applied is one that a client asked for, at most once and in time; each that was answered
//     was applied, and its answer is what the specification says. One without an answer may have been applied or not;
//   - every read shows the state of an instant between its call and its answer: the revision in its answer says which.
//     A serializable one shows any state before that, but none that is older than what its connection has shown;
//   - every watch is told of all changes of its range, in their order, each revision as a whole, from where it began to
//     where it says that it is; and is ended by nothing but its client and a compaction that has gone by;
//   - a lease ends by a revoke, or when its time since it was last renewed is over, but for the error of clocks.
package revisions
