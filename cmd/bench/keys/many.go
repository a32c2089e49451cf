package keys

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"text/tabwriter"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc"

	"ordeal/cmd/bench/usage"
)

// What many keys are to cost: of etcd's memory, and until a server answers that starts with them.
const (
	memoryWanted  = 0.6
	restartWanted = 10 * time.Second
)

// stock is what one server with many keys has shown.
type stock struct {
	load, again time.Duration
	now, peak   int64 // bytes of memory, when all are there and at the highest
	later       int64 // and behind the new start
}

// compareMany loads one server of each with many keys, kills it and starts it again.
func (f flags) compareMany(ctx context.Context, out io.Writer, products []product, dir string) (bool, error) {
	var all []stock
	for _, p := range products {
		s, err := f.stock(ctx, p, filepath.Join(dir, p.name))
		if err != nil {
			return false, fmt.Errorf("%s: %w", p.name, err)
		}
		all = append(all, s)
	}
	ours, theirs := all[0], all[1]
	share := float64(ours.now) / float64(theirs.now)
	fmt.Fprintf(out, "\n%d keys of %d bytes, one server\n", f.many, valueBytes)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\tordeal\tetcd\t\twanted\n")
	fmt.Fprintf(w, "loading them\t%v\t%v\t\t\n", ours.load.Round(time.Second/10), theirs.load.Round(time.Second/10))
	fmt.Fprintf(w, "memory then\t%d MB\t%d MB\t%.2f\t%.1f at most\n", ours.now>>20, theirs.now>>20, share, memoryWanted)
	fmt.Fprintf(w, "at its peak\t%d MB\t%d MB\t%.2f\t\n", ours.peak>>20, theirs.peak>>20,
		float64(ours.peak)/float64(theirs.peak))
	fmt.Fprintf(w, "from the start behind SIGKILL to an answer\t%v\t%v\t\t%v at most\n", ours.again.Round(time.Second/100),
		theirs.again.Round(time.Second/100), restartWanted)
	fmt.Fprintf(w, "memory then\t%d MB\t%d MB\t%.2f\t\n", ours.later>>20, theirs.later>>20,
		float64(ours.later)/float64(theirs.later))
	return share <= memoryWanted && ours.again <= restartWanted, w.Flush()
}

func (f flags) stock(ctx context.Context, p product, dir string) (s stock, err error) {
	e, err := p.start(ctx, dir, 1)
	if err != nil {
		return s, err
	}
	defer func() { e.stop() }()
	begun := time.Now()
	if _, err := e.fill(ctx, "many-", f.many); err != nil {
		return s, err
	}
	s.load = time.Since(begun)
	if s.now, s.peak, err = usage.Memory(e.run[0].Process.Pid); err != nil {
		return s, err
	}
	if err := e.run[0].Process.Kill(); err != nil {
		return s, err
	}
	_ = e.run[0].Wait()
	begun = time.Now()
	if err := e.launch(0); err != nil {
		return s, err
	}
	if err := e.answers(ctx, f.many); err != nil {
		return s, err
	}
	s.again = time.Since(begun)
	s.later, _, err = usage.Memory(e.run[0].Process.Pid)
	return s, err
}

// answers waits until a server counts so many keys, looking for it again and again: gRPC waits longer between two
// attempts to connect.
func (e *ensemble) answers(ctx context.Context, many int) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		err := e.once(func(kv pb.KVClient) error {
			r, err := kv.Range(ctx, &pb.RangeRequest{Key: []byte("many-"), RangeEnd: []byte("many."), CountOnly: true},
				grpc.WaitForReady(false))
			if err == nil && r.Count != int64(many) {
				err = fmt.Errorf("there are %d keys", r.Count)
			}
			return err
		})
		if err == nil || ctx.Err() != nil {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// fill puts keys, ten with a request. It returns the revision behind them.
func (e *ensemble) fill(ctx context.Context, prefix string, n int) (revision int64, err error) {
	const together, atOnce = 10, 100
	err = e.once(func(kv pb.KVClient) error {
		var failed error
		var lock sync.Mutex
		var callers sync.WaitGroup
		for first := range atOnce {
			callers.Go(func() {
				for i := first * together; i < n; i += atOnce * together {
					t := &pb.TxnRequest{}
					for k := i; k < min(n, i+together); k++ {
						t.Success = append(t.Success, &pb.RequestOp{Request: &pb.RequestOp_RequestPut{RequestPut: &pb.PutRequest{
							Key: fmt.Appendf(nil, "%s%08d", prefix, k), Value: value,
						}}})
					}
					r, err := kv.Txn(ctx, t)
					lock.Lock()
					if failed = errors.Join(failed, err); err == nil {
						revision = max(revision, r.Header.Revision)
					}
					lock.Unlock()
					if err != nil {
						return
					}
				}
			})
		}
		callers.Wait()
		return failed
	})
	return revision, err
}
