package clients_test

import (
	"math"
	"testing"

	"ordeal/workloads/clients"
)

func TestRequestsOfAnUnknownOperation(t *testing.T) {
	for _, c := range []struct {
		before, last, xid int32
		want              bool
	}{
		{2, 4, 2, false}, {2, 4, 3, true}, {2, 4, 4, true}, {2, 4, 5, false},
		{4, 4, 4, false}, {4, 4, 5, false},
		{math.MaxInt32 - 1, 1, math.MaxInt32, true}, {math.MaxInt32 - 1, 1, 1, true}, {math.MaxInt32, 1, 1, true},
		{math.MaxInt32 - 1, 1, 2, false}, {math.MaxInt32 - 1, 1, math.MaxInt32 - 1, false},
		{math.MaxInt32, 1, math.MaxInt32, false},
	} {
		if got := (clients.Doubt{Before: c.before, Last: c.last}).Made(c.xid); got != c.want {
			t.Errorf("of those behind %d up to %d, %d is one: %v", c.before, c.last, c.xid, got)
		}
	}
}
