// Package loop calls functions one at a time, at instants of a clock and when it is asked to.
package loop

import (
	"container/heap"
	"time"
)

// Loop calls functions one at a time on a goroutine of its own: at instants, and when it is asked to.
type Loop struct {
	// Now is its clock.
	Now    func() time.Duration
	asked  chan func()
	quit   chan struct{}
	ended  chan struct{}
	alarms alarms
	count  int
	// Late is by how much at most a function was called too late: that of a machine that has too much to do.
	Late time.Duration
}

// New begins one by a clock.
func New(now func() time.Duration) *Loop {
	l := &Loop{Now: now, asked: make(chan func()), quit: make(chan struct{}), ended: make(chan struct{})}
	go l.run()
	return l
}

// At has f called at an instant. Only what the loop calls may call it.
func (l *Loop) At(t time.Duration, f func()) {
	l.count++
	heap.Push(&l.alarms, alarm{t, l.count, f})
}

// Do calls f, and returns when it has returned; it reports false if the loop has ended.
func (l *Loop) Do(f func()) bool {
	done := make(chan struct{})
	select {
	case l.asked <- func() { f(); close(done) }:
		<-done
		return true
	case <-l.ended:
		return false
	}
}

// End ends the loop; what was to come does not come.
func (l *Loop) End() {
	close(l.quit)
	<-l.ended
}

func (l *Loop) run() {
	defer close(l.ended)
	for {
		wait := time.Hour
		if len(l.alarms) > 0 {
			wait = l.alarms[0].at - l.Now()
		}
		if wait <= 0 {
			a := heap.Pop(&l.alarms).(alarm)
			l.Late = max(l.Late, -wait)
			a.f()
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case f := <-l.asked:
			f()
		case <-timer.C:
		case <-l.quit:
			timer.Stop()
			return
		}
		timer.Stop()
	}
}

// alarm is a function that is to be called.
type alarm struct {
	at     time.Duration
	number int // in the order in which they were set
	f      func()
}

// alarms implements heap.Interface.
type alarms []alarm

func (a alarms) Len() int      { return len(a) }
func (a alarms) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a alarms) Less(i, j int) bool {
	return a[i].at < a[j].at || a[i].at == a[j].at && a[i].number < a[j].number
}
func (a *alarms) Push(x any) { *a = append(*a, x.(alarm)) }
func (a *alarms) Pop() any {
	last := len(*a) - 1
	x := (*a)[last]
	*a = (*a)[:last]
	return x
}
