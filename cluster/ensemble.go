package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ordeal/cluster/wire"
	"ordeal/cluster/zoocfg"
	"ordeal/host"
)

// votersMin is how many voters a change must leave, unless it comes with tree.OneVoter: ZooKeeper's standaloneEnabled
// asks for two.
const votersMin = 2

// text is the ensemble's configuration as wire.ConfigPath has it. Servers go by it whoever may read that.
func (s *state) text() []byte {
	shown, _ := s.tree.ReadAs(bendReader([]wire.ID{{Scheme: schemeSuper}}), wire.GetDataRequest{Path: wire.ConfigPath})
	r, _ := shown.(wire.GetDataResponse)
	return r.Data
}

// parseEnsemble reads the lines of servers, and the version.
func parseEnsemble(text []byte) (zoocfg.Config, error) {
	c := zoocfg.Config{ClientAddr: "*"} // a line need not name a port for clients: the server's own file may
	err := c.AddDynamic("the configuration", text)
	return c, err
}

// formatServers writes the lines of servers.
func formatServers(servers []zoocfg.Server) []byte {
	var b []byte
	for _, s := range servers {
		b = fmt.Appendf(b, "server.%s=%s\n", zoocfg.Number(s.ID), s)
	}
	return b
}

// changed is the ensemble that a request asks for; or the code that refuses it, or zoocfg.ErrServerNumber.
func changed(now zoocfg.Config, r wire.ReconfigRequest, votersMin int) ([]zoocfg.Server, error) {
	if r.ConfigID != -1 && r.ConfigID != now.Version {
		return nil, wire.BadVersion
	}
	var next []zoocfg.Server
	if r.NewMembers != nil {
		whole, err := parseEnsemble(bytes.ReplaceAll(r.NewMembers, []byte(","), []byte("\n")))
		if err != nil {
			return nil, badLine(err)
		}
		next = whole.Servers
	} else {
		var err error
		if next, err = incremented(now.Servers, string(r.Joining), string(r.Leaving)); err != nil {
			return nil, err
		}
	}
	voters := 0
	for _, s := range next {
		if !s.Observer {
			voters++
		}
	}
	if voters < votersMin {
		return nil, wire.BadArguments
	}
	return next, nil
}

// badLine is what a request with such a line is refused with.
func badLine(err error) error {
	if errors.Is(err, zoocfg.ErrServerNumber) {
		return zoocfg.ErrServerNumber
	}
	return wire.BadArguments
}

// incremented takes servers out and puts others in, or in the place of those with their numbers.
func incremented(now []zoocfg.Server, joining, leaving string) ([]zoocfg.Server, error) {
	next := slices.Clone(now)
	for _, word := range commaSeparated(leaving) {
		id, err := strconv.ParseUint(word, 10, 64)
		if err != nil {
			return nil, wire.BadArguments
		}
		next = slices.DeleteFunc(next, func(s zoocfg.Server) bool { return zoocfg.Number(s.ID) == fmt.Sprint(id) })
	}
	for _, line := range commaSeparated(joining) {
		c, err := parseEnsemble([]byte(line))
		if err != nil {
			return nil, badLine(err)
		}
		one := c.Servers[0]
		next = slices.DeleteFunc(next, func(s zoocfg.Server) bool { return s.ID == one.ID })
		taken := slices.ContainsFunc(next, func(s zoocfg.Server) bool { return s.Addr == one.Addr })
		if bendTaken(taken) || one.ClientAddr == "" || one.ElectionPort == 0 {
			return nil, wire.BadArguments
		}
		next = append(next, one)
	}
	slices.SortFunc(next, func(a, b zoocfg.Server) int { return int(a.ID) - int(b.ID) })
	return next, nil
}

// commaSeparated are the words of a list.
func commaSeparated(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}

// ServerName is the name of a machine by its server's number, where the configuration does not give another.
func ServerName(id uint64) host.Addr { return host.Addr("n" + zoocfg.Number(id)) }

// membersOf are the servers of a configuration.
func (n *Node) membersOf(text []byte) (list members) {
	c, err := parseEnsemble(text)
	if err != nil {
		panic(fmt.Sprintf("cluster: the ensemble's configuration was taken and can't be read: %v", err))
	}
	for _, s := range c.Servers {
		list = append(list, Member{ID: s.ID, Addr: n.nameOf(s.ID), Observer: s.Observer, Dial: s.Addr})
	}
	return list
}

// nameOf is the name of a server's machine.
func (n *Node) nameOf(id uint64) host.Addr {
	if named, ok := members(n.config.Members).find(id); ok {
		return named.Addr
	}
	return ServerName(id)
}

// refreshMembers takes the members from what was applied. An ensemble that was never changed is as it was founded.
// While a change is under way the old members and the new ones are needed.
func (n *Node) refreshMembers() {
	n.members = n.membersOfState()
	if n.state.changed() {
		n.route()
	}
}

// membersOfState are the members as the state has them.
func (n *Node) membersOfState() (list members) {
	s := n.state
	if !s.changed() {
		return n.config.Members
	}
	if s.next != nil {
		list = n.membersOf(s.next.servers)
	}
	for _, m := range n.membersOf(s.text()) {
		if _, known := list.find(m.ID); !known {
			list = append(list, m)
		}
	}
	return list
}

// member reports whether this node is in the ensemble. One that was removed serves no client.
func (n *Node) member() bool {
	_, ok := n.members.find(n.config.ID)
	return ok
}

// Membership are the lines of the ensemble's configuration as it is in force here.
func (n *Node) Membership() []Fact {
	text := n.state.text()
	if len(text) == 0 {
		return n.config.Operator.Membership
	}
	var lines []Fact
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		lines = append(lines, Fact{key, value})
	}
	return lines
}

// Members are the servers of the ensemble; while it changes, the old ones and the new ones.
func (n *Node) Members() []Member { return slices.Clone(n.members) }

// tellOperator tells whoever owns the node what the ensemble has become.
func (n *Node) tellOperator() {
	if n.config.Operator.Changed != nil && n.state.conf != nil {
		n.config.Operator.Changed(slices.Clone(n.state.text()))
	}
}
