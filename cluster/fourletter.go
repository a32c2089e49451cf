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
	answer func(*Node, []byte) string
	// always says that it is answered by a node without a leader, too.
	always bool
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
func (n *Node) Text(name string, rest []byte) (string, bool) {
	all := words()
	i := slices.IndexFunc(all, func(w word) bool { return w.name == name })
	if i < 0 {
		return "", false
	}
	n.conns.traffic.received++
	switch w := all[i]; {
	case !n.config.Operator.allows(name):
		return name + " is not executed because it is not in the whitelist.\n", true
	case !w.always && !n.answering():
		return notServing, true
	default:
		return w.answer(n, rest), true
	}
}

// allows reports whether a word is on the list. srvr is in any case: ZooKeeper's own scripts need it.
func (o Operator) allows(name string) bool {
	return name == "srvr" || slices.Contains(o.Words, "*") || slices.Contains(o.Words, name)
}

func (n *Node) textRuok([]byte) string { return "imok" }

func (n *Node) textIsro([]byte) string {
	if !n.answering() {
		return "null"
	}
	return "rw"
}

func (n *Node) textConf([]byte) string {
	o := n.config.Operator
	log, snapshot := n.log.Sizes()
	text := factLines(o.Settings, "=") + fmt.Sprintf("dataDirSize=%d\ndataLogSize=%d\n", snapshot, log)
	if len(o.Membership) > 0 {
		text += "membership: \n" + factLines(o.Membership, "=")
	}
	return text
}

func (n *Node) textEnvi([]byte) string {
	version := []Fact{{"zookeeper.version", n.config.Operator.Version}}
	return "Environment:\n" + factLines(append(version, n.config.Operator.Environment...), "=")
}

func (n *Node) textDirs([]byte) string {
	log, snapshot := n.log.Sizes()
	return fmt.Sprintf("datadir_size: %d\nlogdir_size: %d\n", snapshot, log)
}

func (n *Node) textCrst([]byte) string {
	n.ResetConnectionStats()
	return "Connection stats reset.\n"
}

func (n *Node) textSrst([]byte) string {
	n.ResetStats()
	return "Server stats reset.\n"
}

func (n *Node) textGtmk([]byte) string { return strconv.FormatInt(n.TraceMask(), 10) }

func (n *Node) textStmk(rest []byte) string {
	if len(rest) >= 8 {
		n.SetTraceMask(int64(binary.BigEndian.Uint64(rest)))
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

func (n *Node) textHash([]byte) string {
	st := n.Status()
	return fmt.Sprintf("%x: %x\n", st.Zxid, st.StateHash)
}

func (n *Node) textSrvr([]byte) string { return n.textServer("") }

func (n *Node) textStat([]byte) string {
	var b strings.Builder
	b.WriteString("Clients:\n")
	for _, c := range n.Connections() {
		fmt.Fprintf(&b, " /%s[1](queued=%d,recved=%d,sent=%d)\n", c.Peer, c.Queued, c.Received, c.Sent)
	}
	b.WriteString("\n")
	return n.textServer(b.String())
}

// textServer is the text of srvr, and with the clients in it that of stat.
func (n *Node) textServer(clients string) string {
	s := n.Stats()
	return fmt.Sprintf("Zookeeper version: %s\n%sLatency min/avg/max: %d/%s/%d\nReceived: %d\nSent: %d\nConnections: %d\n"+
		"Outstanding: %d\nZxid: 0x%x\nMode: %s\nNode count: %d\n",
		n.config.Operator.Version, clients, s.All.Min, s.All.Mean, s.All.Max, s.Received, s.Sent, s.Connections,
		s.Outstanding, s.Zxid, s.State, s.Figures.Znodes)
}

func (n *Node) textCons([]byte) string {
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
	return b.String() + "\n"
}

func (n *Node) textMntr([]byte) string { return factLines(n.Monitor(), "\t") }

func (n *Node) textWchs([]byte) string {
	paths, total := n.WatchesByPath(), 0
	for _, p := range paths {
		total += len(p.Sessions)
	}
	return fmt.Sprintf("%d connections watching %d paths\nTotal watches:%d\n", len(n.WatchesBySession()), len(paths), total)
}

func (n *Node) textWchc([]byte) string {
	var b strings.Builder
	for _, s := range n.WatchesBySession() {
		fmt.Fprintf(&b, "0x%x\n", uint64(s.Session))
		for _, p := range s.Paths {
			fmt.Fprintf(&b, "\t%s\n", p)
		}
	}
	return b.String() + "\n"
}

func (n *Node) textWchp([]byte) string {
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
