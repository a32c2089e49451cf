// Package say is for programs that run as guests: with it a server tells the testbed how it stands, and a client takes
// its turns and tells what it asked for and what it was answered. It writes lines of JSON to the standard output and
// reads them from the standard input, and has nothing else of ordeal in it.
package say

import (
	"encoding/json"
	"log"
	"os"
	"sync"
	"time"
)

// Status is what a server says of itself.
type Status struct {
	// Leads says that the server believes itself to lead, and Epoch in which term.
	Leads bool   `json:"leads"`
	Epoch uint64 `json:"epoch"`
	// Progress is how much the server has applied: equal where servers agree.
	Progress uint64 `json:"progress"`
	// Text says the rest to a person.
	Text string `json:"text,omitempty"`
}

// Line is a line that a guest writes: one of its fields is set.
type Line struct {
	Status *Status `json:"status,omitempty"`
	Begin  *Begin  `json:"begin,omitempty"`
	End    *End    `json:"end,omitempty"`
	Skip   bool    `json:"skip,omitempty"` // an operation that the turn leaves out
	Done   *Done   `json:"done,omitempty"`
}

// Begin says that an operation begins. ID tells it from others that are under way.
type Begin struct {
	ID       int    `json:"id"`
	Key      string `json:"key"`
	F        string `json:"f"`
	Argument any    `json:"argument"`
}

// End says how an operation ended.
type End struct {
	ID      int     `json:"id"`
	Outcome Outcome `json:"outcome"`
	Result  any     `json:"result"`
	Error   string  `json:"error,omitempty"`
}

// Done says that a turn is over, and whether a probe worked.
type Done struct {
	OK bool `json:"ok"`
}

var out sync.Mutex

// write writes one line.
func write(l Line) {
	b, err := json.Marshal(l)
	if err != nil {
		panic("say: " + err.Error())
	}
	out.Lock()
	defer out.Unlock()
	_, _ = os.Stdout.Write(append(b, '\n'))
}

var said struct {
	sync.Mutex
	last Status
	any  bool
}

// Say tells how the server stands. To repeat it does nothing.
func Say(s Status) {
	said.Lock()
	repeated := said.any && said.last == s
	said.last, said.any = s, true
	said.Unlock()
	if !repeated {
		write(Line{Status: &s})
	}
}

// Tell says again and again how the server stands.
func Tell(every time.Duration, status func() Status) {
	for ; ; time.Sleep(every) {
		Say(status())
	}
}

// Must returns the value, or ends the program with the error: the last line of its standard error is what the testbed
// says of its end.
func Must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
