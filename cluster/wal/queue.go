package wal

import (
	"github.com/pingcap/failpoint"

	"ordeal/host"
)

// stage is a job within a task. Where a crash is worth trying there is a mark: between two stages, and where a write is
// at the disk and the sync behind it, which is of the same job, is not done.
type stage struct {
	mark  mark     // called before the job is submitted, nil for nothing
	job   host.Job // nil: nothing to submit; an empty one is an event
	begun mark     // called when the job is at the disk, nil for nothing
	then  func()   // called when the job is done, nil for nothing
}

// task is something that the disk is to do. Its stages are decided when its turn comes: only then is it known what
// the disk holds.
type task struct {
	records []record // for a task that only appends; others may not join it
	joins   bool
	stages  func() []stage
	dones   []func(error)
	room    room

	// What is called when the job at the disk is done; left are its stage, and those behind that.
	done func(error)
	left []stage
}

// room is what it takes to append one record, in one piece: most tasks do no more.
type room struct {
	records [1]record
	dones   [1]func(error)
	stages  [2]stage
	job     [2]host.Step
}

// queue carries out tasks one after another. One task is at the disk at a time, so what is called meanwhile is
// written and synced together, and nothing is written after an error.
type queue struct {
	self    any // a host.Addr, as marks want it
	disk    host.Disk
	waiting []*task
	running *task
	spare   *task // an append that is done with, for the next one
	failed  error
}

func (q *queue) add(t *task) {
	q.waiting = append(q.waiting, t)
	q.start()
}

// tail is the last task that has not begun, if records may still join it.
func (q *queue) tail() *task {
	if n := len(q.waiting); n > 0 && q.waiting[n-1].joins {
		return q.waiting[n-1]
	}
	return nil
}

// idle reports whether all that was asked for is done, and nothing has gone wrong.
func (q *queue) idle() bool { return q.running == nil && len(q.waiting) == 0 && q.failed == nil }

// start begins the next task, unless one is under way.
func (q *queue) start() {
	if q.running != nil || len(q.waiting) == 0 {
		return
	}
	q.running = q.waiting[0]
	q.waiting = behind(q.waiting)
	if q.failed != nil {
		q.disk.Submit(nil, func(error) { q.finish() })
		return
	}
	q.run(q.running.stages())
}

// beside carries out a job that has nothing to do with the tasks, but for the disk: its failure is theirs.
func (q *queue) beside(m mark, job host.Job, done func(error)) {
	if q.failed != nil {
		q.disk.Submit(nil, func(error) { done(q.failed) })
		return
	}
	q.pass(m)
	q.disk.Submit(job, func(err error) {
		q.note(err)
		done(err)
	})
}

func (q *queue) run(stages []stage) {
	for len(stages) > 0 && stages[0].job == nil {
		q.pass(stages[0].mark)
		stages = stages[1:]
	}
	if len(stages) == 0 {
		q.finish()
		return
	}
	t := q.running
	t.left = stages
	if t.done == nil {
		t.done = func(err error) { q.done(t, err) }
	}
	q.pass(stages[0].mark)
	q.disk.Submit(stages[0].job, t.done)
	q.pass(stages[0].begun)
}

// done goes on when a stage's job is done.
func (q *queue) done(t *task, err error) {
	q.note(err)
	if q.failed != nil {
		q.finish()
		return
	}
	if then := t.left[0].then; then != nil {
		then()
	}
	q.run(t.left[1:])
}

// note remembers the first failure.
func (q *queue) note(err error) {
	if err == nil || q.failed != nil {
		return
	}
	failpoint.Inject("bugSyncErrorIgnored", func(_ failpoint.Value) { err = nil })
	q.failed = err
}

// pass is a point at which a crash is worth trying.
func (q *queue) pass(m mark) {
	if m != nil && q.failed == nil {
		m(q.self)
	}
}

// finish ends the running task and begins the next. What the done functions ask for waits behind what is queued.
func (q *queue) finish() {
	done := q.running
	q.running = nil
	done.acknowledge(q.failed)
	if done.joins {
		q.spare = done
	}
	q.start()
}

// acknowledge calls the done functions, once.
func (t *task) acknowledge(err error) {
	dones := t.dones
	t.dones = nil
	for _, done := range dones {
		done(err)
	}
}

// behind is a list without its first. One that is empty then keeps its memory.
func behind(tasks []*task) []*task {
	tasks[0] = nil
	if len(tasks) == 1 {
		return tasks[:0]
	}
	return tasks[1:]
}
