package cluster_test

import (
	"strings"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/zoocfg"
)

// TestConfigsThatAreWrong: each of these is, and says how.
func TestConfigsThatAreWrong(t *testing.T) {
	of := func(ids ...uint64) (list []cluster.Member) {
		for _, id := range ids {
			list = append(list, cluster.Member{ID: id, Addr: cluster.ServerName(id)})
		}
		return list
	}
	for want, c := range map[string]cluster.Config{
		"":                                {ID: 1, Members: of(1, 2, zoocfg.ZeroID)},
		"must be from 0 to 255":           {ID: 1, Members: of(1, zoocfg.ZeroID+1)},
		"is listed twice":                 {ID: 1, Members: of(1, 2, 1)},
		"is not among the members":        {ID: 3, Members: of(1, 2)},
		"is under 10 ms":                  {ID: 1, Members: of(1), TickTime: time.Millisecond},
		"pieces of -1 bytes":              {ID: 1, Members: of(1), SnapshotPieceBytes: -1},
		"is above maxSessionTimeout":      {ID: 1, Members: of(1), MinSessionTimeout: time.Hour},
		"server 255 can make no sessions": {ID: 255, Members: of(1, 255)},
	} {
		switch err := c.Check(); {
		case want == "" && err != nil, want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%v, and it is to say %q", err, want)
		}
	}
	if err := (cluster.Config{ID: 255, Members: of(255), Etcd: cluster.Etcd{On: true}}).Check(); err != nil {
		t.Errorf("a server of etcd's API makes none, and is refused: %v", err)
	}
}
