package hosttest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ordeal/host"
)

// ms is the suite's unit of patience inside programs: alarms and sleeps are a few of these.
const ms = time.Millisecond

// script is a program made of functions. What is nil does nothing.
type script struct {
	receive func(from host.Addr, payload []byte)
	accept  func(c host.Conn)
	frame   func(c host.Conn, payload []byte)
	closed  func(c host.Conn)
	wake    func()
	settle  func()
}

func (s *script) Receive(from host.Addr, payload []byte) {
	if s.receive != nil {
		s.receive(from, payload)
	}
}

func (s *script) Accept(c host.Conn) {
	if s.accept != nil {
		s.accept(c)
	}
}

func (s *script) Frame(c host.Conn, payload []byte) {
	if s.frame != nil {
		s.frame(c, payload)
	}
}

func (s *script) Closed(c host.Conn) {
	if s.closed != nil {
		s.closed(c)
	}
}

func (s *script) Wake() {
	if s.wake != nil {
		s.wake()
	}
}

// Settle implements host.Settler.
func (s *script) Settle() {
	if s.settle != nil {
		s.settle()
	}
}

// echo boots a program that sends every frame back.
func echo(host.Host) (host.Program, error) {
	return &script{frame: func(c host.Conn, payload []byte) { c.Send(payload) }}, nil
}

// ear is a ConnHandler made of functions. What is nil does nothing.
type ear struct {
	opened func()
	frame  func(payload []byte)
	closed func()
}

func (e *ear) Opened() {
	if e.opened != nil {
		e.opened()
	}
}

func (e *ear) Frame(payload []byte) {
	if e.frame != nil {
		e.frame(payload)
	}
}

func (e *ear) Closed() {
	if e.closed != nil {
		e.closed()
	}
}

// journal is what one program or process wrote down, a line for each thing that it saw. The test reads it while the
// writer goes on, hence the lock.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) add(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, fmt.Sprintf(format, args...))
}

func (j *journal) all() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.lines)
}

func (j *journal) has(line string) func() bool {
	return func() bool { return slices.Contains(j.all(), line) }
}

// want compares the whole journal.
func (j *journal) want(t *testing.T, who string, lines ...string) {
	t.Helper()
	if got := j.all(); !slices.Equal(got, lines) {
		t.Errorf("%s saw:\n  %s\nwant:\n  %s", who, strings.Join(got, "\n  "), strings.Join(lines, "\n  "))
	}
}

// pattern is n bytes that differ by seed and place.
func pattern(seed, n int) []byte {
	p := make([]byte, n)
	x := uint32(seed)*2654435761 + 1
	for i := range p {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		p[i] = byte(x)
	}
	return p
}

// scribble overwrites a payload that was received, and what lies behind it as far as its owner may go.
func scribble(payload []byte) {
	whole := payload[:cap(payload)]
	for i := range whole {
		whole[i] = 0xee
	}
}
