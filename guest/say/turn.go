package say

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"time"
)

// Kind is what a turn is for.
type Kind string

// The kinds.
const (
	// Run is a turn of a client while the trial lasts.
	Run Kind = "run"
	// Probe is to do the least that shows that the service can be used.
	Probe Kind = "probe"
	// Drain is to look for the last time at the I-th of Of shares of all that there is.
	Drain Kind = "drain"
)

// Turn is what a client is to do in one go. What that is must depend on the turn alone, and on what the service
// answers.
type Turn struct {
	Kind   Kind   `json:"kind"`
	Client int    `json:"client"` // counted from 1
	N      int    `json:"n"`      // of the client, counted from 1
	Draw   uint64 `json:"draw"`   // what the turn's chance begins with
	Base   int64  `json:"base"`   // another one for each turn of any client
	I      int    `json:"i"`
	Of     int    `json:"of"`
	// Patience is how long an operation may take; negative is for ever.
	Patience time.Duration `json:"patience"`
	// Take, unless it is nil, are the operations of the turn that are to be carried out, counted from 1.
	Take []int `json:"take"`

	state *turnState
}

type turnState struct {
	sync.Mutex
	asked, values int
	rng           *rand.Rand
}

// Outcome is what a client knows of the effect of an operation.
type Outcome string

// The outcomes.
const (
	OK      Outcome = "done"    // it took effect, and its result is known
	None    Outcome = "none"    // it certainly had no effect, and never will have
	Unknown Outcome = "unknown" // it may have had one, or may have yet
)

// Turns are the client's turns as they come. When the loop's body is over, so is the turn; a Probe that has called Fail
// has not worked, and there will be another.
func Turns() iter.Seq[*Turn] {
	return func(yield func(*Turn) bool) {
		in := bufio.NewReader(os.Stdin)
		for {
			line, err := in.ReadBytes('\n')
			if errors.Is(err, io.EOF) {
				return
			}
			t := &Turn{state: &turnState{}}
			if err == nil {
				err = json.Unmarshal(line, t)
			}
			if err != nil {
				panic("say: a turn that can't be read: " + err.Error())
			}
			t.state.rng = rand.New(rand.NewPCG(t.Draw, uint64(t.N)))
			failed = false
			if !yield(t) {
				return
			}
			write(Line{Done: &Done{OK: !failed}})
		}
	}
}

var failed bool

// Fail says that the probe has not worked.
func (t *Turn) Fail() { failed = true }

// Rand is the turn's own chance.
func (t *Turn) Rand() *rand.Rand { return t.state.rng }

// valuesMax is how many values a turn may have.
const valuesMax = 100

// Value returns a number that no other client of the trial, no other turn and no other call returns.
func (t *Turn) Value() int64 {
	t.state.Lock()
	defer t.state.Unlock()
	t.state.values++
	if t.state.values == valuesMax+1 {
		panic("say: a turn that wants more than 100 values")
	}
	return t.Base*valuesMax + int64(t.state.values) - 1
}

var ids struct {
	sync.Mutex
	last int
}

// Do carries out an operation and tells of it, unless the turn leaves it out: then it does not call op, and returns
// None. op asks the service; it returns a result if the outcome is OK, and else an error. Several operations may be
// under way at once, each in a goroutine of its own.
//
// argument and result are nil, numbers, strings, booleans, and lists of them.
func (t *Turn) Do(key, f string, argument any, op func() (result any, outcome Outcome, err error)) (any, Outcome) {
	t.state.Lock()
	t.state.asked++
	taken := t.Take == nil || slices.Contains(t.Take, t.state.asked)
	t.state.Unlock()
	if !taken {
		write(Line{Skip: true})
		return nil, None
	}
	ids.Lock()
	ids.last++
	id := ids.last
	ids.Unlock()
	write(Line{Begin: &Begin{id, key, f, argument}})
	result, outcome, err := op()
	end := End{ID: id, Outcome: outcome, Result: result}
	if err != nil {
		end.Error = err.Error()
	}
	write(Line{End: &end})
	return result, outcome
}
