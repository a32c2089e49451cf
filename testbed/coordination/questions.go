package coordination

import (
	"fmt"

	"ordeal/cluster"
)

// asker is a server that asks how far reads must see that want the present.
type asker struct {
	node        *cluster.Node
	asked, told uint64
	// least is what the answers to questions must show, by their numbers: those that have none yet.
	least map[uint64]uint64
}

// questions holds a server, behind an event, to how far such reads see: at least what any server had applied before the
// event in which the question was put, for that may have been answered. It shows at the answer that is wrong, whatever
// the read finds, and whoever reads.
func (w *watcher) questions(p *watched) {
	a := &p.asker
	asked, told, sees := p.node.Questions()
	if a.node != p.node {
		*a = asker{node: p.node, least: make(map[uint64]uint64)}
	}
	for ; a.asked < asked; a.asked++ {
		a.least[a.asked+1] = w.newest
	}
	if a.told == told {
		return
	}
	a.told = told
	if least := a.least[told]; sees < least {
		w.stage.Breaches.Add("a read that wants the present sees it", fmt.Sprintf(
			"question %d of %s was answered with entry %d, and entry %d had been applied when it was put", told, p.server, sees,
			least))
	}
	delete(a.least, told)
}
