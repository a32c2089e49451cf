package real

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/testbed/real/gateway"
	"ordeal/testbed/real/loop"
)

// members are servers of etcd as their gateway shows them: members, and learners that are behind for a while. It is the
// network of a cluster too.
type members struct {
	network
	t      *testing.T
	list   []gateway.Member
	behind int // how often a learner is not promoted yet
	lost   int // how many answers to changes are lost
	asked  []string
}

func (g *members) Dial(_ context.Context, address string) (net.Conn, error) {
	here, there := net.Pipe()
	go func() {
		defer there.Close()
		req, err := http.ReadRequest(bufio.NewReader(there))
		if err != nil {
			return
		}
		var asked struct {
			ID    string   `json:"ID"`
			Peers []string `json:"peerURLs"`
		}
		if err := json.NewDecoder(req.Body).Decode(&asked); err != nil {
			g.t.Error(err)
		}
		text, status := g.answer(req.URL.Path, asked.ID, asked.Peers)
		if status != 0 {
			fmt.Fprintf(there, "HTTP/1.1 %d x\r\nContent-Length: %d\r\n\r\n%s", status, len(text), text)
		}
	}()
	return here, nil
}

func (g *members) answer(path, id string, peers []string) (text []byte, status int) {
	refuse := func(words string) ([]byte, int) {
		return []byte(`{"code": 9, "message": "etcdserver: ` + words + `"}`), http.StatusBadRequest
	}
	at := slices.IndexFunc(g.list, func(m gateway.Member) bool { return m.ID == id })
	what := path[strings.LastIndexByte(path, '/')+1:]
	if what != "list" {
		g.asked = append(g.asked, what)
	}
	switch {
	case what == "add" && slices.ContainsFunc(g.list, func(m gateway.Member) bool { return m.Peers[0] == peers[0] }):
		return refuse("Peer URLs already exists")
	case what == "add":
		g.list = append(g.list, gateway.Member{ID: fmt.Sprint(100 + len(g.list)), Peers: peers, Learner: true})
	case what != "list" && at < 0:
		return refuse("member not found")
	case what == "promote" && g.behind > 0:
		g.behind--
		return refuse("can only promote a learner member which is in sync with leader")
	case what == "promote":
		g.list[at].Learner = false
	case what == "remove":
		g.list = slices.Delete(g.list, at, at+1)
	}
	if what != "list" && g.lost > 0 {
		g.lost--
		return nil, 0
	}
	text, err := json.Marshal(gateway.Answer{Members: g.list})
	if err != nil {
		g.t.Error(err)
	}
	return text, http.StatusOK
}

func (g *members) Do(f func() error) error { return f() }
func (g *members) Start(c *exec.Cmd) error { return c.Start() }
func (g *members) Close()                  {}

// standing is a world of three servers and a spare one, each a process that does nothing.
func standing(t *testing.T, g *members) *world {
	t.Helper()
	p := &Product{Name: "etcd", Command: []string{"sleep", "60"}, Reconfig: reconfigByEtcd, Stop: time.Second}
	c := &cluster{product: p, scout: g, network: g, noDisk: "there is none", dir: t.TempDir()}
	all, err := routed{}.places(p, "", c.dir, 4)
	if err != nil {
		t.Fatal(err)
	}
	for i, place := range all {
		s := &server{name: serverName(place.N), place: place, machine: g, ended: c.endedByItself}
		if i == 3 {
			c.spares = append(c.spares, s)
			continue
		}
		c.servers = append(c.servers, s)
		peers := []string{"http://" + place.Address + ":2380"}
		g.list = append(g.list, gateway.Member{ID: fmt.Sprint(i + 1), Peers: peers})
		if err := c.furnish(s); err != nil {
			t.Fatal(err)
		}
		if err := s.start(); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		for _, s := range c.all() {
			s.kill()
		}
	})
	begun := time.Now()
	w := &world{cluster: c, loop: loop.New(func() time.Duration { return time.Since(begun) }), ctx: t.Context()}
	w.ensemble.members = addrs("n1", "n2", "n3")
	return w
}

// TestEtcdIsAskedForChanges: who is to replace another is a learner first, votes when it has caught up, and then the
// other goes; whatever answers are lost.
func TestEtcdIsAskedForChanges(t *testing.T) {
	g := &members{t: t, behind: 2, lost: 1}
	w := standing(t, g)
	w.loop.Do(func() { w.Reconfig(nemesis.Change{Join: "n4", Leave: "n2"}) })
	w.operators.Wait()
	w.loop.End()
	if len(w.refused) > 0 {
		t.Error(w.refused)
	}
	if want := "add add promote promote promote remove"; strings.Join(g.asked, " ") != want {
		t.Errorf("asked for %v, want %s", g.asked, want)
	}
	if want := addrs("n1", "n3", "n4"); !slices.Equal(w.ensemble.members, want) || len(w.ensemble.observers) > 0 {
		t.Errorf("members %v, learners %v", w.ensemble.members, w.ensemble.observers)
	}
	n2, n4 := w.cluster.server("n2"), w.cluster.server("n4")
	if n2.up() || !n2.retired() || !n4.up() || !n4.place.Joins || len(n4.place.Servers) != 4 {
		t.Errorf("n2 is up: %v; n4: %v, %+v", n2.up(), n4.up(), n4.place)
	}
	if to := w.cluster.where(w.cluster.address(n2)); to == w.cluster.address(n2) {
		t.Error("clients still look for n2")
	}
	if notes := w.cluster.endedByThemselves(); len(notes) > 0 {
		t.Error(notes)
	}
}

// TestClientsAreSentToNoLearner: it would not serve them.
func TestClientsAreSentToNoLearner(t *testing.T) {
	w := standing(t, &members{t: t})
	list := []gateway.Member{{ID: "4", Peers: []string{"http://" + w.cluster.server("n4").place.Address + ":2380"},
		Learner: true}, {ID: "3", Peers: []string{"http://" + w.cluster.server("n3").place.Address + ":2380"}}}
	w.loop.Do(func() { w.are(list) })
	w.operators.Wait()
	w.loop.End()
	if !slices.Equal(w.Observers(), []host.Addr{"n4"}) {
		t.Errorf("learners %v", w.Observers())
	}
	for _, gone := range addrs("n1", "n2") {
		if to := w.cluster.where(w.cluster.address(w.cluster.server(gone))); to != w.cluster.address(w.cluster.server("n3")) {
			t.Errorf("who looks for %s is sent to %s", gone, to)
		}
	}
}
