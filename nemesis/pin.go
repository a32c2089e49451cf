package nemesis

import (
	"fmt"
	"strconv"

	"ordeal/host"
)

// Some faults are pinned to one thing that happens in a world, by its number among its like. They are for those who
// know these numbers from a run before: they are never drawn. Since everything before that thing is the same in both
// runs, they hit what was meant.

// pinned holds for the faults that wait for the n-th of something.
func pinned(k Kind) bool {
	switch k {
	case CrashAtMark, CrashAtMessage, CrashInJob, BreakAtFrame, DoubleMessage, LateFrame, LateMessage, LoseMessage:
		return true
	}
	return false
}

// Pinned says whether the fault waits for the n-th of something, rather than for its time.
func (f Fault) Pinned() bool { return pinned(f.Kind) }

// numberMax is the largest number that a fault can be pinned to.
const numberMax = 1_000_000_000

// pin has the i-th step wait for what it is pinned to.
func (r *Runner) pin(i int) {
	f := r.plan[i].Fault
	if err := r.plan[i].Check(); err != nil {
		r.emit(r.event(i, Skipped, err.Error()))
		return
	}
	if f.Kind == CrashAtMark && !r.world.Failpoints() {
		r.emit(r.event(i, Skipped, "built without failpoints"))
		return
	}
	r.waiting[i] = r.world.Pin(f, func(what string) {
		r.waiting[i] = nil
		r.sprang(i, what)
	})
}

// sprang notes that the i-th step has come to what it is pinned to, and the world has done what it says.
func (r *Runner) sprang(i int, what string) {
	e := &effect{step: i, fault: r.plan[i].Fault, event: r.event(i, Fired, what)}
	if a := host.Addr(e.fault.Target); a != "" {
		e.machines = []host.Addr{a}
		e.event.Machines = e.machines
		r.set.machine(a).owed = true
	}
	r.emit(e.event)
	r.active = append(r.active, e)
	r.settle(e)
}

// missed says why a step did nothing.
func (f Fault) missed() string {
	switch f.Kind {
	case CrashInJob:
		return fmt.Sprintf("the disk of %s never came to its job %d", f.Target, f.N)
	case CrashAtMark:
		return fmt.Sprintf("%s never came to %s for the %s time", f.Target, f.Mark, ordinal(f.N))
	case CrashAtMessage:
		return fmt.Sprintf("%s never sent a message %d", f.Target, f.N)
	case BreakAtFrame, LateFrame:
		return fmt.Sprintf("there never was a frame %d", f.N)
	case DoubleMessage, LateMessage, LoseMessage:
		return fmt.Sprintf("there never was a message %d", f.N)
	}
	if f.Target.isDeeds() {
		return "what it waits for did not come about"
	}
	_, role, _ := f.Target.awaits()
	return "there was no moment meanwhile for " + role
}

// ordinal is 1st, 2nd, 3rd, 4th.
func ordinal(n int) string {
	if n/10%10 != 1 {
		switch n % 10 {
		case 1:
			return fmt.Sprintf("%dst", n)
		case 2:
			return fmt.Sprintf("%dnd", n)
		case 3:
			return fmt.Sprintf("%drd", n)
		}
	}
	return fmt.Sprintf("%dth", n)
}

func parseNumber(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > numberMax || strconv.Itoa(n) != text {
		return 0, fmt.Errorf("%q is no number from 1 to %d", text, numberMax)
	}
	return n, nil
}

func parseMachine(text string) (Target, error) {
	if text == "" || !isMachine(text) {
		return "", fmt.Errorf("%q is no machine such as n2: a number belongs to one machine, which has to be named", text)
	}
	return Target(text), nil
}
