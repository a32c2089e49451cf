// Command server keeps registers by github.com/hashicorp/raft, with its TCP transport and its snapshots on files.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/raft"

	"ordeal/guest/say"
)

// registers are the state machine.
type registers struct {
	sync.Mutex
	R map[string]register
}

type register struct{ Value, Version int64 }

func (r *registers) Apply(l *raft.Log) any {
	var o say.RegisterOp
	if err := json.Unmarshal(l.Data, &o); err != nil {
		panic(err)
	}
	r.Lock()
	defer r.Unlock()
	if is := r.R[o.Key]; o.Write && is.Version == o.Expected {
		r.R[o.Key] = register{o.Value, is.Version + 1}
	}
	return r.R[o.Key]
}

func (r *registers) Snapshot() (raft.FSMSnapshot, error) {
	r.Lock()
	defer r.Unlock()
	b, err := json.Marshal(r)
	return snapshot(b), err
}

func (r *registers) Restore(from io.ReadCloser) error {
	defer from.Close()
	r.Lock()
	defer r.Unlock()
	r.R = map[string]register{}
	return json.NewDecoder(from).Decode(r)
}

type snapshot []byte

func (s snapshot) Persist(to raft.SnapshotSink) error {
	if _, err := to.Write(s); err != nil {
		return to.Cancel()
	}
	return to.Close()
}

func (snapshot) Release() {}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	name := must(os.Hostname())
	config := raft.DefaultConfig()
	config.LocalID, config.LogLevel, config.LogOutput = raft.ServerID(name), "ERROR", io.Discard
	config.SnapshotThreshold, config.TrailingLogs = 200, 50
	config.SnapshotInterval = 3 * time.Second
	fsm, store := &registers{R: map[string]register{}}, must(openStore("log"))
	snaps := must(raft.NewFileSnapshotStore(".", 2, io.Discard))
	self := must(net.ResolveTCPAddr("tcp", name+":7000"))
	transport := must(raft.NewTCPTransport(":7000", self, 3, 2*time.Second, io.Discard))
	var all raft.Configuration
	for _, s := range strings.Split(os.Getenv("SERVERS"), ",") {
		all.Servers = append(all.Servers, raft.Server{ID: raft.ServerID(s), Address: raft.ServerAddress(s + ":7000")})
	}
	if !must(raft.HasExistingState(store, store, snaps)) {
		if err := raft.BootstrapCluster(config, store, store, snaps, transport, all); err != nil {
			log.Fatal(err)
		}
	}
	r := must(raft.NewRaft(config, fsm, store, store, snaps, transport))
	go func() {
		for ; ; time.Sleep(50 * time.Millisecond) {
			say.Say(say.Status{Leads: r.State() == raft.Leader, Epoch: r.CurrentTerm(), Progress: r.AppliedIndex()})
		}
	}()
	http.HandleFunc("/", func(w http.ResponseWriter, q *http.Request) {
		command := must(io.ReadAll(q.Body))
		f := r.Apply(command, time.Second)
		if err := f.Error(); err != nil {
			status := http.StatusInternalServerError
			if err == raft.ErrNotLeader {
				status = http.StatusMisdirectedRequest
			}
			http.Error(w, err.Error(), status)
			return
		}
		is := f.Response().(register)
		fmt.Fprint(w, is.Value, " ", is.Version)
	})
	log.Fatal(http.ListenAndServe(":80", nil))
}
