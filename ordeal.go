// Package ordeal puts a coordination service on trial.
//
// A Trial is one line of text that decides everything: Run plays it in a simulated world and judges what the clients
// saw. A Campaign plays many of them in worker processes. The same line, by the same binary, gives the same Result, byte
// for byte.
//
// The package binds the parts together and has no opinion of its own: what happens is in sim and cluster, what breaks
// in nemesis, what clients do in workloads, what is right in model and checker.
package ordeal
