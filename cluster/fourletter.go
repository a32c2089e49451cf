package cluster

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The four-letter words of ZooKeeper 3.8, in its formats: tools and clients take them apart. What is told is what Stats
// and its neighbours tell.

// notServing is what a node says that has no leader.
const notServing = "This ZooKeeper instance is not currently serving requests\n"

// defaultTraceMask is ZooKeeper's. Nothing is traced here; the number is kept for those who set it and read it again.
const defaultTraceMask = 306

// word is how one word is answered.
type word struct {
	name   string
	answer func(*Node, question) string
	// always says that it is answered by a node without a leader, too.
	always bool
}

// question is what came with a word. ZooKeeper counts and lists the connection that asks among the others.
type question struct {
	peer string
	rest []byte
}

// words are all there are, by name.
func words() []word {
	return []word{
		{name: "conf", answer: (*Node).textConf},
		{name: "cons", answer: (*Node).textCons},
		{name: "crst", answer: (*Node).textCrst},
		{name: "dirs", answer: (*Node).textDirs},
		{name: "dump", answer: (*Node).textDump},
		{name: "envi", answer: (*Node).textEnvi, always: true},
		{name: "gtmk", answer: (*Node).textGtmk, always: true},
		{name: "hash", answer: (*Node).textHash},
		{name: "isro", answer: (*Node).textIsro, always: true},
		{name: "mntr", answer: (*Node).textMntr},
		{name: "ruok", answer: (*Node).textRuok, always: true},
		{name: "srst", answer: (*Node).textSrst},
		{name: "srvr", answer: (*Node).textSrvr},
		{name: "stat", answer: (*Node).textStat},
		{name: "stmk", answer: (*Node).textStmk, always: true},
		{name: "wchc", answer: (*Node).textWchc},
		{name: "wchp", answer: (*Node).textWchp},
		{name: "wchs", answer: (*Node).textWchs},
	}
}

// Text implements host.Texter.
func (n *Node) Text(peer, name string, rest []byte) (string, bool) {
	all := words()
	i := slices.IndexFunc(all, func(w word) bool { return w.name == name })
	if i < 0 {
		return "", false
	}
	n.conns.traffic.received++
	defer func() { n.conns.traffic.sent++ }()
	switch w := all[i]; {
	case !n.allows(name):
		return name + " is not executed because it is not in the whitelist.\n", true
	case !w.always && !n.answering():
		return notServing, true
	default:
		return w.answer(n, question{peer, rest}), true
	}
}

// allows reports whether a word is on the list. srvr is in any case: ZooKeeper's own scripts need it; and isro where
// there is read-only service: clients that have it ask with this word for a server that takes writes again.
func (n *Node) allows(name string) bool {
	list := n.config.Operator.Words
	return name == "srvr" || name == "isro" && n.config.ReadOnly ||
		slices.Contains(list, "*") || slices.Contains(list, name)
}

func (n *Node) textRuok(question) string { return "imok" }

func (n *Node) textIsro(question) string {
	switch n.mode() {
	case "":
		return "null"
	case ModeReadOnly:
		return "ro"
	}
	return "rw"
}

func (n *Node) textConf(question) string {
	o := n.config.Operator
	log, snapshot := n.log.Sizes()
	var settings []Fact
	for _, f := range o.Settings {
		settings = append(settings, f)
		switch f.Key {
		case "dataDir":
			settings = append(settings, Fact{"dataDirSize", strconv.FormatInt(snapshot, 10)})
		case "dataLogDir":
			settings = append(settings, Fact{"dataLogSize", strconv.FormatInt(log, 10)})
		}
	}
	text := factLines(settings, "=")
	if lines := n.Membership(); len(lines) > 0 {
		text += "membership: \n" + factLines(lines, "=")
	}
	return text
}

func (n *Node) textEnvi(question) string {
	version := []Fact{{"zookeeper.version", n.config.Operator.Version}}
	return "Environment:\n" + factLines(append(version, n.config.Operator.Environment...), "=")
}

func (n *Node) textDirs(question) string {
	log, snapshot := n.log.Sizes()
	return fmt.Sprintf("datadir_size: %d\nlogdir_size: %d\n", snapshot, log)
}

func (n *Node) textCrst(question) string {
	n.ResetConnectionStats()
	return "Connection stats reset.\n"
}

func (n *Node) textSrst(question) string {
	n.ResetStats()
	return "Server stats reset.\n"
}

func (n *Node) textGtmk(question) string { return strconv.FormatInt(n.TraceMask(), 10) }

