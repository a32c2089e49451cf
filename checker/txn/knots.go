package txn

// knots are the strongly connected components of a graph: in each, every node is before every other one. They are found
// as by Tarjan, without recursion, since a history may be one long chain.
type knots struct {
	follow func(n, i uint32) (to uint32, ok, over bool)
	number []uint32 // of a node, in the order in which they are come to, from 1; 0 for those that are not
	low    []uint32
	stack  []uint32
	call   []frame
	count  uint32
}

type frame struct{ node, next uint32 }

// done is the number of a node whose knot is complete.
const done = ^uint32(0)

// findKnots calls f with the nodes of each knot of several nodes. Nodes are those from 0 to nodes, edges those that
// follow tells: over says that there are no more from the node, ok that this one is to be followed. The slice is only
// good until f returns.
func findKnots(nodes int, follow func(n, i uint32) (to uint32, ok, over bool), f func(knot []uint32)) {
	k := knots{follow: follow, number: make([]uint32, nodes), low: make([]uint32, nodes)}
	for n := range uint32(nodes) {
		if k.number[n] == 0 {
			k.visit(n, f)
		}
	}
}

func (k *knots) enter(n uint32) {
	k.count++
	k.number[n], k.low[n] = k.count, k.count
	k.stack = append(k.stack, n)
	k.call = append(k.call, frame{n, 0})
}

func (k *knots) visit(root uint32, f func([]uint32)) {
	k.enter(root)
	for len(k.call) > 0 {
		top := &k.call[len(k.call)-1]
		to, ok, over := k.follow(top.node, top.next)
		top.next++
		switch {
		case over:
			k.leave(f)
		case !ok:
		case k.number[to] == 0:
			k.enter(to)
		case k.number[to] != done:
			k.low[top.node] = min(k.low[top.node], k.number[to])
		}
	}
}

func (k *knots) leave(f func([]uint32)) {
	n := k.call[len(k.call)-1].node
	k.call = k.call[:len(k.call)-1]
	if len(k.call) > 0 {
		up := k.call[len(k.call)-1].node
		k.low[up] = min(k.low[up], k.low[n])
	}
	if k.low[n] != k.number[n] {
		return
	}
	at := len(k.stack) - 1
	for k.stack[at] != n {
		k.number[k.stack[at]] = done
		at--
	}
	k.number[n] = done
	if knot := k.stack[at:]; len(knot) > 1 {
		f(knot)
	}
	k.stack = k.stack[:at]
}
