package guest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"

	"ordeal/host"
)

// Setup is how a program is started on a machine.
type Setup struct {
	Args []string // without the program's name
	Env  []string // "NAME=value"; GOMAXPROCS is not let through, for a guest has one
	// Hosts are the machines that the guest can reach by name, besides its own.
	Hosts []host.Addr
	// Schedule is the order in which goroutines run.
	Schedule Schedule
	// Lie is what the machine's disk does not do.
	Lie Lie
	// Output takes what the program writes to its standard output, line by line.
	Output func(line string)
	// Lines are files that no disk has: what the program writes to them is taken line by line.
	Lines map[string]func(line string)
}

// machine is what an instance needs of the machine that it runs on.
type machine interface {
	Self() host.Addr
	Rand() *rand.Rand
	// wakeAt has the instance woken once, at an instant of the machine's clock; a negative instant is never.
	wakeAt(at time.Duration)
	// over is called when the program has ended by itself, with a Crash or an Exit.
	over(outcome error)
}

// instance is a program that runs on a machine, in one life: a coroutine that goes on when what it waits for may have
// come. It waits in the function poll_oneoff and nowhere else, but for a sync that blocks all.
type instance struct {
	machine
	name   host.Addr // the machine's
	setup  Setup
	kernel host.Kernel
	chance *rand.Rand // the machine's, for what the host decides
	module api.Module

	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool

	files    []*descriptor
	stdin    *input
	output   [3]lines
	polls    int // that asked for nothing to wait for, in a row
	running  bool
	waitable func() bool // whether what it waits for has come

	dying bool // its machine is down: it ends where it waits
	cause any  // what the machine's software panicked with, within a call of the guest's
	ended bool
	code  uint32
	fault error
}

// instances of one process never run side by side, but the engine hands each call's context over anyway.
type instanceKey struct{}

// start makes an instance. It runs up to where it first waits when it is woken.
func (p *Program) start(m machine, k host.Kernel, s Setup) *instance {
	in := &instance{machine: m, name: m.Self(), setup: s, kernel: k, chance: m.Rand()}
	in.stdin = &input{}
	in.open()
	in.next, in.stop = iter.Pull(func(yield func(struct{}) bool) {
		in.yield = yield
		in.run(p)
	})
	return in
}

// run is the coroutine.
func (in *instance) run(p *Program) {
	ctx := withLinear(context.WithValue(context.Background(), instanceKey{}, in))
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions()
	module, err := p.runtime.InstantiateModule(ctx, p.compiled, config)
	if err != nil {
		in.fault = err
		return
	}
	in.module = module
	defer module.Close(ctx)
	_, err = module.ExportedFunction("_start").Call(ctx)
	var exit *sys.ExitError
	if errors.As(err, &exit) {
		in.code = exit.ExitCode()
	} else if err != nil {
		in.fault = err
	}
}

// wake lets the instance go on until it waits again. It panics with what the machine's software did within.
func (in *instance) wake() {
	if in.ended || in.running || in.waitable != nil && !in.waitable() {
		return
	}
	in.waitable, in.running = nil, true
	busy.Store(in)
	_, more := in.next()
	busy.Store(nil)
	in.running = false
	if in.cause != nil {
		cause := in.cause
		in.close()
		panic(cause)
	}
	if !more {
		in.end()
	}
}

// end is when the program has come to its end by itself.
func (in *instance) end() {
	in.ended = true
	in.closeFiles()
	for i := range in.output {
		in.output[i].flush()
	}
	in.over(in.outcome())
}

// close ends the instance where it waits.
func (in *instance) close() {
	if in.ended {
		return
	}
	in.ended, in.dying = true, true
	in.stop()
	in.closeFiles()
}

// park waits until holds may hold. It looks at nothing before it is woken.
func (in *instance) park(holds func() bool) {
	in.waitable = holds
	if !in.yield(struct{}{}) {
		in.dying = true
		panic(sys.NewExitError(exitKilled))
	}
}

// exitKilled is the code of a program whose machine is down. No one sees it.
const exitKilled = 255

// Crash is a program that has ended by a panic or a fatal error: a failure of what is on trial.
type Crash struct {
	Message string
	// Trace is what the program wrote to its standard error at its end.
	Trace string
}

// Error is the message.
func (c Crash) Error() string { return c.Message }

// Stack are the calls of the goroutine that the trace begins with, as Go's runtime writes them.
func (c Crash) Stack() string {
	_, stack, found := strings.Cut(c.Trace, "]:\n")
	if !found {
		return c.Trace
	}
	stack, _, _ = strings.Cut(stack, "\n\n")
	return stack
}

// Exit is a program that has ended by itself with a code.
type Exit struct {
	Code uint32
	// Last is the last line that it wrote to its standard error.
	Last string
}

// Error says the code and the line.
func (e Exit) Error() string {
	if e.Last == "" {
		return fmt.Sprintf("the program has ended with code %d", e.Code)
	}
	return fmt.Sprintf("the program has ended with code %d: %s", e.Code, e.Last)
}

// codePanic is the code with which Go's runtime ends a program that panicked.
const codePanic = 2

// outcome is what an instance that has ended by itself comes to.
func (in *instance) outcome() error {
	trace := in.output[2].last
	if in.fault != nil {
		return Crash{Message: in.fault.Error(), Trace: strings.Join(trace, "\n")}
	}
	if in.code == codePanic {
		for i, line := range trace {
			if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
				return Crash{Message: line, Trace: strings.Join(trace[i:], "\n")}
			}
		}
	}
	e := Exit{Code: in.code}
	if len(trace) > 0 {
		e.Last = trace[len(trace)-1]
	}
	return e
}
