// Package bench measures a service in virtual time: a load of a shape, over a network of a shape, at a rate or as fast
// as its clients can. The same setup gives the same figures on every machine, so what differs from one build to the
// next is the build: the gate compares two of them over many seeds, and knows by how much seeds differ anyway.
//
// What things cost is what the simulator charges for them: see docs/BENCH.md. How fast the simulator itself is, is
// another matter: cmd/bench measures that.
package bench
