// Package operators is how the operators of a trial have servers come and go, by ZooKeeper's API or by etcd's. They are
// processes on machines of their own, and ask for a change until it has come about or can't be.
package operators

import (
	"fmt"
	"slices"
	"time"

	"ordeal/cluster/zoocfg"
	"ordeal/host"
	"ordeal/nemesis"
)

// Ensemble is what operators know of it.
type Ensemble struct {
	// Members are its servers now.
	Members func() []host.Addr
	// Has says whether a change has come about, and Left whether a server that was a member is none any more.
	Has  func(nemesis.Change) bool
	Left func(host.Addr) bool
	// Voters counts those that vote.
	Voters func() int
	// Resolved is told of a change that was answered, or that can't be.
	Resolved func(nemesis.Change)
	// Insist says that an operator asks until there is an answer, however long that takes.
	Insist func() bool
}

// rest is the pause between two requests.
const rest = 200 * time.Millisecond

// until makes what says whether an operator goes on, who is so patient.
func (e *Ensemble) until(p host.Process, patience time.Duration) func() bool {
	end := p.Now() + patience
	return func() bool { return p.Now() < end || e.Insist() }
}

// ServerID is the number of a server.
func ServerID(name host.Addr) (id uint64) {
	if _, err := fmt.Sscanf(string(name), "n%d", &id); err != nil {
		panic(fmt.Sprintf("operators: %s is no name of a server: %v", name, err))
	}
	return id
}

// configLine is a server's line in the ensemble's configuration. Machines have no socket addresses here.
func configLine(name host.Addr, observer bool) string {
	role := "participant"
	if observer {
		role = "observer"
	}
	return fmt.Sprintf("server.%d=%s:2888:3888:%s;%s:2181", ServerID(name), name, role, name)
}

// Founding is the ensemble's configuration at its beginning.
func Founding(servers, observers []host.Addr) []byte {
	var text []byte
	for _, s := range servers {
		text = append(append(text, configLine(s, slices.Contains(observers, s))...), '\n')
	}
	return append(text, "version=0"...)
}

// Read reads a configuration that servers have in force.
func Read(text []byte) (zoocfg.Config, error) {
	c := zoocfg.Config{ClientAddr: "*"}
	err := c.AddDynamic("the configuration", text)
	return c, err
}
