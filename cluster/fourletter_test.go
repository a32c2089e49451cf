package cluster_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/sim"
)

// newWorded is an ensemble whose servers answer these words.
func newWorded(t *testing.T, nodes int, words ...string) *ensemble {
	t.Helper()
	e := &ensemble{t: t, World: sim.New(1, sim.Config{})}
	t.Cleanup(e.Close)
	// Raft draws its elections' jitter from the system, which no seed decides.
	cryptotest.SetGlobalRandom(t, 1)
	var members []cluster.Member
	for i := range nodes {
		addr := host.Addr(fmt.Sprintf("n%d", i+1))
		members = append(members, cluster.Member{ID: uint64(i + 1), Addr: addr})
		e.servers = append(e.servers, addr)
	}
	for _, m := range members {
		e.AddMachine(m.Addr, cluster.Boot(cluster.Config{
			ID: m.ID, Members: members, TickTime: 500 * time.Millisecond,
			Operator: cluster.Operator{
				Words: words, Version: "3.8.0-test, built on 02/25/2022 08:49 UTC",
				Settings: []cluster.Fact{{Key: "clientPort", Value: "2181"}, {Key: "dataDir", Value: "/d"}, {Key: "dataLogDir",
					Value: "/d"}},
				Membership:  []cluster.Fact{{Key: "server.1", Value: "a:1:participant"}},
				Environment: []cluster.Fact{{Key: "os.name", Value: "Linux"}},
				Machine:     func() []cluster.Fact { return []cluster.Fact{{Key: "zk_open_file_descriptor_count", Value: "7"}} },
			},
		}))
	}
	return e
}

// ask asks a server a word that it knows.
func (e *ensemble) ask(s host.Addr, word string, rest ...byte) string {
	e.t.Helper()
	text, ok := e.node(s).Text("op", word, rest)
	if !ok {
		e.t.Fatalf("%s does not know %s", s, word)
	}
	return text
}

// TestWordsOfStandalone asks every word while a client has a session, an ephemeral znode and watches.
func TestWordsOfStandalone(t *testing.T) {
	e := newWorded(t, 1, "*")
	e.do(20*time.Second, func(p host.Process, c *client.Client) {
		_, _, err := c.Create("/a", []byte("12345"), 0)
		must(t, err)
		_, _, err = c.Create("/a/e", nil, wire.FlagEphemeral)
		must(t, err)
		for _, path := range []string{"/a", "/a/e"} {
			_, _, err = c.Get(path, client.NewWatch())
			must(t, err)
		}
		for _, want := range []struct{ word, text string }{
			{"ruok", "imok"},
			{"isro", "rw"},
			{"conf", "clientPort=2181\ndataDir=/d\ndataDirSize=[0-9]+\ndataLogDir=/d\ndataLogSize=[0-9]+\nmembership: " +
				"\nserver.1=a:1:participant\n"},
			{"envi", "Environment:\nzookeeper.version=3.8.0-test, built on 02/25/2022 08:49 UTC\nos.name=Linux\n"},
			{"dirs", "datadir_size: [0-9]+\nlogdir_size: [1-9][0-9]+\n"},
			{"srvr", serverText("")},
			{"stat", serverText("Clients:\n /c1\\[1\\]\\(queued=0,recved=[0-9]+,sent=[0-9]+\\)\n " +
				"/op\\[0\\]\\(queued=0,recved=1,sent=0\\)\n\n")},
			{"cons", ` /c1\[1\]\(queued=0,recved=5,sent=5,sid=0x1[0-9a-f]+,lop=GETD,est=[0-9]+,to=2000,` +
				"lcxid=0x4,lzxid=0x[0-9a-f]+,lresp=[0-9]+,llat=[0-9]+,minlat=[0-9]+,avglat=[0-9]+,maxlat=[0-9]+\\)\n " +
				"/op\\[0\\]\\(queued=0,recved=1,sent=0\\)\n\n"},
			{"wchs", "1 connections watching 2 paths\nTotal watches:2\n"},
			{"wchc", "0x1[0-9a-f]+\n\t/a\n\t/a/e\n\n"},
			{"wchp", "/a\n\t0x1[0-9a-f]+\n/a/e\n\t0x1[0-9a-f]+\n\n"},
			{"dump", "SessionTracker dump:\nSession Sets \\(1\\)/\\(1\\):\n1 expire at [^\n]+ UTC " +
				"20[0-9][0-9]:\n\t0x1[0-9a-f]+\n" +
				"ephemeral nodes dump:\nSessions with Ephemerals \\(1\\):\n0x1[0-9a-f]+:\n\t/a/e\n" +
				"Connections dump:\nConnections Sets \\(1\\)/\\(2\\):\n2 expire with their sessions:\n\tip: /op sessionId: " +
				"0x0\n\tip: /c1 sessionId: 0x1[0-9a-f]+\n"},
			{"hash", "[0-9a-f]+: [0-9a-f]+\n"},
			{"gtmk", "306"},
			{"crst", "Connection stats reset.\n"},
			{"srst", "Server stats reset.\n"},
		} {
			if got := e.ask("n1", want.word); !regexp.MustCompile("^(?:" + want.text + ")$").MatchString(got) {
				t.Errorf("%s says\n%s\nand should\n%s", want.word, got, want.text)
			}
		}
		if got := e.ask("n1", "cons"); !strings.Contains(got, "recved=0,sent=0") || !strings.Contains(got, "lop=NA") {
			t.Errorf("behind crst, cons says %s", got)
		}
		if got := e.ask("n1", "srvr"); !strings.Contains(got, "Latency min/avg/max: 0/0.0/0\nReceived: 2\nSent: 2\n") {
			t.Errorf("behind srst and a word, srvr says %s", got)
		}
		e.ask("n1", "stmk", 0, 0, 0, 0, 0, 0, 1, 2)
		if got := e.ask("n1", "gtmk"); got != "258" {
			t.Errorf("behind stmk, gtmk says %s", got)
		}
	})
}

