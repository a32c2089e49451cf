// Package recordings writes long histories of objects that work, for benchmarks of what judges them.
package recordings

import (
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"ordeal/history"
)

// object is something that works, as a source of histories.
type object interface {
	// draw is the next operation of a process.
	draw(r *rand.Rand, process int) (f string, argument any)
	// apply lets an operation take effect; done is false while it must wait.
	apply(process int, f string, argument any) (result any, done bool)
}

// clients is how many of them use an object at once.
const clients = 10

// pending is an operation of a process that has not returned.
type pending struct {
	f                string
	argument, result any
	busy, applied    bool
}

// recording writes what clients see of objects into a file in EDN.
type recording struct {
	out   *history.Writer
	r     *rand.Rand
	index int
	clock time.Duration
	names [clients]int // a process that is dead after an info gets a new one
	infos int
}

// Recording is how histories of one model are made.
type Recording struct {
	Model string
	// each is how many operations there are on an object, one after the other under keys of their own; 0 is all.
	each int
	// infos is how many operations of 1,000 have no known end.
	infos int
	make  func() object
}

// Write writes a history of so many operations into a file, as EDN, and returns how many objects and events it has.
func (of Recording) Write(file string, operations int) (objects, events int, err error) {
	f, err := os.Create(file)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	each := operations
	objects = 1
	if of.each > 0 {
		objects, each = max(1, operations/of.each), of.each
	}
	rec := &recording{out: history.NewEDNWriter(f), r: rand.New(rand.NewPCG(3, 4)), infos: of.infos}
	for i := range rec.names {
		rec.names[i] = i
	}
	for k := range objects {
		key := ""
		if objects > 1 {
			key = fmt.Sprintf("k%05d", k)
		}
		if err := rec.use(of.make(), key, each); err != nil {
			return 0, 0, err
		}
	}
	return objects, rec.index, rec.out.Close()
}

// use lets clients use an object: calls, effects and returns interleave.
func (rec *recording) use(o object, key string, operations int) error {
	var under [clients]pending
	for stalled := 0; stalled < 20*clients; {
		i := rec.r.IntN(clients)
		p := &under[i]
		stalled++
		var err error
		switch {
		case !p.busy && operations == 0:
			continue
		case !p.busy:
			*p = pending{busy: true}
			p.f, p.argument = o.draw(rec.r, i)
			err = rec.write(i, history.Invoke, p.f, key, p.argument)
			operations--
		case !p.applied && rec.r.IntN(1000) < rec.infos:
			*p = pending{f: p.f}
			err = rec.write(i, history.Info, p.f, key, nil)
			rec.names[i] += clients
		case !p.applied:
			if p.result, p.applied = o.apply(i, p.f, p.argument); !p.applied {
				continue
			}
		default:
			p.busy = false
			err = rec.write(i, history.OK, p.f, key, p.result)
		}
		if err != nil {
			return err
		}
		stalled = 0
	}
	for i := range under { // what waits in vain
		if under[i].busy {
			if err := rec.write(i, history.Info, under[i].f, key, nil); err != nil {
				return err
			}
			rec.names[i] += clients
		}
	}
	return nil
}

func (rec *recording) write(process int, t history.Type, f, key string, value any) error {
	op := history.Op{Index: rec.index, Time: rec.clock, Process: rec.names[process], Type: t, F: f, Key: key, Value: value}
	rec.index++
	rec.clock += time.Microsecond
	return rec.out.Write(op)
}
