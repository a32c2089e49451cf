package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"ordeal/testbed/campaign"
)

// Workers play trials that coordinators ask for.
type Workers struct {
	Place
	// Jobs is how many trials are played at once, each in a worker process of its own.
	Jobs      int
	NewWorker func() (campaign.Worker, error)
}

const (
	// pullFor is for how long a worker asks at one time.
	pullFor = 5 * time.Second
	// lostMax is to how many workers a trial is given that never come back. Then it is the trial that is at fault, or
	// the machines are.
	lostMax = 50
)

// Work plays trials until ctx is cancelled.
func (w Workers) Work(ctx context.Context) error {
	l, err := w.connect(ctx)
	if err != nil {
		return err
	}
	defer l.conn.Close()
	// MaxAckPending would bound how many workers there can be.
	queue, err := l.queue.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: l.Program, FilterSubject: l.work(">"), AckPolicy: jetstream.AckExplicitPolicy, AckWait: l.Lease,
		MaxDeliver: -1, MaxAckPending: -1,
	})
	if err != nil {
		return fmt.Errorf("JetStream at %s: %w", shown(w.URL), err)
	}
	var slots sync.WaitGroup
	errs := make([]error, max(1, w.Jobs))
	for i := range errs {
		slots.Go(func() {
			s := slot{link: l, queue: queue, start: w.NewWorker}
			defer s.drop()
			errs[i] = s.work(ctx)
		})
	}
	slots.Wait()
	return errors.Join(errs...)
}

// slot plays one trial after another.
type slot struct {
	link  *link
	queue jetstream.Consumer
	start func() (campaign.Worker, error)
	// worker is nil before the first trial, and after one that it did not survive.
	worker campaign.Worker
}

// work asks for a trial at a time: one that waited here for another would keep it from those who have time.
func (s *slot) work(ctx context.Context) error {
	for ctx.Err() == nil {
		asking, done := context.WithTimeout(ctx, pullFor)
		batch, err := s.queue.Fetch(1, jetstream.FetchContext(asking))
		if err == nil {
			for m := range batch.Messages() {
				if err := s.take(ctx, m); err != nil {
					done()
					return err
				}
			}
			err = batch.Error()
		}
		done()
		switch {
		case err == nil, errors.Is(err, nats.ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		case errors.Is(err, nats.ErrConnectionClosed):
			return err
		default: // the server is away: it is looked for all the while
			select {
			case <-ctx.Done():
			case <-time.After(pause):
			}
		}
	}
	return nil
}

// take plays the trial of a message, and answers it. What is not answered is given to another when the lease is over.
func (s *slot) take(ctx context.Context, m jetstream.Msg) error {
	key := s.link.keyOf(m.Subject())
	told, err := m.Metadata()
	if err != nil {
		return nil // it is no message of the queue's
	}
	if told.NumDelivered > 1 {
		if _, err := s.link.results.Get(ctx, key); err == nil {
			_ = m.Ack() // who answered it did not come to say so
			return nil
		}
	}
	var a answer
	switch {
	case told.NumDelivered > lostMax:
		a.Error = fmt.Sprintf("%d workers were given the trial, and none came back", told.NumDelivered-1)
	default:
		done := s.keep(m)
		a, err = s.play(ctx, m.Data())
		done()
	}
	switch {
	case ctx.Err() != nil:
		_ = m.Nak() // another plays it
		return nil
	case err != nil:
		return err
	}
	if err := s.record(ctx, key, a); err == nil {
		_ = m.Ack()
	}
	return nil
}

// keep says again and again that the trial is being played, until done is called.
func (s *slot) keep(m jetstream.Msg) (done func()) {
	stop := make(chan struct{})
	go func() {
		every := time.NewTicker(s.link.Lease / 3)
		defer every.Stop()
		for {
			select {
			case <-stop:
				return
			case <-every.C:
				_ = m.InProgress()
			}
		}
	}()
	return func() { close(stop) }
}

// play plays a trial. An error is that no worker process can be had.
func (s *slot) play(ctx context.Context, text []byte) (a answer, err error) {
	var r campaign.Request
	if err := json.Unmarshal(text, &r); err != nil {
		return answer{Error: fmt.Sprintf("a trial to play: %v", err)}, nil
	}
	if s.worker == nil {
		if s.worker, err = s.start(); err != nil {
			return answer{}, err
		}
	}
	a.Summary, err = s.worker.Run(ctx, r)
	if err == nil {
		return a, nil
	}
	s.drop()
	if !errors.As(err, &a.Finding) {
		a.Error = err.Error()
	}
	return a, nil
}

func (s *slot) drop() {
	if s.worker != nil {
		s.worker.Close()
		s.worker = nil
	}
}

// record writes a result, unless there is one.
func (s *slot) record(ctx context.Context, key string, a answer) error {
	text, err := pack(a)
	if err != nil {
		return err
	}
	err = s.create(ctx, key, text)
	if errors.Is(err, nats.ErrMaxPayload) {
		if text, err = pack(answer{Error: fmt.Sprintf("the result takes %d bytes, more than the server lets pass",
			len(text))}); err == nil {
			err = s.create(ctx, key, text)
		}
	}
	if errors.Is(err, jetstream.ErrKeyExists) {
		return nil
	}
	return err
}

func (s *slot) create(ctx context.Context, key string, text []byte) error {
	return insist(ctx, func(ctx context.Context) error {
		_, err := s.link.results.Create(ctx, key, text)
		return err
	})
}
