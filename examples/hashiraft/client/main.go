// Command client reads and writes registers.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"ordeal/guest/say"
)

func main() {
	servers, next := strings.Split(os.Getenv("SERVERS"), ","), 0
	client := http.Client{Timeout: 2 * time.Second}
	say.Registers(3, func(t *say.Turn, o say.RegisterOp) (value, version int64, outcome say.Outcome, err error) {
		body, _ := json.Marshal(o) // plain data
		outcome, err = say.None, fmt.Errorf("no server took it")
		for end := time.Now().Add(5 * time.Second); t.Patience < 0 || time.Now().Before(end); {
			time.Sleep(20 * time.Millisecond)
			answer, failed := client.Post("http://"+servers[next]+"/", "application/json", bytes.NewReader(body))
			if failed != nil {
				outcome, err, next = say.Unknown, failed, (next+1)%len(servers)
				continue
			}
			text, failed := io.ReadAll(answer.Body)
			answer.Body.Close()
			switch {
			case failed == nil && answer.StatusCode == http.StatusOK:
				_, err = fmt.Sscan(string(text), &value, &version)
				return value, version, say.OK, err
			case failed != nil || answer.StatusCode != http.StatusMisdirectedRequest:
				outcome, err = say.Unknown, fmt.Errorf("%s %v", text, failed)
			}
			next = (next + 1) % len(servers)
		}
		return 0, 0, outcome, err
	})
}
