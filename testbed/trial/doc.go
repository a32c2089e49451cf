// Package trial is what a trial is, and what a service has to say of itself so that it can be put on one.
//
// A Trial is one run and everything that it depends on besides the binary; it is written as one line. A Service says
// which words its lines may have, and makes an Instance of itself for each trial: the programs on the servers, the
// clients, and whatever it knows of itself that monitors, faults and reports can use. Only the programs and the clients
// have to be there.
//
// Nothing here plays a trial: package play does.
package trial
