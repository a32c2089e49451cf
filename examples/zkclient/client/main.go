// Command client takes locks with github.com/go-zookeeper/zk, gives them back, and looks who has them.
package main

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/go-zookeeper/zk"

	"ordeal/guest/say"
)

func main() { say.Locks(3, &locker{}) }

// locker has a connection, which has one session after another, and the lock that it has acquired.
type locker struct {
	*zk.Conn
	lock *zk.Lock
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}

func name(session int64) string { return fmt.Sprintf("0x%x", uint64(session)) }

func (c *locker) Session(patience time.Duration) string {
	if c.Conn == nil {
		servers := strings.Split(os.Getenv("SERVERS"), ",")
		c.Conn, _, _ = zk.Connect(servers, 3*time.Second, zk.WithLogger(quiet{})) // an error is one of no servers
	}
	for begin := time.Now(); c.State() != zk.StateHasSession && patience != 0; time.Sleep(10 * time.Millisecond) {
		if patience >= 0 && time.Since(begin) > patience {
			return ""
		}
	}
	return name(c.SessionID())
}

func (c *locker) Close() { c.Conn.Close(); c.Conn = nil }

func (c *locker) Acquire(key string) (int64, say.Outcome, error) {
	l := zk.NewLock(c.Conn, "/lock/"+key, zk.WorldACL(zk.PermAll))
	if err := l.Lock(); err != nil && os.Getenv("VARIANT") == "closes" {
		return 0, say.Unknown, err
	} else if err != nil {
		return 0, say.None, err // "It will wait to return until the lock is acquired or an error occurs", says its doc
	}
	c.lock = l
	// The number of its znode, which grows with each. No method tells it.
	return reflect.ValueOf(l).Elem().FieldByName("seq").Int(), say.OK, nil
}

func (c *locker) Release(string) (say.Outcome, error) {
	err := c.lock.Unlock()
	if errors.Is(err, zk.ErrNoNode) {
		return say.None, err // the session had ended
	}
	return say.Unknown, err
}

// Holder is who stands first in line.
func (c *locker) Holder(key string) (session string, number int64, err error) {
	path, first := "/lock/"+key, ""
	if _, err = c.Sync(path); err != nil {
		return "", 0, err
	}
	line, _, err := c.Children(path)
	if errors.Is(err, zk.ErrNoNode) {
		return "", 0, nil
	}
	for _, one := range line {
		var n int64
		if _, err := fmt.Sscanf(one[strings.LastIndex(one, "-")+1:], "%d", &n); err != nil {
			return "", 0, err
		}
		if first == "" || n < number {
			first, number = one, n
		}
	}
	if err != nil || first == "" {
		return "", 0, err
	}
	_, stat, err := c.Get(path + "/" + first)
	if err != nil {
		return "", 0, err
	}
	return name(stat.EphemeralOwner), number, nil
}
