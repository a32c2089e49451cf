package real

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"ordeal/host"
)

// starvedMax is how long a thread of a server may have waited for a processor on end: with more, no server can be held
// to its heartbeats. A follower of ours waits that long for one before it calls an election.
const starvedMax = time.Second

// starvedEvery is how often is looked. What a thread has waited is known once it runs again.
const starvedEvery = 100 * time.Millisecond

// starved follows how long servers wait for processors. It is there on Linux only.
type starved struct {
	// before is what each thread had waited at the last look, by the name of its file.
	before map[string]time.Duration
	// longest is the most that one has waited between two looks, and who that was.
	longest time.Duration
	who     host.Addr
}

// look looks at the threads of a server, whose files match a pattern.
func (s *starved) look(server host.Addr, pattern string) {
	threads, err := filepath.Glob(pattern)
	if err != nil {
		return
	}
	for _, name := range threads {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		fields := strings.Fields(string(text))
		if len(fields) < 2 {
			continue
		}
		waited, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			continue
		}
		now := time.Duration(waited)
		if before, known := s.before[name]; known && now-before > s.longest {
			s.longest, s.who = now-before, server
		}
		s.before[name] = now
	}
}

// follow looks again and again; what it finds is noted where do runs it.
func (c *cluster) follow(ctx context.Context, s *starved, do func(f func())) {
	for ctx.Err() == nil {
		do(func() {
			for _, one := range c.all() {
				if pid := one.pid(); pid > 0 {
					s.look(one.name, fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
				}
			}
		})
		select {
		case <-ctx.Done():
		case <-time.After(starvedEvery):
		}
	}
}

// pid is the number of the server's process, 0 while it is down.
func (s *server) pid() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.run == nil {
		return 0
	}
	return s.run.cmd.Process.Pid
}
