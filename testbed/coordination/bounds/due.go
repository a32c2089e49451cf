package bounds

import (
	"fmt"
	"time"
)

// lookAtDue holds: the leader removes what is due to be removed, containers and znodes with a time to live. It looks
// for them once in so long, and what it proposes takes as long as any request. That nothing goes too early is the
// business of whoever judges the tree.
func (b *Bounds) lookAtDue(now time.Duration) {
	if b.leader == "" {
		return
	}
	list := b.service.Due(b.leader)
	if len(list) == 0 {
		b.due = nil
		return
	}
	due := make(map[string]time.Duration)
	for _, path := range list {
		since, known := b.due[path]
		if !known {
			since = now
		}
		due[path] = since
		since = max(since, b.led)
		if bound := b.service.ReapEvery + 2*b.service.waitMax(); now-since > bound {
			b.breaches.Add("what is due is removed", fmt.Sprintf(
				"%s is due to be removed since %v, by the time of day of %s, which leads since %v and looks for such every %v",
				path, b.due[path], b.leader, b.led, b.service.ReapEvery))
		}
	}
	b.due = due
}
