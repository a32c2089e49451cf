package datadir

import (
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/wal"
	"ordeal/host"
)

// tickTime is a rehearsal's: its clock is no real one.
const tickTime = time.Second

// ticksMax is how many ticks of raft's a server that stands alone may take to lead. It needs two elections' worth.
const ticksMax = 1000

// rehearse boots the server that a directory belongs to, on a host without a network and with a disk that changes in
// memory only, and lets it apply what it can: so what is verified is what a server does, by the server's own hand.
func rehearse(dir string, disk files, log *wal.Log) (*cluster.Node, error) {
	return rehearseWith(dir, disk, log, 0)
}

// rehearseWith does so with a server that remembers so many transactions.
func rehearseWith(dir string, disk files, log *wal.Log, remembers int) (node *cluster.Node, err error) {
	_, conf, err := log.InitialState()
	if err != nil {
		return nil, err
	}
	config := cluster.Config{TickTime: tickTime, SnapshotEvery: math.MaxUint64, Remembers: remembers}
	voters, observers := conf.GetVoters(), conf.GetLearners()
	for _, id := range slices.Concat(voters, observers) {
		m := cluster.Member{ID: id, Addr: cluster.ServerName(id), Observer: slices.Contains(observers, id)}
		config.Members = append(config.Members, m)
	}
	if len(voters) == 0 {
		return nil, fmt.Errorf("%s: the log knows of no server that votes", dir)
	}
	if config.ID = myID(dir); !slices.Contains(voters, config.ID) && !slices.Contains(observers, config.ID) {
		config.ID = voters[0]
	}
	stage := &stage{disk: newOverlay(disk), rng: rand.New(rand.NewPCG(1, 1))}
	defer func() {
		// The service panics when a log that is whole holds what it can't have written.
		if p := recover(); p != nil {
			node, err = nil, fmt.Errorf("%s: a server would stop at its start: %v", dir, p)
		}
	}()
	program, err := cluster.Boot(config)(stage)
	if err != nil {
		return nil, err
	}
	node = program.(*cluster.Node)
	stage.disk.run()
	if len(voters) > 1 || config.ID != voters[0] {
		return node, nil
	}
	for range ticksMax {
		if st := node.Status(); st.Leading && st.Applied == st.LastIndex {
			return node, nil
		}
		stage.now += tickTime
		node.Wake()
		stage.disk.run()
	}
	return nil, fmt.Errorf("%s: a server that stands alone does not come to lead", dir)
}

// stage is the host of a rehearsal.
type stage struct {
	disk *overlay
	rng  *rand.Rand
	now  time.Duration
}

func (s *stage) Self() host.Addr        { return "rehearsal" }
func (s *stage) Clock() host.Clock      { return s }
func (s *stage) Send(host.Addr, []byte) {}
func (s *stage) Disk() host.Disk        { return s.disk }
func (s *stage) Rand() *rand.Rand       { return s.rng }
func (s *stage) Log() *slog.Logger      { return slog.New(slog.DiscardHandler) }
func (s *stage) Stop(reason error)      { panic(reason) }
func (s *stage) Now() time.Duration     { return s.now }
func (s *stage) Wall() time.Time        { return time.Unix(0, 0).Add(s.now) }
func (s *stage) SetAlarm(time.Duration) {}
