package real

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"ordeal/host"
	"ordeal/testbed/real/disk"
)

// server is a machine on which a server runs, or has run.
type server struct {
	name    host.Addr
	place   Place
	machine machine
	log     *os.File
	args    []string
	env     []string
	ended   func(s *server, how string) // called when it ends without being told to

	// disk is the server's own, mounted on diskDir; nil if there is none.
	disk    *disk.Disk
	diskDir string
	// clock is what its program sees of the time of day; nil if that is this machine's. mu guards it.
	clock *wallClock
	// command is a product's. programs are those that the server runs one after the other, and back, one more behind each
	// orderly stop; program counts them, and back says which way it goes. Without any it runs what it does.
	command  []string
	programs []string
	program  int
	back     bool
	changes  bool
	changed  int // how often it has changed

	mu      sync.Mutex
	run     *run // what runs, nil while it is down
	paused  bool
	gone    bool // it was taken out of the cluster
	excused bool // it may end by itself: its disk is, or was, out of order
}

// run is a process of a server, from its start to its end.
type run struct {
	cmd  *exec.Cmd
	told bool          // it was told to end
	done chan struct{} // closed when it has ended
}

// prepare writes what the server is to find.
func (s *server) prepare(p *Product) error {
	for name, text := range p.Files {
		path, err := fill(name, s.place)
		if err != nil {
			return err
		}
		content, err := fill(text, s.place)
		if err != nil {
			return err
		}
		if !filepath.IsLocal(path) {
			return fmt.Errorf("the file %s does not lie below the server's own folder", path)
		}
		path = filepath.Join(s.place.Dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o640); err != nil {
			return err
		}
	}
	s.command, s.programs = p.Command, p.programs
	var err error
	if s.args, err = fillAll(p.Command, s.place); err != nil {
		return err
	}
	if s.env, err = fillAll(p.Environment, s.place); err != nil {
		return err
	}
	s.log, err = os.Create(filepath.Join(s.place.Dir, "log"))
	return err
}

// start starts the server on what its folder holds.
func (s *server) start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.run != nil {
		return fmt.Errorf("%s runs already", s.name)
	}
	if err := s.change(); err != nil {
		return err
	}
	c := exec.Command(s.args[0], s.args[1:]...)
	c.Dir, c.Env = s.place.Dir, append(os.Environ(), s.env...)
	c.Stdout, c.Stderr = s.log, s.log
	if s.clock != nil {
		faked, err := s.clock.begin(time.Now())
		if err != nil {
			return err
		}
		c.Env = append(c.Env, faked...)
	}
	// A group of its own: Ctrl-C in the terminal is for this program.
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.machine.Start(c); err != nil {
		return fmt.Errorf("%s can't be started: %w", s.name, err)
	}
	r := &run{cmd: c, done: make(chan struct{})}
	s.run, s.paused = r, false
	go s.watch(r)
	return nil
}

// next is the program that the server runs behind its next orderly stop, by its number.
func (s *server) next() int {
	switch last := len(s.programs) - 1; {
	case last < 1:
		return s.program
	case s.program == last, s.back && s.program > 0:
		return s.program - 1
	}
	return s.program + 1
}

// change changes the server's program, if it was asked to stop since it was started. The lock is held.
func (s *server) change() (err error) {
	if !s.changes || len(s.programs) < 2 {
		return nil
	}
	next := s.next()
	s.back, s.program, s.changes = next < s.program, next, false
	s.place.Binary = s.programs[next]
	s.changed++
	s.args, err = fillAll(s.command, s.place)
	return err
}

// watch waits for the end of a process.
func (s *server) watch(r *run) {
	_ = r.cmd.Wait() // how it ended is in its state
	s.mu.Lock()
	s.run, s.paused = nil, false
	told := r.told || s.excused
	s.mu.Unlock()
	close(r.done) // who waits for the end may start it again
	if !told {
		s.ended(s, r.cmd.ProcessState.String())
	}
}

// retire says that the server is no more in the cluster, and is not to be started again.
func (s *server) retire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone, s.excused = true, true
}

func (s *server) retired() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gone
}

// excuse lets the server end by itself.
func (s *server) excuse() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.excused = true
}

func (s *server) up() bool { return s.runs() != nil }

// runs is what runs; nil while the server is down.
func (s *server) runs() *run {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.run
}

func (s *server) stands() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.run != nil && s.paused
}

// signal sends the server a signal, and returns what it was sent to; nil if nothing runs.
func (s *server) signal(sig syscall.Signal) *run {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.run
	if r == nil {
		return nil
	}
	switch sig {
	case syscall.SIGSTOP, syscall.SIGCONT:
		s.paused = sig == syscall.SIGSTOP
	default:
		r.told, s.changes = true, s.changes || sig == syscall.SIGTERM
	}
	_ = syscall.Kill(-r.cmd.Process.Pid, sig) // it may have ended meanwhile
	if sig == syscall.SIGKILL && s.disk != nil {
		s.disk.Release()
	}
	return r
}

// kill ends the server at once, and returns when it has ended.
func (s *server) kill() {
	if r := s.signal(syscall.SIGKILL); r != nil {
		<-r.done
	}
}

// stop asks the server to end, and ends it if it has not within the time for that; slow says that it had not.
func (s *server) stop(patience time.Duration) (slow bool) {
	r := s.signal(syscall.SIGTERM)
	if r == nil {
		return false
	}
	select {
	case <-r.done:
		return false
	case <-time.After(patience):
		s.kill()
		return true
	}
}

// lastWords are the last lines of the server's log.
func (s *server) lastWords(lines int) string {
	text, err := os.ReadFile(filepath.Join(s.place.Dir, "log"))
	if err != nil {
		return ""
	}
	text = bytes.TrimSpace(text)
	for at := len(text); lines > 0; lines-- {
		if at = bytes.LastIndexByte(text[:at], '\n'); at < 0 {
			return string(text)
		}
		if lines == 1 {
			return string(text[at+1:])
		}
	}
	return ""
}

// missing says that a program is not there.
func missing(err error) bool {
	return errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist)
}
