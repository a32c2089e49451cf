package play

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"sync/atomic"

	"github.com/pingcap/failpoint"

	"ordeal/host"
	"ordeal/testbed/trial"
)

// What a trial changes of the whole process: the reader of crypto/rand, and failpoints. This file is their one owner.

// ErrBusy is of a trial that was to be played while another is played in the same process.
var ErrBusy = errors.New("another trial is played in this process: play one at a time, or each in a worker of its own")

// busy says that a trial is played in this process.
var busy atomic.Bool

// claimProcess claims what trials change of the process, until release is called.
func claimProcess() (release func(), err error) {
	if !busy.CompareAndSwap(false, true) {
		return nil, ErrBusy
	}
	return func() { busy.Store(false) }, nil
}

// Claim claims the process for a world that is no trial's, as Run does for a trial's: until release is called
// crypto/rand is the stream. ErrBusy says that it is claimed already.
func Claim(stream *mathrand.Rand) (release func(), err error) {
	free, err := claimProcess()
	if err != nil {
		return nil, err
	}
	restore := seedEntropy(stream)
	return func() { restore(); free() }, nil
}

// seedEntropy makes crypto/rand a stream that the seed decides, and returns what undoes it.
//
// go.etcd.io/raft/v3 draws its election jitter from crypto/rand.Reader and offers no other way in; so may others. A
// trial has its process for itself while it is played. A real server never comes here: its jitter stays random.
func seedEntropy(stream *mathrand.Rand) (restore func()) {
	was := rand.Reader
	rand.Reader = entropy{stream}
	return func() { rand.Reader = was }
}

type entropy struct{ stream *mathrand.Rand }

var _ io.Reader = entropy{}

func (e entropy) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e.stream.Uint32())
	}
	return len(p), nil
}

// plant switches a trial's planted bug on, and returns what switches it off.
func plant(t trial.Trial) (remove func(), err error) {
	if t.Bug == "" {
		return func() {}, nil
	}
	bug, ok := t.Service.Bug(t.Bug)
	if !ok {
		return nil, fmt.Errorf("bug %q is not known", t.Bug)
	}
	mark := bug.Package + "/" + bug.Name
	if err := failpoint.Enable(mark, "return(true)"); err != nil {
		return nil, fmt.Errorf("bug %s: %w", t.Bug, err)
	}
	return func() { _ = failpoint.Disable(mark) }, nil
}

// watchMarks calls hit whenever a machine comes to one of these marks, until stop is called.
func watchMarks(s *trial.Service, names []string, hit func(machine host.Addr, mark string)) (stop func(), err error) {
	var enabled []string
	stop = func() {
		for _, m := range enabled {
			_ = failpoint.Disable(m)
		}
	}
	for _, name := range names {
		mark := s.Marks[name] + "/" + name
		if err := failpoint.EnableCall(mark, func(machine host.Addr) { hit(machine, name) }); err != nil {
			stop()
			return nil, fmt.Errorf("failpoint %s: %w", name, err)
		}
		enabled = append(enabled, mark)
	}
	return stop, nil
}
