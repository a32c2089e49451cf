package keys

import (
	"fmt"
	"slices"

	"ordeal/cluster"
	"ordeal/history"
)

// ends records the end of every lease, at the instant when the first server applied it: see those of sessions.
type ends struct {
	applied uint64 // the newest entry that any server applied
	alive   []int64
}

func (e *ends) look(n *cluster.Node, st *cluster.Status, r *history.Recorder) {
	if st.Applied <= e.applied {
		return
	}
	e.applied = st.Applied
	now := n.KeyLeases()
	for _, id := range e.alive {
		if _, there := slices.BinarySearch(now, id); !there {
			r.OK(history.Service, "end", "", fmt.Sprintf("0x%x", uint64(id)))
		}
	}
	e.alive = now
}
