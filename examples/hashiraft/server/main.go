// Command server keeps registers by github.com/hashicorp/raft, with its TCP transport and its snapshots on files.
package main

import (
	"io"
	"log"
	"net"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/raft"

	"ordeal/guest/registers"
	"ordeal/guest/say"
)

// machine is the state machine as raft has it, and snapshot what it holds.
type (
	machine  struct{ registers.Machine }
	snapshot []byte
)

func (m *machine) Apply(l *raft.Log) any               { return m.Machine.Apply(l.Data) }
func (m *machine) Snapshot() (raft.FSMSnapshot, error) { return snapshot(m.Machine.Snapshot()), nil }
func (m *machine) Restore(from io.ReadCloser) error    { return m.Machine.Restore(from) }

func (s snapshot) Persist(to raft.SnapshotSink) error {
	if _, err := to.Write(s); err != nil {
		return to.Cancel()
	}
	return to.Close()
}
func (snapshot) Release() {}

func main() {
	name, config := say.Must(os.Hostname()), raft.DefaultConfig()
	config.LocalID, config.LogLevel, config.LogOutput = raft.ServerID(name), "ERROR", io.Discard
	config.SnapshotThreshold, config.TrailingLogs, config.SnapshotInterval = 200, 50, 3*time.Second
	if os.Getenv("VARIANT") == "eager" {
		config.SnapshotThreshold, config.TrailingLogs, config.SnapshotInterval = 26, 4, 50*time.Millisecond
	}
	store, snaps := say.Must(openStore("log")), say.Must(raft.NewFileSnapshotStore(".", 2, io.Discard))
	self := say.Must(net.ResolveTCPAddr("tcp", name+":7000"))
	transport := say.Must(raft.NewTCPTransport(":7000", self, 3, 2*time.Second, io.Discard))
	var all raft.Configuration
	for _, s := range strings.Split(os.Getenv("SERVERS"), ",") {
		all.Servers = append(all.Servers, raft.Server{ID: raft.ServerID(s), Address: raft.ServerAddress(s + ":7000")})
	}
	err := raft.BootstrapCluster(config, store, store, snaps, transport, all)
	if err != nil && err != raft.ErrCantBootstrap {
		log.Fatal(err)
	}
	r := say.Must(raft.NewRaft(config, &machine{}, store, store, snaps, transport))
	go say.Tell(50*time.Millisecond, func() say.Status {
		return say.Status{Leads: r.State() == raft.Leader, Epoch: r.CurrentTerm(), Progress: r.AppliedIndex()}
	})
	log.Fatal(registers.Serve(":80", func(command []byte) ([]byte, error) {
		f := r.Apply(command, time.Second)
		if err := f.Error(); err != nil {
			return nil, err
		}
		return f.Response().([]byte), nil
	}, raft.ErrNotLeader))
}
