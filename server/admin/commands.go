package admin

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"ordeal/cluster"
	"ordeal/cluster/zoocfg"
)

// notServing is what a command says that needs a leader when there is none.
const notServing = "This ZooKeeper instance is not currently serving requests"

// fields are an object of JSON, in order.
type fields []field

type field struct {
	name  string
	value any
}

// MarshalJSON writes the fields in their order.
func (f fields) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, one := range f {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(one.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(one.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// command is one of ZooKeeper's. The first of its names is the one that the answer has.
type command struct {
	names []string
	// always says that it is answered without a leader, too.
	always bool
	answer func(*Desk, *cluster.Node, *http.Request) (fields, string) // and what is wrong
}

// tells makes an answer of one that nothing can go wrong with.
func tells(f func(*Desk, *cluster.Node) fields) func(*Desk, *cluster.Node, *http.Request) (fields, string) {
	return func(d *Desk, n *cluster.Node, _ *http.Request) (fields, string) { return f(d, n), "" }
}

func commands() []command {
	return []command{
		{names: []string{"connection_stat_reset", "crst"}, answer: tells(resetConnections)},
		{names: []string{"configuration", "conf", "config"}, answer: tells(configuration)},
		{names: []string{"connections", "cons"}, answer: tells(connections)},
		{names: []string{"dirs"}, answer: tells(dirs)},
		{names: []string{"dump"}, answer: tells(dump)},
		{names: []string{"environment", "env", "envi"}, always: true, answer: tells(environment)},
		{names: []string{"get_trace_mask", "gtmk"}, always: true, answer: tells(traceMask)},
		{names: []string{"hand_over"}, answer: handOver},
		{names: []string{"hash"}, answer: tells(hash)},
		{names: []string{"initial_configuration", "icfg"}, answer: tells(initialConfiguration)},
		{names: []string{"is_read_only", "isro"}, answer: tells(isReadOnly)},
		{names: []string{"last_snapshot", "lsnp"}, answer: tells(lastSnapshot)},
		{names: []string{"leader", "lead"}, answer: leader},
		{names: []string{"monitor", "mntr"}, always: true, answer: tells(monitor)},
		{names: []string{"observers", "obsr"}, answer: tells(observers)},
		{names: []string{"ruok"}, answer: tells(func(*Desk, *cluster.Node) fields { return nil })},
		{names: []string{"save_snapshot"}, always: true, answer: tells(saveSnapshot)},
		{names: []string{"server_stats", "srvr"}, answer: tells(serverStats)},
		{names: []string{"set_trace_mask", "stmk"}, always: true, answer: setTraceMask},
		{names: []string{"stat_reset", "srst"}, answer: tells(resetStats)},
		{names: []string{"stats", "stat"}, answer: tells(stats)},
		{names: []string{"voting_view"}, answer: tells(votingView)},
		{names: []string{"waits"}, always: true, answer: tells(waits)},
		{names: []string{"watch_summary", "wchs"}, answer: tells(watchSummary)},
		{names: []string{"watches", "wchc"}, answer: tells(watches)},
		{names: []string{"watches_by_path", "wchp"}, answer: tells(watchesByPath)},
		{names: []string{"zabstate"}, always: true, answer: tells(zabState)},
	}
}

// serveCommand runs a command. As with ZooKeeper what is wrong stands in the answer, whose status says that it is
// one.
func (d *Desk) serveCommand(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return slices.Contains(c.names, name) })
	if i < 0 {
		writeAnswer(w, name, nil, "Unknown command: "+name)
		return
	}
	c := all[i]
	answer, wrong := new(fields), new(string)
	err := d.ask(r.Context(), func(n *cluster.Node) {
		if !c.always && n.Stats().State == "" {
			*wrong = notServing
			return
		}
		*answer, *wrong = c.answer(d, n, r)
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	writeAnswer(w, c.names[0], *answer, *wrong)
}

func writeAnswer(w http.ResponseWriter, name string, answer fields, wrong string) {
	var problem any
	if wrong != "" {
		problem = wrong
	}
	text, err := json.MarshalIndent(append(fields{{"command", name}, {"error", problem}}, answer...), "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(append(text, '\n'))
}

func setTraceMask(_ *Desk, n *cluster.Node, r *http.Request) (fields, string) {
	text := r.URL.Query().Get("traceMask")
	mask, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, "setTraceMask requires long traceMask argument, got " + text
	}
	n.SetTraceMask(mask)
	return fields{{"tracemask", mask}}, ""
}

// handOver asks a leader to let another server lead: the one that to= names, or whichever is fit.
func handOver(_ *Desk, n *cluster.Node, r *http.Request) (fields, string) {
	to := uint64(0)
	if text := r.URL.Query().Get("to"); text != "" {
		var err error
		if to, err = zoocfg.ParseNumber(text); err != nil {
			return nil, "to must be a server's number from 0 to 255, got " + text
		}
	}
	if err := n.HandOver(to); err != nil {
		return nil, err.Error()
	}
	return nil, ""
}

// waits tells what waits for an answer or its end, the longest first.
func waits(_ *Desk, n *cluster.Node) fields {
	list := []fields{}
	for _, w := range n.Waiting(0) {
		list = append(list, fields{{"what", w.What}, {"ms", w.For.Milliseconds()}})
	}
	return fields{{"waits", list}}
}

func saveSnapshot(_ *Desk, n *cluster.Node) fields { return fields{{"begun", n.SaveSnapshot()}} }

func leader(_ *Desk, n *cluster.Node, _ *http.Request) (fields, string) {
	if n.Stats().State == cluster.ModeStandalone {
		return nil, "server is not initialized" // what ZooKeeper says of a server that stands alone
	}
	s := n.Status()
	return fields{{"is_leader", s.Leading}, {"leader_id", s.Leader}, {"leader_ip", addressOf(n, s.Leader)}}, ""
}
