// Package clients is what clients of any service have in common in a trial: a script says which clients there are and
// which turns they take, and a call which operation of which turn an event of the history belongs to. Nothing here
// knows what the service is or how it is asked.
package clients
