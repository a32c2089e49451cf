// Command client asks servers whether they lead.
package main

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"election/tls"

	"ordeal/guest/say"
)

func main() {
	servers, client := strings.Split(os.Getenv("SERVERS"), ","), tls.Client(3*time.Second)
	for turn := range say.Turns() {
		switch turn.Kind {
		case say.Run:
			ask(turn, client, servers[turn.Rand().IntN(len(servers))])
		case say.Probe:
			found := false
			for _, s := range servers {
				found = found || ask(turn, client, s)
			}
			if !found {
				turn.Fail()
				time.Sleep(100 * time.Millisecond)
			}
		}
	}
}

// ask asks a server whether it leads, and reports whether it does.
func ask(turn *say.Turn, client *http.Client, server string) bool {
	_, outcome := turn.Do("office", "leads", nil, func() (any, say.Outcome, error) {
		status, text, err := tls.Get(client, "https://"+server+"/leader")
		if err != nil {
			return nil, say.None, err // a question changes nothing
		}
		epoch, err := strconv.ParseInt(text, 10, 64)
		if err != nil || status != http.StatusOK {
			return nil, say.None, fmt.Errorf("%s does not lead", server)
		}
		return []any{epoch, server}, say.OK, nil
	})
	return outcome == say.OK
}
