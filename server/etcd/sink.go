package etcd

import (
	"context"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"ordeal/cluster/etcdwire"
)

// sink holds what the node has answered to a call until the call's own goroutine sends it.
type sink struct {
	ready chan struct{}   // has a value when there is something new
	down  <-chan struct{} // closed when the machine is down

	mu       sync.Mutex
	messages [][]byte
	bytes    int // of these, and of the one that is being sent
	ended    bool
	status   etcdwire.Status
}

func newSink(down <-chan struct{}) *sink { return &sink{ready: make(chan struct{}, 1), down: down} }

// Send implements cluster.EtcdSink.
func (s *sink) Send(message []byte) {
	s.mu.Lock()
	s.messages = append(s.messages, message)
	s.bytes += len(message)
	s.mu.Unlock()
	s.signal()
}

// End implements cluster.EtcdSink.
func (s *sink) End(st etcdwire.Status) {
	s.mu.Lock()
	s.ended, s.status = true, st
	s.mu.Unlock()
	s.signal()
}

// Backlog implements cluster.EtcdSink.
func (s *sink) Backlog() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bytes
}

func (s *sink) signal() {
	select {
	case s.ready <- struct{}{}:
	default:
	}
}

// next waits for the next message. ended says that there is none, and status why.
func (s *sink) next(ctx context.Context) (message []byte, ended bool, st etcdwire.Status) {
	for {
		s.mu.Lock()
		if len(s.messages) > 0 {
			message = s.messages[0]
			s.messages[0] = nil
			s.messages = s.messages[1:]
			s.mu.Unlock()
			return message, false, st
		}
		ended, st = s.ended, s.status
		s.mu.Unlock()
		if ended {
			return nil, true, st
		}
		select {
		case <-s.ready:
		case <-s.down:
			return nil, true, etcdwire.ErrStopped
		case <-ctx.Done():
			c := status.FromContextError(ctx.Err())
			return nil, true, etcdwire.Status{Code: etcdwire.Code(c.Code()), Text: c.Message()}
		}
	}
}

// sent says that a message has gone out.
func (s *sink) sent(message []byte) {
	s.mu.Lock()
	s.bytes -= len(message)
	s.mu.Unlock()
}

// errorOf is a status as gRPC has it; nil for one that says that all was well.
func errorOf(st etcdwire.Status) error {
	if st.Code == etcdwire.OK {
		return nil
	}
	return status.Error(codes.Code(st.Code), st.Text)
}
