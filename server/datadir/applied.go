package datadir

import (
	"fmt"

	"ordeal/cluster"
	"ordeal/cluster/wal"
)

// remembered is how many transactions are listed at most.
const remembered = 1 << 20

// History is what a server's log knows to be committed.
type History struct {
	// List are the transactions behind From, oldest first, and how each ended when the server applied it: what came
	// before a snapshot has swallowed. Newest is the zxid of the last one.
	List         []cluster.Applied
	From, Newest int64
}

// Applied reads the log of a server.
func Applied(dir string) (h History, err error) {
	disk, release, err := open(dir)
	if err != nil {
		return h, err
	}
	defer release()
	log, err := wal.Open(newOverlay(disk), wal.Options{})
	if err != nil {
		return h, err
	}
	if log.Empty() {
		return h, fmt.Errorf("%s: there is no log of a server", dir)
	}
	node, err := rehearseWith(dir, disk, log, remembered)
	if err != nil {
		return h, err
	}
	list, whole := node.AppliedSince(0)
	h = History{List: list, Newest: node.Status().Zxid}
	switch {
	case whole:
	case len(list) > 0:
		h.From = list[0].Zxid - 1
	default:
		h.From = h.Newest
	}
	return h, nil
}

// Joined is what several servers of one ensemble know together: one log goes on where another's knowledge ends. Of what
// none of them has, it has the beginning.
func Joined(logs []History) (all History) {
	for more := true; more; {
		more = false
		for _, h := range logs {
			if h.From > all.Newest || h.Newest <= all.Newest {
				continue
			}
			for _, one := range h.List {
				if one.Zxid > all.Newest {
					all.List = append(all.List, one)
				}
			}
			all.Newest, more = h.Newest, true
		}
	}
	return all
}
