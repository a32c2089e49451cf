package clients_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"ordeal/host"
	"ordeal/workloads/clients"
)

// asking lets one client use an Asker that begins with n1, when the servers are up, and waits until it has ended.
func asking(t *testing.T, f func(o *trial, c *clients.Client, a *clients.Asker)) {
	t.Helper()
	o := newTrial(t, clients.Config{})
	o.until(time.Second)
	ended := false
	cfg := clients.Config{Record: o.record, Now: o.Now, Stop: stop}
	group := clients.New(cfg, func(c *clients.Client) clients.Behaviour {
		return asker{clients.NewAsker(c, servers), func(a *clients.Asker) {
			a.Redial("n1")
			f(o, c, a)
			ended = true
		}}
	})
	o.Spawn("c1", func(p host.Process) { group.Drain(p, 0, 1) })
	o.until(time.Hour)
	if !ended {
		t.Error("the client still waits")
	}
}

// asker is a client that uses its Asker once.
type asker struct {
	*clients.Asker
	use func(a *clients.Asker)
}

func (asker) Turn(*clients.Client)                {}
func (asker) Probe(*clients.Client) bool          { return true }
func (a asker) Drain(c *clients.Client, _, _ int) { a.use(a.Asker) }

// ask expects the answer of a server, or an error and what that says of the request's effect.
func ask(t *testing.T, a *clients.Asker, request string, want string, err error, outcome clients.Outcome) {
	t.Helper()
	answer, got := a.Ask([]byte(request), time.Second)
	if string(answer) != want || !errors.Is(got, err) || clients.OutcomeOf(got) != outcome {
		t.Errorf("%q was answered with %q and %v (%v), want %q and %v (%v)",
			request, answer, got, clients.OutcomeOf(got), want, err, outcome)
	}
}

func TestAskGetsTheAnswer(t *testing.T) {
	asking(t, func(_ *trial, _ *clients.Client, a *clients.Asker) {
		ask(t, a, "put 5", "5 n1", nil, clients.Done)
		if session, server := a.Standing(); session != 0 || server != "n1" {
			t.Errorf("the client has session %d with %q", session, server)
		}
		a.Redial("n2")
		ask(t, a, "get", "5 n2", nil, clients.Done)
		a.Redial("")
		if _, server := a.Standing(); server != "" {
			t.Errorf("a connection to %q is left", server)
		}
		ask(t, a, "get", "5 n1", nil, clients.Done)
	})
}

func TestAskOverABrokenConnection(t *testing.T) {
	asking(t, func(o *trial, c *clients.Client, a *clients.Asker) {
		ask(t, a, "put 5", "5 n1", nil, clients.Done)
		// The connection breaks while nothing is under way: the request goes to the other server.
		o.Crash("n1")
		c.Sleep(time.Second)
		ask(t, a, "get", "5 n2", nil, clients.Done)
		// It breaks under way: the request was carried out, but the client can't know that.
		o.Restart("n1")
		o.mute["n2"] = true
		o.At(o.Now()+100*time.Millisecond, func() { o.Crash("n2") })
		ask(t, a, "put 6", "", clients.ErrBroken, clients.Unknown)
		ask(t, a, "get", "6 n1", nil, clients.Done)
	})
}

func TestAskWithoutAServer(t *testing.T) {
	asking(t, func(o *trial, c *clients.Client, a *clients.Asker) {
		o.Crash("n1")
		o.Crash("n2")
		began := c.Now()
		ask(t, a, "put 5", "", clients.ErrNotSent, clients.NoEffect)
		if took := c.Now() - began; took < time.Second || took > 1500*time.Millisecond {
			t.Errorf("a request with a patience of 1 s took %v", took)
		}
		if a.Connect(c, c.Elapsed()+time.Second) {
			t.Error("Connect connects to a service that is down")
		}
		o.Restart("n2")
		if !a.Connect(c, c.Elapsed()+5*time.Second) {
			t.Error("Connect does not connect to a service that is back")
		}
		ask(t, a, "get", "0 n2", nil, clients.Done)
	})
}

