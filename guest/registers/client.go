package registers

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"ordeal/guest/say"
)

const (
	// keys is how many registers the clients of a trial use.
	keys = 3
	// answerTime is how long a server may take to answer before another is asked.
	answerTime = 2 * time.Second
	// patience is how long one operation is tried, unless it is to be tried for ever.
	patience = 5 * time.Second
	// pause is how long a client waits before it asks again.
	pause = 20 * time.Millisecond
)

var errNone = errors.New("no server took it")

// Ask is the whole of a client: it takes its turns, and asks the servers that the variable SERVERS names, each on a
// port.
func Ask(port int) {
	c := &client{servers: strings.Split(os.Getenv("SERVERS"), ","), port: port}
	say.Registers(keys, func(t *say.Turn, o say.RegisterOp) (value, version int64, outcome say.Outcome, err error) {
		outcome, err = say.None, errNone
		for end := time.Now().Add(patience); t.Patience < 0 || time.Now().Before(end); time.Sleep(pause) {
			answer, how, failed := c.ask(command(o))
			switch {
			case failed == nil:
				value, version, err = pair(answer)
				return value, version, say.OK, err
			case how == say.Unknown || outcome == say.None:
				outcome, err = how, failed
			}
		}
		return 0, 0, outcome, err
	})
}

// client has a connection to one of the servers, while that answers.
type client struct {
	servers []string
	next    int
	port    int
	conn    net.Conn
	lines   *bufio.Reader
}

// ask asks one server. If it has no answer, it is another one's turn.
func (c *client) ask(command []byte) (answer string, outcome say.Outcome, err error) {
	defer func() {
		if err != nil {
			c.next = (c.next + 1) % len(c.servers)
			if c.conn != nil {
				c.conn.Close()
				c.conn = nil
			}
		}
	}()
	if c.conn == nil {
		at := net.JoinHostPort(c.servers[c.next], fmt.Sprint(c.port))
		if c.conn, err = net.DialTimeout("tcp", at, answerTime); err != nil {
			return "", say.None, err
		}
		c.lines = bufio.NewReader(c.conn)
	}
	if err = c.conn.SetDeadline(time.Now().Add(answerTime)); err != nil {
		return "", say.None, err
	}
	if _, err = c.conn.Write(append(command, '\n')); err != nil {
		return "", say.Unknown, err
	}
	line, err := c.lines.ReadString('\n')
	if err != nil {
		return "", say.Unknown, err
	}
	how, answer, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
	if outcome = say.Outcome(how); outcome != say.OK {
		return "", outcome, errors.New(answer)
	}
	return answer, say.OK, nil
}
