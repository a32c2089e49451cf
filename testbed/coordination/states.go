package coordination

import (
	"ordeal/cluster"
	"ordeal/host"
	"ordeal/testbed/monitor"
)

// tailMin is how many entries that are not applied count as a tail: a few are there all the time.
const tailMin = 10

// stateOf is a server's part in the state of the protocol: its role, whether it has entries that it has not applied,
// and what it is in the midst of.
func stateOf(program host.Program) monitor.State {
	st := program.(*cluster.Node).Status()
	code := uint16(1)
	switch {
	case st.Leading:
		code = 2
	case st.Observing:
		code = 3
	}
	if st.LastIndex > st.Applied+tailMin {
		code |= 1 << 2
	}
	return monitor.State{
		Code: code | uint16(st.Doing)<<3, Epoch: st.Term, Progress: st.LastIndex, Deeds: uint64(st.Deeds),
	}
}
