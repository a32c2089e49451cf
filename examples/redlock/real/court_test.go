package real

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"ordeal/history"
)

// court hears clients that share a lock, and puts what they do on record.
type court struct {
	*testing.T
	record  *history.Recorder
	events  chan event
	clients []*client
	grants  int
}

// client is a process.
type client struct {
	process *exec.Cmd
	back    io.Writer
	paused  bool
	owed    bool   // a line, which it gets when it goes on
	grant   []any  // what it has
	session string // of that, "" for none
}

// event is what a client tells.
type event struct {
	told
	client int
}

// newCourt starts so many clients, which ask for the lock for so long, until the test ends.
func newCourt(t *testing.T, s *servers, clients int, ttl time.Duration) *court {
	t.Helper()
	began := time.Now()
	c := &court{T: t, record: history.NewRecorder(func() time.Duration { return time.Since(began) }),
		events: make(chan event)}
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	for i := range clients {
		text, err := json.Marshal(orders{s.sockets(), ttl, i})
		if err != nil {
			t.Fatal(err)
		}
		p := exec.Command(os.Args[0])
		p.Env, p.Stderr = append(os.Environ(), asClient+"="+string(text)), os.Stderr
		out, errOut := p.StdoutPipe()
		in, errIn := p.StdinPipe()
		if errOut != nil || errIn != nil || p.Start() != nil {
			t.Fatalf("client %d can't be started: %v, %v", i, errOut, errIn)
		}
		t.Cleanup(func() {
			_ = p.Process.Kill() // it may have ended
			_ = p.Wait()         // it was killed
		})
		c.clients = append(c.clients, &client{process: p, back: in})
		go func() {
			for lines := bufio.NewScanner(out); lines.Scan(); {
				e := event{client: i}
				if json.Unmarshal(lines.Bytes(), &e.told) != nil {
					return
				}
				select {
				case c.events <- e:
				case <-over:
					return
				}
			}
		}()
	}
	return c
}

// hear puts events on record until one is the last.
func (c *court) hear(last func(event) bool) {
	c.Helper()
	for timeout := time.After(patience); ; {
		select {
		case e := <-c.events:
			c.note(e)
			is := last(e)
			c.answer(e.client)
			if is {
				return
			}
		case <-timeout:
			c.Fatal("it did not come about")
		}
	}
}

// note puts an event on record. Redlock gives no number that grows, so grants are numbered as clients tell of them.
func (c *court) note(e event) {
	who := c.clients[e.client]
	switch e.Kind {
	case acquiring:
		c.record.Invoke(e.client, "acquire", "l", e.Session)
	case refused:
		c.record.Fail(e.client, "acquire", "l", e.Session, "no majority in time")
	case acquired:
		c.grants++
		who.grant = []any{e.Session, c.grants}
		who.session = e.Session
		c.record.OK(e.client, "acquire", "l", who.grant)
	case releasing:
		who.session = ""
		c.record.Invoke(e.client, "release", "l", who.grant)
	case released:
		c.record.OK(e.client, "release", "l", who.grant)
	}
}

// answer lets a client go on, unless it is to stand still.
func (c *court) answer(i int) {
	who := c.clients[i]
	if who.owed = who.paused; !who.owed {
		_, _ = io.WriteString(who.back, "\n") // a client that has ended needs none
	}
}

func (c *court) pause(i int) {
	c.Helper()
	c.clients[i].paused = true
	if err := c.clients[i].process.Process.Signal(syscall.SIGSTOP); err != nil {
		c.Fatal(err)
	}
}

func (c *court) resume(i int) {
	c.Helper()
	who := c.clients[i]
	if who.paused = false; who.owed {
		c.answer(i)
	}
	if err := who.process.Process.Signal(syscall.SIGCONT); err != nil {
		c.Fatal(err)
	}
}
