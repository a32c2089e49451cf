// Package bounds holds the service to what it must have done by when: that whatever is asked is answered, at every
// server that is well; that rules of time are kept on both sides; that it serves while a majority is well.
// docs/FAULTS.md lists the bounds.
package bounds

import (
	"errors"
	"fmt"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

const (
	// answerMax is how long one request may take at a server that is well when no fault disturbs it: an answer, or the
	// end of the connection. A leader may have to be elected meanwhile.
	answerMax = 3 * time.Second
	// serveMax is how long a server that is well may take to serve a client that comes again after each failure.
	serveMax = 10 * time.Second
	// examinerTimeout is that of the examiner's sessions: its client gives a silent server up no sooner than answerMax.
	examinerTimeout = 3 * answerMax
	examinerRest    = 100 * time.Millisecond
)

// Examine asks each of some servers for what any client may ask: a session, a sync, reads, writes, watches, and the end
// of the session. Its clients stay with their servers. What one server is asked to write, another's client watches. It
// returns what was not answered in time or wrongly, or "". super is who may do everything.
// Sessions have at least min and at most max as their timeouts.
func Examine(p host.Process, servers []host.Addr, super string, min, max time.Duration) (missing string) {
	x := &examiner{p: p, super: super, min: min, max: max}
	for _, s := range servers {
		x.visits = append(x.visits, &visit{server: s, path: "/asked-" + string(s)})
	}
	for _, step := range []func(v, next *visit) string{
		x.begin, x.watchFor, x.create, x.watch, x.write, x.told, x.read, x.remove, x.end, x.agree,
	} {
		for i, v := range x.visits {
			if missing := step(v, x.visits[(i+1)%len(x.visits)]); missing != "" {
				return missing
			}
		}
	}
	return ""
}

// examiner is who asks.
type examiner struct {
	p        host.Process
	super    string
	min, max time.Duration
	visits   []*visit
}

// visit is what is asked of one server: its client watches a znode that the next server's client makes and changes.
type visit struct {
	server                 host.Addr
	path                   string
	c                      *client.Client
	created, data, listing *client.Watch
}

// ask asks a server until it has answered, and says what is wrong if that takes too long.
func (x *examiner) ask(v *visit, what string, f func(c *client.Client) error) (missing string) {
	for begun := x.p.Now(); ; x.p.Sleep(examinerRest) {
		if v.c == nil || !v.c.Alive() {
			v.c = client.New(x.p, client.Config{Servers: []host.Addr{v.server}, SessionTimeout: examinerTimeout,
				Claims: x.claims()})
		}
		at := x.p.Now()
		err := f(v.c)
		if errors.Is(err, wire.NoAuth) {
			openRoot(v.c)
		}
		switch took := x.p.Now() - at; {
		case took > answerMax:
			return fmt.Sprintf("%s left %s without an answer for %v (%s)", v.server, what, took, ended(err))
		case err == nil:
			return ""
		case x.p.Now()-begun > serveMax:
			return fmt.Sprintf("%s did not serve %s to a client that stays with it, within %v (%s)", v.server, what,
				serveMax, ended(err))
		}
	}
}

// claims are who the examiner is, where there is a super user and where there is none.
func (x *examiner) claims() []wire.AuthRequest {
	return []wire.AuthRequest{{Scheme: "digest", Auth: []byte(x.super)}}
}

// openRoot lets everybody do everything with the root: clients may have said otherwise, and where there is no super
// user that holds for the examiner, too. All may say what holds for the root. If it fails, so does what is asked next.
func openRoot(c *client.Client) {
	all := []wire.ACL{{Perms: wire.PermAll, ID: wire.ID{Scheme: "world", ID: "anyone"}}}
	_, _ = c.SetACL("/", all, wire.AnyVersion)
}

func ended(err error) string {
	if err == nil {
		return "then it came"
	}
	return err.Error()
}

func (x *examiner) begin(v, _ *visit) string {
	return x.ask(v, "a sync of a new session", func(c *client.Client) error { return c.Sync("/") })
}

func (x *examiner) watchFor(v, _ *visit) string {
	return x.ask(v, "a look at a znode that is not there", func(c *client.Client) error {
		v.created = client.NewWatch()
		_, _, err := c.Exists(v.path, v.created)
		return err
	})
}

func (x *examiner) create(v, next *visit) string {
	return x.ask(next, "a create", func(c *client.Client) error {
		_, _, err := c.Create(v.path, nil, 0)
		if errors.Is(err, wire.NodeExists) {
			return nil // an answer was lost
		}
		return err
	})
}

func (x *examiner) watch(v, _ *visit) string {
	if missing := x.fires(v, v.created, "the creation of "+v.path); missing != "" {
		return missing
	}
	return x.ask(v, "reads", func(c *client.Client) error {
		v.data, v.listing = client.NewWatch(), client.NewWatch()
		if _, _, err := c.SyncGet(v.path, v.data); err != nil {
			return err
		}
		_, _, err := c.Children(v.path, v.listing)
		return err
	})
}

// written is what the examiner writes.
const written = "asked"

func (x *examiner) write(v, next *visit) string {
	return x.ask(next, "writes", func(c *client.Client) error {
		if _, err := c.Set(v.path, []byte(written), wire.AnyVersion); err != nil {
			return err
		}
		_, _, err := c.Create(v.path+"/child", nil, 0)
		if errors.Is(err, wire.NodeExists) {
			return nil
		}
		return err
	})
}

func (x *examiner) told(v, _ *visit) string {
	if missing := x.fires(v, v.data, "a change of the data of "+v.path); missing != "" {
		return missing
	}
	return x.fires(v, v.listing, "a new child of "+v.path)
}

// fires waits for a watch.
func (x *examiner) fires(v *visit, w *client.Watch, of string) string {
	if _, fired := w.Wait(answerMax); !fired {
		return fmt.Sprintf("%s did not tell a client that stays with it, and watches, of %s within %v", v.server, of,
			answerMax)
	}
	return ""
}

func (x *examiner) read(v, _ *visit) string {
	wrong := ""
	missing := x.ask(v, "a read behind a sync", func(c *client.Client) error {
		data, _, err := c.SyncGet(v.path, nil)
		if err == nil && string(data) != written {
			wrong = fmt.Sprintf("%s read %q from %s behind a sync, where %q was written", v.server, data, v.path, written)
		}
		return err
	})
	if missing != "" {
		return missing
	}
	return wrong
}

func (x *examiner) remove(v, next *visit) string {
	return x.ask(next, "a multi", func(c *client.Client) error {
		_, err := c.Multi(wire.DeleteRequest{Path: v.path + "/child", Version: wire.AnyVersion},
			wire.DeleteRequest{Path: v.path, Version: wire.AnyVersion})
		if errors.Is(err, wire.NoNode) {
			return nil // an answer was lost, or the child went with its session
		}
		return err
	})
}

func (x *examiner) end(v, _ *visit) string {
	return x.ask(v, "the end of a session", func(c *client.Client) error { return c.Close() })
}

// agree asks for sessions with timeouts that are out of bounds. What is granted has to be at the bound.
func (x *examiner) agree(v, _ *visit) string {
	for _, one := range []struct{ asked, granted time.Duration }{{x.min / 2, x.min}, {2 * x.max, x.max}} {
		v.c = client.New(x.p, client.Config{Servers: []host.Addr{v.server}, SessionTimeout: one.asked,
			RequestTimeout: 2 * answerMax, Claims: x.claims()})
		missing := x.ask(v, "a sync of a new session", func(c *client.Client) error { return c.Sync("/") })
		if missing != "" {
			return missing
		}
		if got := v.c.Timeout(); got != one.granted {
			return fmt.Sprintf("%s granted a timeout of %v to a client that asked for %v, where it is %v", v.server, got,
				one.asked, one.granted)
		}
		if missing := x.end(v, nil); missing != "" {
			return missing
		}
	}
	return ""
}
