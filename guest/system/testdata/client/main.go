// Command client reads and writes registers.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"ordeal/guest/say"
)

var (
	conn  net.Conn
	lines *bufio.Reader
)

func main() {
	say.Registers(2, func(t *say.Turn, o say.RegisterOp) (value, version int64, outcome say.Outcome, err error) {
		server, _, _ := strings.Cut(os.Getenv("SERVERS"), ",")
		for end := time.Now().Add(3 * time.Second); conn == nil; time.Sleep(50 * time.Millisecond) {
			if t.Patience >= 0 && time.Now().After(end) {
				return 0, 0, say.None, fmt.Errorf("no connection")
			}
			if c, err := net.DialTimeout("tcp", server+":7", time.Second); err == nil {
				conn, lines = c, bufio.NewReader(c)
			}
		}
		line, _ := json.Marshal(o) // plain data
		_ = conn.SetDeadline(time.Now().Add(3 * time.Second))
		_, err = conn.Write(append(line, '\n'))
		if err == nil {
			_, err = fmt.Fscanln(lines, &value, &version)
		}
		if err != nil {
			_ = conn.Close()
			conn = nil
			return 0, 0, say.Unknown, err
		}
		return value, version, say.OK, nil
	})
}
