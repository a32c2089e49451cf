package say

import (
	"os"
	"strings"
	"time"
)

// pauseOfProbe is how long a client waits when no server leads.
const pauseOfProbe = 100 * time.Millisecond

// Leaders is the whole of a client of an election: it asks the servers that the variable SERVERS names, one a turn,
// whether they lead. lead returns the epoch in which a server leads, which no two have in common, or an error. The
// history is one of the workload system.Leaders.
func Leaders(lead func(server string) (epoch int64, err error)) {
	servers := strings.Split(os.Getenv("SERVERS"), ",")
	for t := range Turns() {
		switch t.Kind {
		case Run:
			leads(t, servers[t.Rand().IntN(len(servers))], lead)
		case Probe:
			found := false
			for _, s := range servers {
				found = leads(t, s, lead) || found
			}
			if !found {
				t.Fail()
				time.Sleep(pauseOfProbe)
			}
		}
	}
}

// leads asks one server, and reports whether it leads.
func leads(t *Turn, server string, lead func(server string) (epoch int64, err error)) bool {
	_, outcome := t.Do("office", "leads", nil, func() (any, Outcome, error) {
		epoch, err := lead(server)
		if err != nil {
			return nil, None, err // a question changes nothing
		}
		return []any{epoch, server}, OK, nil
	})
	return outcome == OK
}
