// Package snowflake is a recipe for IDs that are made without asking the service for each: of the time, a worker number
// that the service gives out, and a sequence number, as Twitter's Snowflake makes them.
// The errors are those of package recipes, and snowflake.ErrNoNumber.
package snowflake

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// Worker gives out IDs that are made of the time, a worker number and a sequence number, as Twitter's Snowflake does.
// The worker number is its session's while that lives, and up to which time a number's IDs may have been made is in the
// service before any of them is.
//
// Guaranteed: no ID is given out twice, whatever happens to clients, sessions and clocks: whoever has a worker number
// next begins behind the time that was written down for it, and who has lost one can't write another time down. The IDs
// of one Worker grow. Not guaranteed: that the time in an ID is right. Where a clock goes back, or begins behind the
// time that is written down, IDs go on from there, ahead of the clock.
//
// An ID has 41 bits of milliseconds since Clock's zero, then workerBits of the number, then sequenceBits.
type Worker struct {
	p     host.Process
	c     *client.Client
	path  string
	clock func() time.Duration

	number  int
	own     string // the path of the znode by which the number is the session's; "" without one
	version int32  // of the mark, as this worker wrote it
	last    int64  // the millisecond of the latest ID
	seq     int64
	until   int64 // the first millisecond that is not written down
}

const (
	workerBits   = 10
	sequenceBits = 12
	// workersMax is how many worker numbers there are.
	workersMax = 1 << workerBits
	// aheadMs is how far ahead of the latest ID a worker writes the time down, in milliseconds.
	aheadMs = 1000
)

// ErrNoNumber says that all worker numbers are taken.
var ErrNoNumber = errors.New("snowflake: all worker numbers are taken")

// New makes a worker that takes its number below path. clock is the time of day since some instant that all
// workers of the path have in common; it may be wrong, and may jump. The znodes are made when they are needed.
func New(p host.Process, c *client.Client, path string, clock func() time.Duration) *Worker {
	return &Worker{p: p, c: c, path: path, clock: clock}
}

// Next is an ID that was not given out before. It asks the service for a worker number if it has none, and about once a
// second to write down a time. recipes.ErrLost says that the number is another's by now, or may be: the next call takes
// another. After an error no ID was given out.
func (w *Worker) Next(timeout time.Duration) (int64, error) {
	until := recipes.Deadline(w.p, timeout)
	if w.own == "" {
		if err := w.claim(until); err != nil {
			return 0, err
		}
	}
	now := w.clock().Milliseconds()
	switch {
	case now > w.last || w.bendBackstep(now):
		w.last, w.seq = now, 0
	case w.seq+1 < 1<<sequenceBits:
		w.seq++
	default:
		w.last, w.seq = w.last+1, 0
	}
	if w.last >= w.bendEnd() {
		if err := w.bendUnwritten(w.write(until)); err != nil {
			w.own = ""
			return 0, err
		}
	}
	return w.last<<(workerBits+sequenceBits) | int64(w.number)<<sequenceBits | w.seq, nil
}

// Leave gives the number back. It does nothing without one.
func (w *Worker) Leave() error {
	if w.own == "" {
		return nil
	}
	own := w.own
	w.own = ""
	return w.c.Delete(own, wire.AnyVersion)
}

// claim takes a number, and begins behind the time that is written down for it.
func (w *Worker) claim(until time.Duration) error {
	for {
		number, err := w.free(until)
		if err != nil {
			return err
		}
		own := fmt.Sprintf("%s/worker-%d", w.path, number)
		_, stat, err := w.c.Create(own, nil, wire.FlagEphemeral)
		if err != nil && client.MaybeApplied(err) {
			err = recipes.Settle(w.p, until, func() (err error) {
				_, stat, err = w.c.SyncGet(own, nil)
				return err
			})
		}
		session, _ := w.c.Session()
		switch {
		case err == nil && stat.EphemeralOwner == session:
			return w.begin(number, own, until)
		case err != nil && !recipes.Passing(err) && !errors.Is(err, wire.NodeExists) && !errors.Is(err, wire.NoNode):
			return err
		}
		if w.p.Now() >= until {
			return recipes.ErrGaveUp
		}
	}
}

// free is the least number that is not taken.
func (w *Worker) free(until time.Duration) (int, error) {
	var names []string
	err := recipes.Settle(w.p, until, func() (err error) {
		names, _, err = w.c.SyncChildren(w.path, nil)
		return err
	})
	if errors.Is(err, wire.NoNode) {
		return 0, recipes.EnsurePath(w.p, w.c, w.path, max(0, until-w.p.Now()))
	}
	if err != nil {
		return 0, err
	}
	taken := make(map[int]bool)
	for _, name := range names {
		if digits, ok := strings.CutPrefix(name, "worker-"); ok {
			if n, err := strconv.Atoi(digits); err == nil {
				taken[n] = true
			}
		}
	}
	for n := range workersMax {
		if !taken[n] {
			return n, nil
		}
	}
	return 0, ErrNoNumber
}

func (w *Worker) mark() string { return fmt.Sprintf("%s/time-%d", w.path, w.number) }

// begin reads the time that is written down for a number, and makes the worker begin behind it.
func (w *Worker) begin(number int, own string, until time.Duration) error {
	w.number = number
	if err := recipes.EnsurePath(w.p, w.c, w.mark(), max(0, until-w.p.Now())); err != nil {
		return err
	}
	var data []byte
	var stat wire.Stat
	err := recipes.Settle(w.p, until, func() (err error) {
		data, stat, err = w.c.SyncGet(w.mark(), nil)
		return err
	})
	if err != nil {
		return err
	}
	written := int64(0)
	if len(data) > 0 {
		if written, err = strconv.ParseInt(string(data), 10, 64); err != nil {
			return fmt.Errorf("%w: %.40q is no time in milliseconds", recipes.ErrForeign, data)
		}
	}
	w.own, w.version, w.until = own, stat.Version, 0
	// A number that was used less comes with an earlier time than that of the IDs that were made with the last one.
	w.last, w.seq = max(w.last, bendWritten(written)-1), 1<<sequenceBits-1
	return nil
}

// write writes down that IDs may be made for a while. Whoever had the number in between has written too: then the
// version is another, and the number is lost.
func (w *Worker) write(until time.Duration) error {
	end := w.last + aheadMs
	for {
		stat, err := w.c.Set(w.mark(), strconv.AppendInt(nil, end, 10), w.version)
		switch {
		case err == nil:
			w.version, w.until = stat.Version, end
			return nil
		case errors.Is(err, wire.BadVersion), client.MaybeApplied(err):
			// Perhaps it is written; then this worker's IDs may not be used, and the next one begins behind.
			return recipes.ErrLost
		case !recipes.Passing(err) || w.p.Now() >= until:
			return err
		}
	}
}
