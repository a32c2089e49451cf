package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"ordeal/history"
	"ordeal/host"
)

// How clients work: an answer is waited for so long, and between two operations a client rests up to so long.
const (
	patience = 4 * time.Second
	restMax  = 400 * time.Millisecond
	// writeShare is how many requests there are to one that writes. Writes of which nobody knows what became of them are what
	// makes a history costly to judge.
	writeShare = 3
)

// crowd is the clients of a trial. They share a recorder and the numbers of processes: the world is one goroutine deep.
type crowd struct {
	record    *history.Recorder
	servers   []host.Addr
	over      func() bool // whether the trial has come to its end
	processes int
	values    int
}

// client is a straight-line program that reads and writes at one server.
type client struct {
	*crowd
	host.Process
	conn    host.Conn
	woken   host.Signal
	process int
	asked   int
	id      string // of the question that is open
	reply   string
	gone    bool
}

// run works until the trial is over.
func (w *crowd) run(p host.Process, server host.Addr) {
	c := &client{crowd: w, Process: p, woken: p.NewSignal(), process: w.newProcess()}
	for !w.over() {
		if c.conn == nil {
			c.gone = false
			c.conn = c.Dial(server, c)
		}
		if c.Rand().IntN(writeShare) > 0 {
			c.get()
		} else {
			c.put()
		}
		c.Sleep(time.Duration(c.Rand().Int64N(int64(restMax))))
	}
}

func (w *crowd) newProcess() int {
	w.processes++
	return w.processes - 1
}

func (c *client) get() {
	c.record.Invoke(c.process, "read", "", nil)
	version, value, ok := c.ask("get", "")
	if !ok {
		c.lost("read", nil)
		return
	}
	var seen any
	if version > 0 {
		seen = value
	}
	c.record.OK(c.process, "read", "", []any{seen, version})
}

func (c *client) put() {
	c.values++
	value := int64(c.values)
	c.record.Invoke(c.process, "write", "", value)
	version, _, ok := c.ask("put", strconv.FormatInt(value, 10))
	if !ok {
		c.lost("write", value)
		return
	}
	c.record.OK(c.process, "write", "", []any{value, version})
}

// lost gives an operation up: nobody knows what became of it.
func (c *client) lost(f string, value any) {
	c.record.Info(c.process, f, "", value, "no answer")
	c.process = c.newProcess()
	c.conn.Close()
	c.conn = nil
}

// ask sends a request and waits for its answer.
func (c *client) ask(verb, argument string) (version, value int64, ok bool) {
	c.asked++
	c.id, c.reply = fmt.Sprintf("%s.%d", c.Self(), c.asked), ""
	c.conn.Send([]byte(strings.TrimSpace(verb + " " + c.id + " " + argument)))
	for end := c.Now() + patience; c.reply == "" && !c.gone; {
		if c.Now() >= end || !c.woken.Wait(end-c.Now()) {
			return 0, 0, false
		}
	}
	words := strings.Fields(c.reply)
	if len(words) < 2 {
		return 0, 0, false
	}
	version, _ = strconv.ParseInt(words[1], 10, 64)
	if len(words) > 2 {
		value, _ = strconv.ParseInt(words[2], 10, 64)
	}
	return version, value, true
}

// Opened implements host.ConnHandler.
func (c *client) Opened() {}

// Frame implements host.ConnHandler.
func (c *client) Frame(payload []byte) {
	if id, _, _ := strings.Cut(string(payload), " "); id == c.id {
		c.reply = string(payload)
		c.woken.Set()
	}
}

// Closed implements host.ConnHandler.
func (c *client) Closed() {
	c.gone = true
	c.woken.Set()
}