func (n *Node) textStmk(q question) string {
	if len(q.rest) >= 8 {
		n.SetTraceMask(int64(binary.BigEndian.Uint64(q.rest)))
	}
	return strconv.FormatInt(n.TraceMask(), 10)
}

// TraceMask is the number that the word stmk set, or ZooKeeper's default. Nothing is traced by it.
func (n *Node) TraceMask() int64 {
	if n.traceMask == nil {
		return defaultTraceMask
	}
	return *n.traceMask
}

// SetTraceMask keeps a number for TraceMask.
func (n *Node) SetTraceMask(mask int64) { n.traceMask = &mask }

func (n *Node) textHash(question) string {
	st := n.Status()
	return fmt.Sprintf("%x: %x\n", st.Zxid, st.StateHash)
}

func (n *Node) textSrvr(question) string { return n.textServer("") }

func (n *Node) textStat(q question) string {
	var b strings.Builder
	b.WriteString("Clients:\n")
	for _, c := range n.Connections() {
		fmt.Fprintf(&b, " /%s[1](queued=%d,recved=%d,sent=%d)\n", c.Peer, c.Queued, c.Received, c.Sent)
	}
	b.WriteString(q.line() + "\n")
	return n.textServer(b.String())
}

// textServer is the text of srvr, and with the clients in it that of stat.
func (n *Node) textServer(clients string) string {
	s := n.Stats()
	if s.State == ModeReadOnly {
		clients = "READ-ONLY mode; serving only read-only clients\n" + clients
	}
	text := fmt.Sprintf("Zookeeper version: %s\n%sLatency min/avg/max: %d/%s/%d\nReceived: %d\nSent: "+
		"%d\nConnections: %d\n"+
		"Outstanding: %d\nZxid: 0x%x\nMode: %s\nNode count: %d\n",
		n.config.Operator.Version, clients, s.All.Min, s.All.Mean, s.All.Max, s.Received, s.Sent, s.Connections+1,
		s.Outstanding, s.Zxid, s.State, s.NodeCount)
	if s.State == modeLeader {
		text += "Proposal sizes last/min/max: " + n.conns.traffic.proposals.String() + "\n"
	}
	return text
}

// line is how the connection that asks is listed.
func (q question) line() string { return fmt.Sprintf(" /%s[0](queued=0,recved=1,sent=0)\n", q.peer) }

func (n *Node) textCons(q question) string {
	var b strings.Builder
	for _, c := range n.Connections() {
		fmt.Fprintf(&b, " /%s[1](queued=%d,recved=%d,sent=%d", c.Peer, c.Queued, c.Received, c.Sent)
		if c.Session != 0 {
			mean := int64(0)
			if c.Latency.Count > 0 {
				mean = c.Latency.Sum / int64(c.Latency.Count)
			}
			fmt.Fprintf(&b, ",sid=0x%x,lop=%s,est=%d,to=%d,lcxid=0x%x,lzxid=0x%x,lresp=%d,llat=%d,minlat=%d,avglat=%d,maxlat=%d",
				uint64(c.Session), c.LastOp, c.EstablishedMs, c.TimeoutMs, c.LastXid, uint64(c.LastZxid), c.LastAtMs,
				c.LastLatency, c.Latency.Min, mean, c.Latency.Max)
		}
		b.WriteString(")\n")
	}
	return b.String() + q.line() + "\n"
}

func (n *Node) textMntr(question) string { return factLines(n.Monitor(1), "\t") }

func (n *Node) textWchs(question) string {
	paths, total := n.WatchesByPath(), 0
	for _, p := range paths {
		total += len(p.Sessions)
	}
	return fmt.Sprintf("%d connections watching %d paths\nTotal watches:%d\n", len(n.WatchesBySession()), len(paths),
		total)
}

func (n *Node) textWchc(question) string {
	var b strings.Builder
	for _, s := range n.WatchesBySession() {
		fmt.Fprintf(&b, "0x%x\n", uint64(s.Session))
		for _, p := range s.Paths {
			fmt.Fprintf(&b, "\t%s\n", p)
		}
	}
	return b.String() + "\n"
}

func (n *Node) textWchp(question) string {
	var b strings.Builder
	for _, p := range n.WatchesByPath() {
		fmt.Fprintf(&b, "%s\n", p.Path)
		for _, s := range p.Sessions {
			fmt.Fprintf(&b, "\t0x%x\n", uint64(s))
		}
	}
	return b.String() + "\n"
}

// factLines writes facts, one a line.
func factLines(facts []Fact, between string) string {
	var b strings.Builder
	for _, f := range facts {
		b.WriteString(f.Key + between + f.Value + "\n")
	}
	return b.String()
}
