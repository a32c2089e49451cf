package campaign

import "sync"

// Pool is workers that stand ready between requests. Its methods may be called from any goroutine, but for Close.
type Pool struct {
	// Start starts a worker; one is started when all that there are have something to do.
	Start func() (Worker, error)

	mu   sync.Mutex // guards idle
	idle []Worker
}

// Get returns a worker, which is the caller's until it is put back or closed. The error is Start's.
func (p *Pool) Get() (Worker, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.idle); n > 0 {
		w := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return w, nil
	}
	return p.Start()
}

// Put gives a worker back that has answered.
func (p *Pool) Put(w Worker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, w)
}

// Close ends the workers. All must have been put back.
func (p *Pool) Close() {
	for _, w := range p.idle {
		w.Close()
	}
}
