package coordination

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ordeal/history"
	"ordeal/testbed/trial"
)

// holds are the times in which a session held a lock or led, as its client knew it: from the answer that gave it, to
// the request that gives it back or to the end of the session.
func holds(pairs []history.Operation) []trial.Hold {
	ended, given := endsOfSessions(pairs), givenBack(pairs)
	var all []trial.Hold
	for _, o := range pairs {
		gives, what := "release", "lock"
		if o.F == "campaign" {
			gives, what = "resign", "office"
		}
		session, token, ok := granted(o)
		if !ok {
			continue
		}
		hold := trial.Hold{
			What: what + " " + o.Key, Who: fmt.Sprintf("session %s, token %d", session, token),
			From: o.Completed, To: -1,
		}
		if at, over := ended[session]; over && at > o.Completed {
			hold.To = at
		}
		if back, over := given[gift{gives, o.Key, session, token}]; over && (hold.To < 0 || back < hold.To) {
			hold.To = back
		}
		all = append(all, hold)
	}
	slices.SortStableFunc(all, func(a, b trial.Hold) int { return cmp.Compare(a.What, b.What) })
	return all
}

// gift is what a client gives back, by which operation.
type gift struct {
	f, key, session string
	token           int64
}

// givenBack are the instants at which clients began to give back what they held.
func givenBack(pairs []history.Operation) map[gift]time.Duration {
	given := make(map[gift]time.Duration)
	for _, o := range pairs {
		if session, token, ok := claim(o.Argument); ok {
			g := gift{o.F, o.Key, session, token}
			if _, twice := given[g]; !twice {
				given[g] = o.Invoked
			}
		}
	}
	return given
}

// endsOfSessions are the instants at which the service ended sessions.
func endsOfSessions(pairs []history.Operation) map[string]time.Duration {
	ended := make(map[string]time.Duration)
	for i := range pairs {
		o := &pairs[i]
		if session, ok := o.Result.(string); ok && o.Process == history.Service && o.F == "end" {
			ended[session] = o.Completed
		}
	}
	return ended
}

// granted is what an operation gave to whom, if it gave a lock or an office.
func granted(o history.Operation) (session string, token int64, ok bool) {
	if o.End != history.OK || o.F != "acquire" && o.F != "campaign" {
		return "", 0, false
	}
	return claim(o.Result)
}

// claim reads [session token].
func claim(value any) (session string, token int64, ok bool) {
	list, ok := value.([]any)
	if !ok || len(list) != 2 {
		return "", 0, false
	}
	session, ok = list[0].(string)
	if !ok {
		return "", 0, false
	}
	token, ok = list[1].(int64)
	return session, token, ok
}
