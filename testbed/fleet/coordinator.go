package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/klauspost/compress/s2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
)

// Coordinator asks the workers of a fleet for trials, and hands their results to who asked. It is safe for use by
// several goroutines.
type Coordinator struct {
	link *link
	// campaign begins the keys of everything that is asked for here.
	campaign string
	watch    jetstream.KeyWatcher
	// near starts a worker on this machine, for trials whose files are wanted.
	near func() (campaign.Worker, error)

	mu      sync.Mutex // guards everything below
	asked   int
	waiting map[string]chan []byte
}

const (
	// lookEvery is how often a result is looked for that was not told of.
	lookEvery = 10 * time.Second
	// patience is for how long a server that is away is waited for, and pause how long between two tries.
	patience = time.Minute
	pause    = time.Second
)

// NewCoordinator begins a campaign at a place. Trials whose files are wanted are played by workers that near starts:
// they are few, and the files are to be on this machine.
func NewCoordinator(ctx context.Context, p Place, near func() (campaign.Worker, error)) (*Coordinator, error) {
	l, err := p.connect(ctx)
	if err != nil {
		return nil, err
	}
	c := &Coordinator{link: l, campaign: nuid.Next(), near: near, waiting: make(map[string]chan []byte)}
	// It is not to end with the campaign: what was found is confirmed after it.
	if c.watch, err = l.results.Watch(context.Background(), c.campaign+".>", jetstream.UpdatesOnly()); err != nil {
		l.conn.Close()
		return nil, fmt.Errorf("JetStream at %s: %w", shown(p.URL), err)
	}
	go c.collect()
	return c, nil
}

// Close ends the campaign and takes back what it has asked for and not got.
func (c *Coordinator) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_ = c.watch.Stop()
	_ = c.link.queue.Purge(ctx, jetstream.WithPurgeSubject(c.link.work(c.campaign+".>")))
	c.link.conn.Close()
}

// Worker is a worker of the fleet: whichever has time.
func (c *Coordinator) Worker() (campaign.Worker, error) { return &far{coordinator: c}, nil }

// collect hands results on as they come.
func (c *Coordinator) collect() {
	for entry := range c.watch.Updates() {
		if entry != nil && entry.Operation() == jetstream.KeyValuePut {
			c.came(entry.Key(), entry.Value())
		}
	}
}

// came hands a result to who waits for it: once, since then no one does.
func (c *Coordinator) came(key string, result []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if waiter, ok := c.waiting[key]; ok {
		delete(c.waiting, key)
		waiter <- result
	}
}

// expect is a new key, and what its result comes on.
func (c *Coordinator) expect() (string, chan []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	key := fmt.Sprintf("%s.%d", c.campaign, c.asked)
	c.waiting[key] = make(chan []byte, 1)
	return key, c.waiting[key]
}

func (c *Coordinator) forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.waiting, key)
}

// ask has a trial played, and waits for its result.
func (c *Coordinator) ask(ctx context.Context, r campaign.Request) (answer, error) {
	key, result := c.expect()
	defer c.forget(key)
	number, err := c.queue(ctx, key, r)
	if err != nil {
		return answer{}, err
	}
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		select {
		case text := <-result:
			go c.settle(key, number)
			return unpack(text)
		case <-look.C:
			if entry, err := c.link.results.Get(ctx, key); err == nil {
				c.came(key, entry.Value())
			}
		case <-ctx.Done():
			c.takeBack(number)
			return answer{}, fmt.Errorf("the trial was ended before it was over: %w", ctx.Err())
		}
	}
}

// queue puts a trial into the queue. One that got there twice, since the server's word was lost, is answered once.
func (c *Coordinator) queue(ctx context.Context, key string, r campaign.Request) (number uint64, err error) {
	text, err := json.Marshal(r)
	if err != nil {
		return 0, fmt.Errorf("a trial to ask for: %w", err)
	}
	err = insist(ctx, func(ctx context.Context) error {
		ack, err := c.link.stream.PublishMsg(ctx, &nats.Msg{Subject: c.link.work(key), Data: text},
			jetstream.WithMsgID(key))
		if err == nil {
			number = ack.Sequence
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("the trial can't be asked for at %s: %w", shown(c.link.URL), err)
	}
	return number, nil
}

// insist tries again as long as the server may come back.
func insist(ctx context.Context, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		once, done := context.WithTimeout(ctx, patience/10)
		err := try(once)
		done()
		if err == nil || errors.Is(err, nats.ErrConnectionClosed) || errors.Is(err, nats.ErrMaxPayload) ||
			errors.Is(err, jetstream.ErrKeyExists) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(pause):
		}
	}
}

// takeBack takes a trial out of the queue that is not wanted any more. It is no matter if a worker has it already.
func (c *Coordinator) takeBack(number uint64) {
	ctx, cancel := context.WithTimeout(context.Background(), pause)
	defer cancel()
	_ = c.link.queue.DeleteMsg(ctx, number)
}

// settle has the server forget a trial whose result has arrived, and the result; else it does so by itself, a day
// later. The trial goes first: who was lost before saying that it has answered has left it in the queue.
func (c *Coordinator) settle(key string, number uint64) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_ = c.link.queue.DeleteMsg(ctx, number)
	_ = c.link.results.Purge(ctx, key)
}

// unpack reads a result.
func unpack(text []byte) (a answer, err error) {
	if text, err = s2.Decode(nil, text); err == nil {
		err = json.Unmarshal(text, &a)
	}
	if err != nil {
		return answer{}, fmt.Errorf("a worker's answer: %w", err)
	}
	return a, nil
}

// pack writes a result, short enough for a server's messages.
func pack(a answer) ([]byte, error) {
	text, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("a worker's answer: %w", err)
	}
	return s2.Encode(nil, text), nil
}

// far is a worker of the fleet, as a campaign has it.
type far struct {
	coordinator *Coordinator
	near        campaign.Worker // nil until it is wanted
}

// Run has a trial played by any worker of the fleet, or on this machine if its files are wanted.
func (f *far) Run(ctx context.Context, r campaign.Request) (s play.Summary, err error) {
	if r.Dir != "" {
		return f.runNear(ctx, r)
	}
	a, err := f.coordinator.ask(ctx, r)
	switch {
	case err != nil:
		return s, err
	case a.Finding != nil:
		return a.Summary, a.Finding
	case a.Error != "":
		return a.Summary, errors.New(a.Error)
	}
	return a.Summary, nil
}

func (f *far) runNear(ctx context.Context, r campaign.Request) (s play.Summary, err error) {
	if f.near == nil {
		if f.near, err = f.coordinator.near(); err != nil {
			return s, err
		}
	}
	return f.near.Run(ctx, r)
}

// Close ends the worker on this machine, if there is one.
func (f *far) Close() {
	if f.near != nil {
		f.near.Close()
	}
}
