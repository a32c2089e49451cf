// Package clients is what the clients of any service have in common in a trial: they take turns, record what they did
// and what they saw, and can follow a script. It knows no service. What a client does in a turn is a Behaviour, which
// is written once for a service; Asker is what one needs whose protocol has a frame for each request and a frame for
// each answer.
//
// A trial makes one Group and calls its methods in processes of their own: Run for each client, Again for a client
// whose machine crashed and is back, and after the faults Probe and Drain. What the clients do depends on Config.Draws
// and on the service alone. Each turn draws from a stream of its own, so that leaving one out changes nothing in the
// others but what they find.
//
// In the history that a Group records, no process goes on after an info: the client goes on under a new number.
//
// A Group is shared by its clients without locks: they must run one at a time, as in the simulator.
package clients
