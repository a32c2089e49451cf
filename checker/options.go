package checker

import "ordeal/checker/txn"

// Options are what some models can be told. The zero value is what is usual.
type Options struct {
	// Transactions is for list-append and rw-register.
	Transactions txn.Options
	// Initial is what registers hold at the start, which has no parts; of a multi-register, a map by key.
	Initial any
	// Permits is how many a semaphore has; 2 if it is 0. Times is how often an owner may take a reentrant mutex; 2 if
	// it is 0.
	Permits, Times int64
	// Total is what all accounts of a bank hold together; what the first read shows if it is nil. NegativeBalances says
	// that an account may be below zero.
	Total            *int64
	NegativeBalances bool
	// Duplicates says that a queue must not give out an element more often than it was put in; Linearizable that a set
	// must show an element at once, and not just in the end.
	Duplicates, Linearizable bool
}
