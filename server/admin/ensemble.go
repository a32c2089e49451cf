package admin

import (
	"fmt"
	"net"
	"slices"
	"strconv"

	"ordeal/cluster"
	"ordeal/cluster/zoocfg"
)

// What is told of the servers of the ensemble, as ZooKeeper's JSON has it. One that stands alone is in none.

// lines are the servers of the ensemble as its configuration has them.
func lines(n *cluster.Node) []zoocfg.Server {
	c := zoocfg.Config{ClientAddr: "*"} // a line need not name a port for clients
	var text []byte
	for _, f := range n.Membership() {
		text = fmt.Appendf(text, "%s=%s\n", f.Key, f.Value)
	}
	if err := c.AddDynamic("the configuration", text); err != nil {
		return nil // one server that stands alone has no lines
	}
	return c.Servers
}

func votingView(d *Desk, n *cluster.Node) fields {
	view := fields{}
	for _, s := range lines(n) {
		if s.Observer {
			continue
		}
		client := s.ClientAddr
		if client == "" && s.ID == n.Status().ID {
			client = clientAddr(d)
		}
		view = append(view, field{zoocfg.Number(s.ID), fields{
			{"server_addresses", []string{s.Addr}}, {"election_addresses", []string{electionAddr(s)}},
			{"client_address", client}, {"learner_type", "participant"},
		}})
	}
	return fields{{"current_config", view}}
}

// electionAddr is where ZooKeeper would hold elections: nothing listens there.
func electionAddr(s zoocfg.Server) string {
	return net.JoinHostPort(hostOf(s.Addr), strconv.Itoa(int(s.ElectionPort)))
}

func hostOf(addr string) string {
	host, _, _ := net.SplitHostPort(addr)
	return host
}

// clientAddr is where this server takes clients.
func clientAddr(d *Desk) string { return d.Machine.ClientAddr() }

// addressOf is the host of a server of the ensemble, "" for one that is not in it.
func addressOf(n *cluster.Node, id uint64) string {
	all := lines(n)
	if i := slices.IndexFunc(all, func(s zoocfg.Server) bool { return s.ID == id }); i >= 0 {
		return hostOf(all[i].Addr)
	}
	return ""
}

func zabState(d *Desk, n *cluster.Node) fields {
	st, ensemble := n.Status(), n.Stats().State != cluster.ModeStandalone
	if !ensemble {
		return fields{{"voting", false}, {"zabstate", ""}}
	}
	state := "election"
	if st.Leader != 0 {
		state = "broadcast"
	}
	answer := fields{{"myid", numberOrText(zoocfg.Number(st.ID))}, {"is_leader", st.Leading}}
	for _, s := range lines(n) {
		if s.ID == st.ID {
			answer = append(answer, field{"quorum_address", address(s.Addr)},
				field{"election_address", address(electionAddr(s))})
		}
	}
	return append(answer, field{"client_address", clientAddr(d)}, field{"voting", !st.Observing},
		field{"last_zxid", fmt.Sprintf("0x%x", uint64(st.Zxid))}, field{"zab_epoch", st.Zxid >> 32},
		field{"zab_counter", st.Zxid & 0xffff_ffff}, field{"zabstate", state})
}

// address is one address in the form of ZooKeeper's, which can have several. It is not tried whether it can be reached.
func address(addr string) fields {
	_, text, _ := net.SplitHostPort(addr)
	port, _ := strconv.Atoi(text)
	one := []string{addr}
	return fields{
		{"empty", false}, {"all_addresses", one}, {"all_reachable_addresses", one}, {"one", addr},
		{"reachable_address", addr}, {"wildcard_addresses", []string{net.JoinHostPort("0.0.0.0", text)}},
		{"all_ports", []int{port}}, {"all_host_strings", []string{hostOf(addr)}},
		{"all_reachable_addresses_or_all", one}, {"reachable_or_one", addr},
	}
}
