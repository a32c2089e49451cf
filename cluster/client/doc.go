// Package client is the client's side of the coordination service: sessions, reconnects and watches.
//
// A Client belongs to one host.Process and is written for straight-line code: a call waits until its answer is there.
// Inside it is driven by events (frames, timers), which the process runs while it waits, so there are no locks.
//
// What a Client promises:
//
//  1. Requests reach the cluster in the order in which they were made, each at most once: nothing is sent twice.
//  2. An error says what is known of a request. ErrConnectionLoss: it was sent, and it is not known whether it took
//     effect. Every other error of this package, and every answer of a server for which MaybeApplied is false: it had
//     no effect.
//  3. A session outlives its connections. Only the cluster says that it is over (ErrSessionExpired), and that is
//     final; Overdue is the client's own guess, and no more than a hint.
//  4. A watch fires at most once, before anything is answered that shows the state behind its event. It survives
//     reconnects, and ends with the session.
package client
