// Package sim is the world that one seed decides: machines, network, clocks and disks in virtual time. It is a
// host.Host for event-driven programs and a host.Process for straight-line ones; it knows nothing of what they do.
//
// What it promises:
//
//   - The same seed, configuration and calls give the same events in the same order, and the same TraceHash, on every
//     machine. The world is one goroutine deep (a process is a coroutine), and uses integers only.
//   - Chance is drawn from one stream per name ("net/n1>n2", "disk/n3", "client/c7/1"). A message draws the same
//     number of values whatever faults are on, so a fault that is taken away shifts no other draw.
//   - Time costs something. A machine does one thing at a time: handling an input costs CPU time, during which other
//     inputs wait, and what the handling sends leaves at its end. Bytes cost bandwidth, a sync costs disk time.
//   - Machines share no memory: what one sends it gives away, and Poison overwrites that.
//   - Handling an input is atomic: a crash falls between inputs, or where the program itself panics with CrashNow.
//   - Every queue has a bound. A datagram beyond it is dropped and counted, a connection beyond it breaks.
//
// A World is not safe for use by several goroutines.
package sim
