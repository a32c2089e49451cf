package txn

import "ordeal/history"

// addOrder adds the order of processes and of time, as far as it is asked for.
func (j *judge) addOrder() {
	if j.want.process {
		j.addProcesses()
	}
	if j.want.realtime {
		j.addTime()
	}
}

// addProcesses adds that a process does one transaction after the other. What it does not know the end of may take
// place later than what it does next.
func (j *judge) addProcesses() {
	last := map[int]int{} // what each process did last, from 1
	for t := range j.ops {
		op := &j.ops[t]
		if op.End == history.Fail || op.Process == history.Anonymous {
			continue
		}
		if before := last[op.Process]; before > 0 {
			j.graph.add(before-1, t, process)
		}
		if op.End == history.OK {
			last[op.Process] = t + 1
		} else {
			delete(last, op.Process)
		}
	}
}

// addTime adds that what returned before something else was called is before it; of what is anonymous, nothing is
// known. A node stands for each stretch of
// returns without a call between them, and leads to the next one's; so there are about two edges for each transaction.
func (j *judge) addTime() {
	last := 0
	for t := range j.ops {
		last = max(last, j.ops[t].Call, j.ops[t].Return)
	}
	returns := make([]int32, last+1) // the transaction that returned at an event, from 1
	for t := range j.ops {
		if op := &j.ops[t]; op.End == history.OK && op.Process != history.Anonymous {
			returns[op.Return] = int32(t) + 1
		}
	}
	now, closed, next := -1, true, 0
	for at, t := range returns {
		for ; next < len(j.ops) && j.ops[next].Call == at; next++ {
			closed = true
			if now >= 0 && j.possible(next) && j.ops[next].Process != history.Anonymous {
				j.graph.add(now, next, pass)
			}
		}
		if t == 0 {
			continue
		}
		if closed {
			node := j.graph.node()
			if now >= 0 {
				j.graph.add(now, node, pass)
			}
			now, closed = node, false
		}
		j.graph.add(int(t)-1, now, realtime)
	}
}
