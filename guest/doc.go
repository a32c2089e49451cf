// Package guest runs ordinary Go programs on simulated machines: programs with goroutines, select, package net, package
// os, TLS and chance of their own, as they are. A program is compiled for wasip1 by package build and is run by wazero;
// all that it asks of its system is answered by the machine's host.Kernel, in virtual time and as the seed decides.
//
// The same seed gives the same run, to the last byte that is sent: the order of goroutines, of maps, of select, of
// timers, and what the collector does are part of it. What differs from a real machine, and what is not there, is in
// docs/GUESTS.md.
package guest