func TestAskWaitsForeverIfItShall(t *testing.T) {
	asking(t, func(o *trial, c *clients.Client, a *clients.Asker) {
		o.late["n1"] = 10 * time.Minute
		answer, err := a.Ask([]byte("get"), clients.Forever)
		if string(answer) != "0 n1" || err != nil || c.Elapsed() < 10*time.Minute {
			t.Errorf("after %v the answer is %q, %v", c.Elapsed(), answer, err)
		}
	})
}

func TestALateAnswerIsNotTheNextOnes(t *testing.T) {
	asking(t, func(o *trial, c *clients.Client, a *clients.Asker) {
		o.late["n1"] = 1500 * time.Millisecond
		ask(t, a, "put 5", "", clients.ErrNoAnswer, clients.Unknown)
		o.late["n1"], o.value = 400*time.Millisecond, 6
		a.Redial("n1")
		c.Sleep(300 * time.Millisecond)
		ask(t, a, "get", "6 n1", nil, clients.Done)
	})
}

func TestOtherFramesAreIgnored(t *testing.T) {
	asking(t, func(o *trial, c *clients.Client, a *clients.Asker) {
		o.double["n1"] = true
		a.Answers = func(_, frame []byte) bool { return !bytes.HasPrefix(frame, []byte("again ")) }
		ask(t, a, "put 5", "5 n1", nil, clients.Done)
		ask(t, a, "put 6", "6 n1", nil, clients.Done)
		// Without Answers a second answer is ignored if it comes while nothing is under way.
		c.Sleep(time.Second)
		a.Answers = nil
		ask(t, a, "put 7", "7 n1", nil, clients.Done)
		c.Sleep(time.Second)
		ask(t, a, "put 8", "8 n1", nil, clients.Done)
	})
}

func TestErrorsNameTheServer(t *testing.T) {
	asking(t, func(o *trial, _ *clients.Client, a *clients.Asker) {
		o.mute["n1"] = true
		if _, err := a.Ask([]byte("get"), time.Second); err == nil || !strings.Contains(err.Error(), "n1: no answer") {
			t.Errorf("the error is %v", err)
		}
	})
}

// askAgain asks until n2 answers; every other server says that n2 is to be asked.
func askAgain(a *clients.Asker) (answer []byte, err error) {
	return a.AskAgain([]byte("put 5"), 200*time.Millisecond, time.Second, func(answer []byte) (bool, host.Addr) {
		return bytes.HasSuffix(answer, []byte("n2")), "n2"
	})
}

func TestAskAgainGoesWhereItIsSent(t *testing.T) {
	asking(t, func(_ *trial, _ *clients.Client, a *clients.Asker) {
		if answer, err := askAgain(a); string(answer) != "5 n2" || err != nil {
			t.Errorf("the answer is %q, %v", answer, err)
		}
	})
}

func TestAskAgainOutlivesASilentServer(t *testing.T) {
	asking(t, func(o *trial, _ *clients.Client, a *clients.Asker) {
		o.mute["n1"] = true
		if answer, err := askAgain(a); string(answer) != "5 n2" || err != nil {
			t.Errorf("the answer is %q, %v", answer, err)
		}
	})
}

// What only servers answered that do not do it has no effect; what any server kept silent on may have.
func TestAskAgainKnowsWhatMayHaveHappened(t *testing.T) {
	for _, silent := range []bool{false, true} {
		asking(t, func(o *trial, c *clients.Client, a *clients.Asker) {
			o.mute["n1"] = silent
			if err := o.Crash("n2"); err != nil {
				t.Fatal(err)
			}
			began, want := c.Now(), clients.NoEffect
			if silent {
				want = clients.Unknown
			}
			answer, err := askAgain(a)
			if answer != nil || clients.OutcomeOf(err) != want {
				t.Errorf("with n1 silent (%v): %q, %v: %v, want %v", silent, answer, err, clients.OutcomeOf(err), want)
			}
			if took := c.Now() - began; took < time.Second || took > 1200*time.Millisecond {
				t.Errorf("a client with a patience of a second gave up after %v", took)
			}
		})
	}
}
