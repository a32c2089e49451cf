package fleet

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ordeal/host/oshost"
	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
)

// asServer is set in the environment of a test binary that is to be one server of a cluster: its name, its two
// addresses, its folder and its peers, with spaces in between.
const asServer = "ORDEAL_TEST_SERVER"

// serve is the life of such a process.
func serve(words string) error {
	w := strings.Fields(words)
	s, err := StartServer(Serving{Name: w[0], Listen: w[1], Cluster: w[2], Store: w[3], Peers: w[4:]})
	if err != nil {
		return err
	}
	defer s.Close()
	<-UntilClosed(context.Background(), os.Stdin).Done()
	return nil
}

// free is an address on this machine that no one listens at.
func free(t *testing.T) string {
	t.Helper()
	addr, err := oshost.FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

// servers are the processes of a cluster of three.
type servers struct {
	words     [3]string
	processes [3]*exec.Cmd
	place     Place
}

func startServers(t *testing.T) *servers {
	t.Helper()
	var listen, cluster [3]string
	for i := range 3 {
		listen[i], cluster[i] = free(t), free(t)
	}
	all := &servers{place: Place{URL: "nats://" + strings.Join(listen[:], ",nats://"), Program: "toy", Lease: testLease}}
	for i := range 3 {
		peers := []string{cluster[(i+1)%3], cluster[(i+2)%3]}
		all.words[i] = fmt.Sprint("s", i, " ", listen[i], " ", cluster[i], " ", filepath.Join(t.TempDir(), "store"), " ",
			strings.Join(peers, " "))
		all.start(t, i)
	}
	t.Cleanup(func() {
		for i := range 3 {
			all.kill(i)
		}
	})
	return all
}

func (s *servers) start(t *testing.T, i int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), asServer+"="+s.words[i])
	c.Stderr = os.Stderr
	if _, err = c.StdinPipe(); err == nil { // it ends with its standard input
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	s.processes[i] = c
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", strings.Fields(s.words[i])[1])
		if err == nil {
			_ = conn.Close()
			return
		}
		if time.Since(begun) > patience {
			t.Fatal(err)
		}
	}
}

func (s *servers) kill(i int) {
	_ = s.processes[i].Process.Signal(syscall.SIGKILL)
	_ = s.processes[i].Wait()
}

// leads is the server that leads the queue.
func leads(t *testing.T, c *Coordinator) int {
	t.Helper()
	info, err := c.link.queue.Info(t.Context())
	if err != nil || info.Cluster == nil || len(info.Cluster.Replicas) != copies-1 {
		t.Fatalf("the queue is not kept three times: %+v, %v", info, err)
	}
	return int(info.Cluster.Leader[1] - '0')
}

// TestKilledServersLoseNothing: of three servers the one that leads the queue is killed in the middle of a campaign,
// and comes back. Each trial is answered once.
func TestKilledServersLoseNothing(t *testing.T) {
	const trials = 60
	s := startServers(t)
	c := coordinator(t, s.place)
	slow := func(ctx context.Context, r campaign.Request) (play.Summary, error) {
		time.Sleep(20 * time.Millisecond)
		return play.Summary{Line: r.Line}, nil
	}
	working(t, s.place, slow)
	working(t, s.place, slow)
	answered := make(chan string)
	next := make(chan int)
	for range 8 {
		go func() {
			w, _ := c.Worker()
			for seed := range next {
				one, err := w.Run(t.Context(), campaign.Request{Line: line(seed)})
				if err != nil {
					t.Errorf("%s: %v", line(seed), err)
				}
				answered <- one.Line
			}
		}()
	}
	go func() {
		defer close(next)
		for seed := range trials {
			next <- seed
		}
	}()
	results, lost := make(map[string]int), 0
	begun, longest, last := time.Now(), time.Duration(0), time.Now()
	for n := range trials {
		results[<-answered]++
		longest, last = max(longest, time.Since(last)), time.Now()
		switch n {
		case trials / 3:
			lost = leads(t, c)
			s.kill(lost)
		case trials * 2 / 3:
			s.start(t, lost)
		}
	}
	for seed := range trials {
		if n := results[line(seed)]; n != 1 {
			t.Errorf("%s was answered %d times", line(seed), n)
		}
	}
	t.Logf("%d trials in %v, with %v without an answer at the longest", trials, time.Since(begun), longest)
	emptied(t, c)
}
