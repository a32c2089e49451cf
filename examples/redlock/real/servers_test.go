package real

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// servers are five processes of redis-server, each with a folder and a socket of its own.
type servers struct {
	*testing.T
	program string
	options []string
	folders []string
	running []*exec.Cmd
}

// patience is how long a test waits for what takes moments.
const patience = time.Minute

// startServers starts five servers with options, until the test ends.
func startServers(t *testing.T, options ...string) *servers {
	t.Helper()
	program := os.Getenv("REDIS_SERVER")
	if program == "" {
		t.Skip("REDIS_SERVER does not say where redis-server is")
	}
	s := &servers{T: t, program: program, options: options, running: make([]*exec.Cmd, 5)}
	for i := range s.running {
		// A socket's path has few bytes, and a test's folder has many.
		dir, err := os.MkdirTemp("", "redlock-"+strconv.Itoa(i)+"-*")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(dir) })
		s.folders = append(s.folders, dir)
	}
	t.Cleanup(func() {
		for i := range s.running {
			s.kill(i)
		}
	})
	for i := range s.running {
		s.start(i)
	}
	return s
}

func (s *servers) socket(i int) string { return filepath.Join(s.folders[i], "socket") }

// sockets are where all of them are.
func (s *servers) sockets() (list []string) {
	for i := range s.folders {
		list = append(list, s.socket(i))
	}
	return list
}

// start starts one, and waits until it answers.
func (s *servers) start(i int) {
	s.Helper()
	c := exec.Command(s.program, append([]string{"--port", "0", "--unixsocket", s.socket(i), "--dir", s.folders[i],
		"--save", "", "--logfile", "log"}, s.options...)...)
	if err := c.Start(); err != nil {
		s.Fatal(err)
	}
	s.running[i] = c
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: s.socket(i)})
	defer client.Close()
	for until := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		if err := client.Ping(context.Background()).Err(); err == nil {
			return
		} else if time.Now().After(until) {
			s.Fatalf("server %d does not answer: %v", i, err)
		}
	}
}

func (s *servers) kill(i int) {
	if c := s.running[i]; c != nil {
		_ = c.Process.Kill() // it may have ended
		_ = c.Wait()         // it was killed
		s.running[i] = nil
	}
}

func (s *servers) restart(i int) {
	s.Helper()
	s.kill(i)
	s.start(i)
}
