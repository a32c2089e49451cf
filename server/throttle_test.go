package server_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
)

// TestOutstandingLimit has clients send many times more at once than may be outstanding: some are not read from for a
// while, and all are answered.
func TestOutstandingLimit(t *testing.T) {
	for _, limit := range []string{"3", "0", "-5"} {
		t.Run(limit, func(t *testing.T) { limitOutstanding(t, limit) })
	}
}

func limitOutstanding(t *testing.T, limit string) {
	s := startAlone(t, "globalOutstandingLimit="+limit, "4lw.commands.whitelist=*")
	var all sync.WaitGroup
	for k := range 4 {
		conn, _, err := zk.Connect([]string{s.ClientAddr()}, 30*time.Second, zk.WithLogger(silent{}))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		for i := range 100 {
			all.Go(func() {
				if _, err := conn.Create(fmt.Sprintf("/%d-%d", k, i), nil, 0, zk.WorldACL(zk.PermAll)); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	mntr := askWord(t, s.ClientAddr(), "mntr")
	if strings.Contains(mntr, "\nzk_connection_paused\t0\n") ||
		!strings.Contains(mntr, "\nzk_outstanding_requests\t0\n") {
		t.Errorf("mntr says\n%s", mntr)
	}
}
