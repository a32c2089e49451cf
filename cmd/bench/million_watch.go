package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"ordeal/cluster/wire"
)

// span is a time from an instant to another.
type span struct{ from, to time.Time }

func (s span) duration() time.Duration { return s.to.Sub(s.from) }

// meets says whether two spans have an instant in common.
func (s span) meets(o span) bool { return !s.from.After(o.to) && !o.from.After(s.to) }

const (
	// watchEvery is how often the files are looked at.
	watchEvery = 5 * time.Millisecond
	// stillMax is how long a snapshot's file may stay as it is before it is taken for whole.
	stillMax = 300 * time.Millisecond
)

// watchSnapshots looks at a server's files until the function that it returns is called, which tells when a snapshot
// was being written: when a file of one appeared or grew. It goes by names: ours has .tmp at its end, ZooKeeper's
// begins with snapshot, and both are below the data directory.
func watchSnapshots(ctx context.Context, dir string) func() []span {
	ctx, stop := context.WithCancel(ctx)
	found := make(chan []span)
	go func() {
		var spans []span
		sizes := snapshotSizes(dir)
		for ctx.Err() == nil {
			time.Sleep(watchEvery)
			next := snapshotSizes(dir)
			if grew(sizes, next) {
				spans = noteGrowth(spans, time.Now())
			}
			sizes = next
		}
		found <- spans
	}()
	return func() []span {
		stop()
		return <-found
	}
}

// grew says whether a file is new, or larger than before.
func grew(before, now map[string]int64) bool {
	for name, size := range now {
		if was, known := before[name]; !known || size > was {
			return true
		}
	}
	return false
}

// noteGrowth makes the last span longer, or begins another.
func noteGrowth(spans []span, now time.Time) []span {
	if last := len(spans) - 1; last >= 0 && now.Sub(spans[last].to) < stillMax {
		spans[last].to = now
		return spans
	}
	return append(spans, span{now.Add(-watchEvery), now})
}

func snapshotSizes(dir string) map[string]int64 {
	sizes := map[string]int64{}
	_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasPrefix(e.Name(), "snapshot") && !strings.HasSuffix(e.Name(), ".tmp") {
			return nil // files come and go meanwhile
		}
		if info, err := e.Info(); err == nil {
			sizes[path] = info.Size()
		}
		return nil
	})
	return sizes
}

// awaitAnswers waits for the first answer to a read and to a write, and counts from began.
func awaitAnswers(r *running, began time.Time) (restart, error) {
	var took restart
	s, err := firstSession(r.addrs[0])
	if err != nil {
		return took, err
	}
	defer s.close()
	path := fmt.Sprintf("/filled/znode-%07d", 0)
	for _, one := range []struct {
		request wire.Request
		took    *time.Duration
	}{
		{wire.GetDataRequest{Path: path}, &took.read},
		{wire.SetDataRequest{Path: path, Data: make([]byte, payloadBytes), Version: -1}, &took.write},
	} {
		if err := errors.Join(s.send(one.request), s.receive()); err != nil {
			return took, err
		}
		*one.took = time.Since(began)
	}
	took.memory, _, err = r.memory()
	return took, err
}

// firstSession asks for a session until there is one.
func firstSession(addr string) (*session, error) {
	for end := time.Now().Add(startLimit); ; time.Sleep(5 * time.Millisecond) {
		s, err := openSession(addr)
		if err == nil || time.Now().After(end) {
			return s, err
		}
	}
}
