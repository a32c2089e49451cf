package fleet

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"

	"ordeal/testbed/campaign"
)

// Local is a fleet of this machine alone: a server in this process, and workers in processes of their own.
type Local struct {
	*Coordinator
	server *Server
	store  string
	stop   context.CancelFunc
	over   sync.WaitGroup
}

// respawn is how long a worker that has ended is waited with.
const respawn = 100 * time.Millisecond

// StartLocal starts a fleet of so many workers. command makes the process of one that asks at a URL and ends with its
// standard input; one that ends before is started again.
func StartLocal(ctx context.Context, program string, jobs int, command func(url string) *exec.Cmd,
	near func() (campaign.Worker, error)) (*Local, error) {
	store, err := os.MkdirTemp("", "fleet-")
	if err != nil {
		return nil, err
	}
	f := &Local{store: store}
	if f.server, err = StartServer(Serving{Listen: "127.0.0.1:0", Store: store}); err != nil {
		return nil, errors.Join(err, os.RemoveAll(store))
	}
	f.Coordinator, err = NewCoordinator(ctx, Place{URL: f.server.URL(), Program: program, Memory: true}, near)
	if err != nil {
		f.server.Close()
		return nil, errors.Join(err, os.RemoveAll(store))
	}
	// What a campaign found is confirmed when it is over: workers end when the fleet does.
	ctx, f.stop = context.WithCancel(context.WithoutCancel(ctx))
	for range jobs {
		f.over.Go(func() {
			for ctx.Err() == nil {
				attend(ctx, command(f.server.URL()))
			}
		})
	}
	return f, nil
}

// attend runs a worker's process until it ends, or ends it.
func attend(ctx context.Context, c *exec.Cmd) {
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err == nil {
		err = c.Start()
	}
	if err == nil {
		stop := context.AfterFunc(ctx, func() { _ = in.Close() })
		err = c.Wait()
		stop()
	}
	if err != nil {
		select {
		case <-ctx.Done():
		case <-time.After(respawn):
		}
	}
}

// Close ends the workers and the server.
func (f *Local) Close() {
	f.Coordinator.Close()
	f.stop()
	f.over.Wait()
	f.server.Close()
	_ = os.RemoveAll(f.store)
}

// UntilClosed is a context that ends with what is read, as a worker's standard input does.
func UntilClosed(ctx context.Context, in io.Reader) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, in)
		cancel()
	}()
	return ctx
}
