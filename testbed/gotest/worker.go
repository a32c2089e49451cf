package gotest

import (
	"fmt"
	"os"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"

	"ordeal/testbed/campaign"
	"ordeal/testbed/command"
	"ordeal/testbed/trial"
)

// A worker is the test binary itself, which is started to run the same test again and serves trials where that calls
// Test. So whatever the test does before that is done in it too, and it has the same service.

// workerArgument tells a test binary that it is a worker, and of which call of Test within the test.
const workerArgument = "ordeal-worker="

// workerCall is the number of the call that a worker is to serve; 0 if this process is none.
func workerCall() int {
	last := os.Args[len(os.Args)-1]
	number, err := strconv.Atoi(strings.TrimPrefix(last, workerArgument))
	if err != nil || !strings.HasPrefix(last, workerArgument) {
		return 0
	}
	return number
}

func isWorker() bool { return workerCall() > 0 }

// serve is the life of a worker, if it is this call of Test that it is to serve.
func serve(s *trial.Service, number int) {
	if number != workerCall() {
		return
	}
	// Package testing would write of a panic on standard output, which is for answers.
	defer func() {
		if v := recover(); v != nil {
			fmt.Fprintf(os.Stderr, "panic: %v\n\n%s", v, debug.Stack())
			os.Exit(2)
		}
	}()
	if err := command.ServeWorker(s, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// calls counts how often each test has called Test.
var calls = callCount{of: make(map[any]int)}

type callCount struct {
	mu sync.Mutex
	of map[any]int
}

func (c *callCount) next(t any) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of[t]++
	return c.of[t]
}

// pool are workers for trials that are played one after another in each. There are as many as subtests run at once.
type pool struct {
	service *trial.Service
	args    []string

	mu   sync.Mutex
	idle []campaign.Worker
}

func newPool(s *trial.Service, test string, number int) *pool {
	return &pool{service: s, args: []string{"-test.run=" + runFlag(test), "--", workerArgument + strconv.Itoa(number)}}
}

// runFlag is what selects a test for go test -run.
func runFlag(test string) string {
	parts := strings.Split(test, "/")
	for i, part := range parts {
		parts[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	return strings.Join(parts, "/")
}

func (p *pool) take() (campaign.Worker, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.idle); n > 0 {
		w := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return w, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("can't find this test binary to start workers from: %w", err)
	}
	return campaign.StartWorker(p.service, self, p.args...)
}

func (p *pool) give(w campaign.Worker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, w)
}

func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.idle {
		w.Close()
	}
	p.idle = nil
}