// serverText is what srvr says of a server that stands alone, with two znodes of one client.
func serverText(clients string) string {
	return "Zookeeper version: 3.8.0-test, built on 02/25/2022 08:49 UTC\n" + clients +
		"Latency min/avg/max: [0-9]+/[0-9]+\\.[0-9]+/[0-9]+\nReceived: [0-9]+\nSent: [0-9]+\nConnections: 2\nOutstanding: " +
		"[0-9]+\n" +
		"Zxid: 0x[0-9a-f]+\nMode: standalone\nNode count: 7\n"
}

// facts are the lines of mntr.
func (e *ensemble) facts(s host.Addr) map[string]string {
	facts := make(map[string]string)
	for line := range strings.Lines(e.ask(s, "mntr")) {
		key, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if _, twice := facts[key]; !ok || twice {
			e.t.Errorf("mntr has the line %q", line)
		}
		facts[key] = value
	}
	return facts
}

func TestMonitor(t *testing.T) {
	e := newWorded(t, 3, "mntr")
	proposals := regexp.MustCompile("\nMode: leader\nNode count: 7\nProposal sizes last/min/max: [0-9]+/[0-9]+/[0-9]+\n$")
	e.do(20*time.Second, func(p host.Process, c *client.Client) {
		_, _, err := c.Create("/a", []byte("12345"), 0)
		must(t, err)
		_, _, err = c.Create("/a/e", nil, wire.FlagEphemeral)
		must(t, err)
		_, _, err = c.SyncGet("/a", client.NewWatch())
		must(t, err)
		p.Sleep(time.Second)
		watches, connections := 0, 0
		for _, s := range e.servers {
			got := e.facts(s)
			want := map[string]string{
				"zk_version": "3.8.0-test, built on 02/25/2022 08:49 UTC", "zk_znode_count": "7", "zk_ephemerals_count": "1",
				"zk_global_sessions": "1", "zk_quorum_size": "3", "zk_open_file_descriptor_count": "7",
				"zk_approximate_data_size": fmt.Sprint(len("/") + len("/zookeeper") + len("/zookeeper/config") +
					len("/zookeeper/quota") +
					len("/a") + len("12345") + len("/a/e")),
			}
			if s == e.leader() {
				want["zk_server_state"], want["zk_peer_state"], want["zk_synced_followers"] = "leader", "leading - broadcast", "2"
			} else {
				want["zk_server_state"], want["zk_peer_state"] = "follower", "following - broadcast"
			}
			for key, value := range want {
				if got[key] != value {
					t.Errorf("%s: %s is %q, and should be %q", s, key, got[key], value)
				}
			}
			if srvr := e.ask(s, "srvr"); proposals.MatchString(srvr) != (s == e.leader()) {
				t.Errorf("%s: srvr says\n%s", s, srvr)
			}
			watches += number(t, got["zk_watch_count"])
			connections += number(t, got["zk_num_alive_connections"])
		}
		if watches != 1 || connections != 1+len(e.servers) {
			t.Errorf("all servers count %d watches and %d connections, and there is one of each, beside those that ask", watches,
				connections)
		}
	})
}

func number(t *testing.T, text string) (n int) {
	t.Helper()
	if _, err := fmt.Sscan(text, &n); err != nil {
		t.Errorf("%q is not a number", text)
	}
	return n
}

func TestWhitelist(t *testing.T) {
	e := newWorded(t, 1, "ruok")
	e.RunUntil(3 * time.Second)
	for word, want := range map[string]string{
		"ruok": "imok", "stat": "stat is not executed because it is not in the whitelist.\n",
		"mntr": "mntr is not executed because it is not in the whitelist.\n",
	} {
		if got := e.ask("n1", word); got != want {
			t.Errorf("%s says %q", word, got)
		}
	}
	if got := e.ask("n1", "srvr"); !strings.HasPrefix(got, "Zookeeper version: ") {
		t.Errorf("srvr is on every list, and says %q", got)
	}
	if text, ok := e.node("n1").Text("op", "what", nil); ok {
		t.Errorf("an unknown word says %q", text)
	}
}

// TestWordsWithoutLeader asks a server of an ensemble whose others are down.
func TestWordsWithoutLeader(t *testing.T) {
	e := newWorded(t, 3, "*")
	e.mustDo(e.Crash("n2"))
	e.mustDo(e.Crash("n3"))
	e.RunUntil(5 * time.Second)
	for word, want := range map[string]string{"ruok": "imok", "isro": "null"} {
		if got := e.ask("n1", word); got != want {
			t.Errorf("%s says %q", word, got)
		}
	}
	for _, word := range []string{"srvr", "stat", "mntr", "cons", "dump", "wchs", "crst", "conf", "dirs"} {
		if got := e.ask("n1", word); got != "This ZooKeeper instance is not currently serving requests\n" {
			t.Errorf("%s says %q", word, got)
		}
	}
}

// TestIsroBelongsToReadOnlyService asks for the mode where no word is on the list.
func TestIsroBelongsToReadOnlyService(t *testing.T) {
	for readOnly, want := range map[bool]string{true: "rw", false: "isro is not executed because it is not in the " +
		"whitelist.\n"} {
		e := newEnsembleWith(t, 161, 1, func(c *cluster.Config) { c.ReadOnly = readOnly })
		e.RunUntil(3 * time.Second)
		if got := e.ask("n1", "isro"); got != want {
			t.Errorf("with read-only service %v isro says %q", readOnly, got)
		}
	}
}
