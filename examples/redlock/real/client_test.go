package real

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/go-redsync/redsync/v4"
	"github.com/go-redsync/redsync/v4/redis"
	"github.com/go-redsync/redsync/v4/redis/goredis/v9"
	goredislib "github.com/redis/go-redis/v9"
)

// asClient is the environment variable by which the test binary is a client.
const asClient = "REDLOCK_CLIENT"

// orders are what a client is told.
type orders struct {
	Sockets []string
	TTL     time.Duration
	Number  int
}

// What a client tells, one behind the other. Each waits for a line back, so that it is on record before what is next.
const (
	acquiring = "acquiring"
	acquired  = "acquired"
	refused   = "refused"
	working   = "working" // it has looked at the clock, and a write comes next
	wrote     = "wrote"
	releasing = "releasing"
	released  = "released"
)

// told is a line of what a client tells; Session is that of one use of the lock.
type told struct{ Kind, Session string }

func TestMain(m *testing.M) {
	text := os.Getenv(asClient)
	if text == "" {
		os.Exit(m.Run())
	}
	var o orders
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		panic(err)
	}
	o.use()
}

// pieceMax is how long the longest piece of work takes. A client looks at the clock before each.
const pieceMax = 50 * time.Millisecond

// use takes the lock, works for as long as it may and gives it back, again and again, until no one listens.
func (o orders) use() {
	var pools []redis.Pool
	for _, s := range o.Sockets {
		pools = append(pools, goredis.NewPool(goredislib.NewClient(&goredislib.Options{Network: "unix", Addr: s})))
	}
	locks := redsync.New(pools...)
	back := bufio.NewScanner(os.Stdin)
	for n := 1; ; n++ {
		session := fmt.Sprintf("c%d.%d", o.Number, n)
		tell := func(kind string) {
			if err := json.NewEncoder(os.Stdout).Encode(told{kind, session}); err != nil || !back.Scan() {
				os.Exit(0)
			}
		}
		mutex := locks.NewMutex("l", redsync.WithExpiry(o.TTL), redsync.WithTries(1))
		tell(acquiring)
		if err := mutex.LockContext(context.Background()); err != nil {
			tell(refused)
			time.Sleep(rand.N(20 * time.Millisecond))
			continue
		}
		tell(acquired)
		for range 1 + rand.IntN(8) {
			if time.Until(mutex.Until()) < pieceMax {
				break
			}
			tell(working)
			time.Sleep(rand.N(pieceMax))
			tell(wrote)
		}
		tell(releasing)
		_, _ = mutex.UnlockContext(context.Background()) // if it is over, it is given back
		tell(released)
	}
}
