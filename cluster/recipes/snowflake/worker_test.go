package snowflake_test

import (
	"fmt"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/snowflake"
	"ordeal/host"
	"ordeal/server/servertest"
)

const patience = 10 * time.Second

func ExampleWorker() {
	e := new(servertest.Example)
	defer e.End()
	servertest.Do(e, func(p host.Process, connect func() *client.Client) {
		c := connect()
		defer c.Close()
		clock := func() time.Duration { return time.Hour }
		a, b := snowflake.New(p, c, "/ids", clock), snowflake.New(p, c, "/ids", clock)
		for _, w := range []*snowflake.Worker{a, b, a} {
			id, err := w.Next(patience)
			fmt.Println(id>>22, "ms, worker", id>>12&1023, "number", id&4095, err)
		}
	})
	// Output:
	// 3600000 ms, worker 0 number 0 <nil>
	// 3600000 ms, worker 1 number 0 <nil>
	// 3600000 ms, worker 0 number 1 <nil>
}

// A worker goes on when its clock goes back, and who has its number next begins behind it whatever the clock says.
func TestClocksMayBeWrong(t *testing.T) {
	servertest.Do(t, func(p host.Process, connect func() *client.Client) {
		c, given, wrong := connect(), map[int64]bool{}, time.Duration(0)
		defer c.Close()
		clock := func() time.Duration { return time.Hour + p.Now() + wrong }
		for k := range 3 {
			w, last := snowflake.New(p, c, "/w", clock), int64(0)
			for i := range 5000 {
				if i%500 == 0 {
					wrong -= time.Duration(k) * time.Second
				}
				id, err := w.Next(patience)
				if err != nil || given[id] || id <= last {
					t.Fatalf("worker %d: %d behind %d, given before: %v, %v", k, id, last, given[id], err)
				}
				given[id], last = true, id
			}
			if err := w.Leave(); err != nil {
				t.Error(err)
			}
		}
	})
}

// A worker whose session is over gives out nothing beyond what was written down.
func TestNumbersAreTheirSessions(t *testing.T) {
	servertest.Do(t, func(p host.Process, connect func() *client.Client) {
		c, clock := connect(), time.Hour
		w := snowflake.New(p, c, "/w", func() time.Duration { return clock })
		if _, err := w.Next(patience); err != nil {
			t.Error(err)
		}
		c.Close()
		if _, err := w.Next(patience); err != nil {
			t.Errorf("the time of the first was written down for a second: %v", err)
		}
		clock += 5 * time.Second
		if id, err := w.Next(patience); err == nil {
			t.Errorf("%d was given out", id)
		}
	})
}

// A worker that takes another number goes on behind its last ID, though that number was used less and the clock says
// less.
func TestIDsGrowOverNumbers(t *testing.T) {
	servertest.Do(t, func(p host.Process, connect func() *client.Client) {
		c, clock := connect(), 2*time.Hour
		defer c.Close()
		w := snowflake.New(p, c, "/w", func() time.Duration { return clock })
		last, err := w.Next(patience)
		if err != nil {
			t.Error(err)
		}
		if err := w.Leave(); err != nil {
			t.Error(err)
		}
		other := snowflake.New(p, c, "/w", func() time.Duration { return clock })
		if _, err := other.Next(patience); err != nil { // by the number that w had
			t.Error(err)
		}
		for clock = time.Hour; clock < time.Hour+10; clock++ {
			id, err := w.Next(patience)
			if id <= last || err != nil {
				t.Fatalf("%d behind %d, %v", id, last, err)
			}
			last = id
		}
	})
}
