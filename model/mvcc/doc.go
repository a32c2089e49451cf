// Package mvcc is the specification of a store of keys with all their versions, as etcd's clients know it: what every
// request answers and changes, one after the other. It shares no code with the service.
//
// A Store remembers everything: so one replay of the requests that took effect, in their order, is enough to say what a
// read of any revision must have shown, and what a watch must have been told.
//
// Requests and answers are values as histories have them; docs/HISTORIES.md has their shapes. An answer that is a text
// is a refusal, in etcd's words.
package mvcc
