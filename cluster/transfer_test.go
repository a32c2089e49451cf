package cluster_test

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/host"
	"ordeal/sim"
)

// transferTest is an ensemble in which one server is far behind and about to be sent a snapshot in many pieces, while a
// client goes on to write. trouble is made for it; then all is well again, and the servers must agree.
func transferTest(t *testing.T, seed uint64, trouble func(e *ensemble, lagging host.Addr)) *ensemble {
	t.Helper()
	e := newEnsembleWith(t, seed, 3, func(c *cluster.Config) { c.SnapshotPieceBytes = 100 })
	e.RunUntil(2 * time.Second)
	lagging := e.servers[0]
	if lagging == e.leader() {
		lagging = e.servers[1]
	}
	e.mustDo(e.Crash(lagging))
	e.do(20*time.Second, func(_ host.Process, c *client.Client) {
		for i := range 200 {
			_, _, err := c.Create(fmt.Sprintf("/n%d", i), []byte(strings.Repeat("x", i)), 0)
			must(t, err)
		}
	})
	e.mustDo(e.Restart(lagging))
	e.Spawn("c2", func(p host.Process) {
		c := client.New(p, client.Config{Servers: e.servers, SessionTimeout: 2 * time.Second})
		for i := range 400 {
			_ = persistently(p, func() error {
				_, err := c.Set(fmt.Sprintf("/n%d", i%200), []byte("later"), -1)
				return err
			})
		}
	})
	trouble(e, lagging)
	e.RunUntil(e.Now() + 10*time.Second)
	e.agree()
	if first, _ := e.node(lagging).TermAt(100); first != 0 {
		t.Errorf("%s has entry 100: it caught up by the log, and the test shows nothing", lagging)
	}
	for _, failure := range e.Failures() {
		t.Errorf("%+v", failure)
	}
	return e
}

func TestASnapshotArrivesWhileClientsWrite(t *testing.T) {
	for seed := range uint64(3) {
		transferTest(t, seed, func(*ensemble, host.Addr) {})
	}
}

func TestASnapshotArrivesInSpiteOfLoss(t *testing.T) {
	for seed := range uint64(3) {
		transferTest(t, seed, func(e *ensemble, lagging host.Addr) {
			bad := sim.LinkFault{LossPPM: 30_000, DuplicatePPM: 200_000, ReorderPPM: 200_000, Jitter: 3 * time.Millisecond}
			for _, s := range e.servers {
				if s != lagging {
					e.mustDo(e.SetLink(s, lagging, bad))
					e.mustDo(e.SetLink(lagging, s, bad))
				}
			}
			e.RunUntil(e.Now() + 20*time.Second)
			for _, s := range e.servers {
				if s != lagging {
					e.mustDo(e.ClearLink(s, lagging))
					e.mustDo(e.ClearLink(lagging, s))
				}
			}
		})
	}
}

// The one that is sent a snapshot crashes in the midst of it, some times; and then the one that sends it.
func TestASnapshotArrivesInSpiteOfCrashes(t *testing.T) {
	for seed := range uint64(4) {
		transferTest(t, seed, func(e *ensemble, lagging host.Addr) {
			for i := range 5 {
				e.RunUntil(e.Now() + time.Duration(20+37*i)*time.Millisecond)
				e.mustDo(e.Crash(lagging))
				e.mustDo(e.Restart(lagging))
			}
			e.RunUntil(e.Now() + 150*time.Millisecond)
			if leader := e.leader(); leader != "" && leader != lagging {
				e.mustDo(e.Crash(leader))
				e.RunUntil(e.Now() + 2*time.Second)
				e.mustDo(e.Restart(leader))
			}
		})
	}
}

// FuzzPeer gives a node bytes that claim to be of another: pieces of snapshots, questions for them, and the rest.
func FuzzPeer(f *testing.F) {
	f.Add([]byte{5, 2, 9, 10, 0, 0, 'x'})
	f.Add([]byte{5, 2, 9, 10, 3, 0, 'x'})
	f.Add([]byte{6, 2, 9, 0})
	f.Add([]byte{3, 0, 0, 0, 0, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 0 && data[0] < 3 {
			return // raft trusts its peers, and so do the requests in the log
		}
		e := newEnsemble(t, 1, 1)
		e.RunUntil(2 * time.Second)
		e.node("n1").Receive("n2", binary.LittleEndian.AppendUint32(data, crc32.Checksum(data,
			crc32.MakeTable(crc32.Castagnoli))))
		e.RunUntil(3 * time.Second)
		e.agree()
	})
}
