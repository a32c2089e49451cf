package clients

import "testing"

func TestResourceRefusesSmallerTokens(t *testing.T) {
	var r Resource
	for _, c := range []struct {
		token    int64
		accepted bool
	}{{5, true}, {5, true}, {4, false}, {7, true}, {5, false}, {7, true}} {
		if got := r.Write(c.token); got != c.accepted {
			t.Errorf("token %d: %v", c.token, got)
		}
	}
}
