package registers

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"ordeal/guest/say"
)

func TestMachine(t *testing.T) {
	var m Machine
	for _, step := range []struct {
		op   say.RegisterOp
		want string
	}{
		{say.RegisterOp{Key: "r1"}, "0 0"},
		{say.RegisterOp{Key: "r1", Write: true, Value: 17}, "17 1"},
		{say.RegisterOp{Key: "r1", Write: true, Value: 18}, "17 1"}, // it was written since
		{say.RegisterOp{Key: "r1", Write: true, Value: -18, Expected: 1}, "-18 2"},
		{say.RegisterOp{Key: "r2"}, "0 0"},
	} {
		if got := m.Apply(command(step.op)); string(got) != step.want {
			t.Errorf("%s is answered %q, and not %q", command(step.op), got, step.want)
		}
	}
	var other Machine
	if err := other.Restore(bytes.NewReader(m.Snapshot())); err != nil || string(other.Apply([]byte("r1"))) != "-18 2" {
		t.Errorf("of a snapshot there is %s, %v", other.Snapshot(), err)
	}
	if err := other.Restore(strings.NewReader("17")); err == nil {
		t.Error("a number is taken for a snapshot")
	}
	if _, _, err := parse([]byte("r1 17")); err == nil {
		t.Error("a command of one number is none")
	}
}

// TestServe: a client finds the server that leads, by what the others answer.
func TestServe(t *testing.T) {
	var m Machine
	refuses := errors.New("not\nhere")
	elsewhere := func([]byte) ([]byte, error) { return nil, fmt.Errorf("asked for it: %w", refuses) }
	lost := func([]byte) ([]byte, error) { return nil, errors.New("lost") }
	leads := func(b []byte) ([]byte, error) { return m.Apply(b), nil }
	c := &client{port: 8271}
	for i, decide := range []decision{elsewhere, lost, leads} {
		host := fmt.Sprintf("127.0.0.%d", i+1)
		c.servers = append(c.servers, host)
		go func() { _ = Serve(net.JoinHostPort(host, fmt.Sprint(c.port)), decide, refuses) }()
	}
	for _, s := range c.servers {
		for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
			if conn, err := net.Dial("tcp", net.JoinHostPort(s, fmt.Sprint(c.port))); err == nil {
				conn.Close()
				break
			}
		}
	}
	for _, want := range []string{"none asked for it: not here", "unknown lost", "done 5 1", "done 5 1"} {
		answer, outcome, err := c.ask(command(say.RegisterOp{Key: "r", Write: true, Value: 5}))
		if err != nil {
			answer = err.Error()
		}
		if got := fmt.Sprint(outcome, " ", answer); got != want {
			t.Errorf("%q, and not %q", got, want)
		}
	}
	// A server hears several commands on one connection, in turn.
	conn, err := net.Dial("tcp", "127.0.0.3:8271")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "r\nr 6 1\nr\n")
	for lines, i := bufio.NewScanner(conn), 0; i < 3 && lines.Scan(); i++ {
		if want := []string{"done 5 1", "done 6 2", "done 6 2"}[i]; lines.Text() != want {
			t.Errorf("line %d is %q, and not %q", i+1, lines.Text(), want)
		}
	}
}
