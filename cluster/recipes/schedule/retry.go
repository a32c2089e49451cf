package schedule

import (
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// outcome is that of a write that ended with err and could not be settled.
func outcome(err error) recipes.Outcome {
	if client.MaybeApplied(err) {
		return recipes.Unknown
	}
	return recipes.NoEffect
}

// place is where a scheduler's znodes are, and who looks at them.
type place struct {
	p    host.Process
	c    *client.Client
	path string
	acl  []wire.ACL
}

// settle calls read again until it ends with something else than a passing error, or the time is up. read must change
// nothing, or the same each time.
func (l place) settle(until time.Duration, read func() error) error {
	return recipes.Settle(l.p, until, read)
}

// create is the request to make a znode, whose Stat it is to be told.
func (l place) create(path string, data []byte, flags int32) wire.CreateRequest {
	return wire.CreateRequest{Path: path, Data: data, ACL: l.acl, Flags: flags, Stat: true}
}

// resultsOf waits for a multi, and is what Client.Multi returns.
func resultsOf(sent *client.Pending) ([]wire.MultiResult, error) {
	if err := sent.Wait(); err != nil {
		return nil, err
	}
	r := sent.Response().(wire.MultiResponse)
	code, _ := r.Failed()
	return r.Results, code.Err()
}

// failedAt is the index of the request because of which a multi failed, -1 for none.
func failedAt(results []wire.MultiResult) int {
	_, at := wire.MultiResponse{Results: results}.Failed()
	return at
}

// statOf is the Stat that a multi's request was answered with.
func statOf(r wire.MultiResult) wire.Stat {
	switch r := r.Response.(type) {
	case wire.SetDataResponse:
		return r.Stat
	case wire.CreateResponse:
		if r.Stat != nil {
			return *r.Stat
		}
	}
	return wire.Stat{}
}
