package guest

import (
	"time"

	"ordeal/host"
)

// Client is a program that runs as a part of a host.Process: it goes on whenever what it waits for has come, beside
// what the process does.
type Client struct {
	host.Process
	instance *instance
	cancel   func()
	ended    func(outcome error)
}

// Run starts the program on the machine of a process. ended is called when it has ended by itself, with a Crash or an
// Exit. Close it when the process ends.
func (p *Program) Run(proc host.Process, s Setup, ended func(outcome error)) *Client {
	c := &Client{Process: proc, cancel: func() {}, ended: ended}
	k := proc.(host.Kerneled).Kernel()
	_ = k.Tree().Mkdir("tmp") // it may be there
	c.instance = p.start(c, k, s)
	c.instance.wake()
	return c
}

// Send gives the program text on its standard input.
func (c *Client) Send(text []byte) {
	if c.instance.ended {
		return
	}
	c.instance.stdin.text = append(c.instance.stdin.text, text...)
	c.instance.wake()
}

// Close ends the program where it waits, and closes what it has open.
func (c *Client) Close() {
	c.cancel()
	c.instance.close()
}

func (c *Client) wakeAt(at time.Duration) {
	c.cancel()
	c.cancel = func() {}
	if at >= 0 {
		c.cancel = c.After(at-c.Now(), c.instance.wake)
	}
}

func (c *Client) over(outcome error) { c.ended(outcome) }
