package formats

import (
	"fmt"

	"ordeal/history"
	"ordeal/history/stream"
)

// again is what is added to the number of a process that goes on after an info, so that the two can be told apart.
const again = 1_000_000

// processes gives every process of a file a number of a history: its own, where it has one that no other has. Names get
// the smallest that are free. A process that goes on after an info becomes another, for of the first one an operation
// may still be under way.
type processes struct {
	few      []*process // by their numbers, if those are small
	byNumber map[int]*process
	byName   map[string]*process
	taken    map[int]bool
	// named are the names in the order in which they came, goneOn how many processes went on after an info.
	named  []string
	goneOn int
	first  string
}

// process is what became of a process of the file.
type process struct {
	// id is its number in the history, for now; dead says that an info has ended it.
	id   int
	dead bool
	// f is what it invoked last: some files do not say it again when it ends.
	f string
}

func newProcesses() *processes {
	return &processes{few: make([]*process, 256), byNumber: map[int]*process{}, byName: map[string]*process{},
		taken: map[int]bool{}}
}

// assign sets an event's process.
func (p *processes) assign(e *stream.Event) {
	if e.Name == "" && e.Process < 0 {
		return
	}
	who := p.of(e)
	if who.dead && e.Type == history.Invoke {
		if p.goneOn++; p.first == "" {
			p.first = fmt.Sprintf("%d, at %s", who.id, e.At)
		}
		who.id, who.dead = p.free(who.id+again, again), false
	}
	if e.Type == history.Invoke {
		who.f = e.F
	} else if e.F == "" {
		e.F = who.f
	}
	who.dead = who.dead || e.Type == history.Info
	e.Process, e.Name = who.id, ""
}

func (p *processes) of(e *stream.Event) *process {
	if e.Name != "" {
		who := p.byName[e.Name]
		if who == nil {
			who = &process{id: p.free(len(p.named), 1)}
			p.byName[e.Name], p.named = who, append(p.named, e.Name)
		}
		return who
	}
	if e.Process < len(p.few) && p.few[e.Process] != nil {
		return p.few[e.Process]
	}
	who := p.byNumber[e.Process]
	if who == nil {
		who = &process{id: p.free(e.Process, again)}
		p.byNumber[e.Process] = who
		if e.Process < len(p.few) {
			p.few[e.Process] = who
		}
	}
	return who
}

// free takes the first number from n on, in steps, that no process has.
func (p *processes) free(n, step int) int {
	for p.taken[n] {
		n += step
	}
	p.taken[n] = true
	return n
}

// namesShown is how many names of processes a note lists.
const namesShown = 8

// tell notes what a reader of verdicts has to know of the numbers.
func (p *processes) tell(notes *stream.Notes) {
	if len(p.named) > 0 {
		text := "processes have names, and numbers here:"
		for i, name := range p.named[:min(namesShown, len(p.named))] {
			if i > 0 {
				text += ","
			}
			text += fmt.Sprintf(" %s is %d", name, p.byName[name].id)
		}
		if len(p.named) > namesShown {
			text += fmt.Sprintf(", and %d more", len(p.named)-namesShown)
		}
		notes.Warn("%s", text)
	}
	if p.goneOn > 0 {
		notes.Warn("%d times a process goes on after an info (the first is %s): it is taken for another process from "+
			"there on, %d higher", p.goneOn, p.first, again)
	}
}
