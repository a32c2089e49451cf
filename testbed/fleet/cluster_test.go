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
		if err := all.start(i); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		for i := range 3 {
			all.kill(i)
		}
	})
	return all
}

// start starts the process of a server, and waits until it listens.
func (s *servers) start(i int) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), asServer+"="+s.words[i])
	c.Stderr = os.Stderr
	if _, err = c.StdinPipe(); err == nil { // it ends with its standard input
		err = c.Start()
	}
	if err != nil {
		return err
	}
	s.processes[i] = c
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", strings.Fields(s.words[i])[1])
		if err == nil {
			return conn.Close()
		}
		if time.Since(begun) > patience {
			return err
		}
	}
}

func (s *servers) kill(i int) {
	_ = s.processes[i].Process.Signal(syscall.SIGKILL)
	_ = s.processes[i].Wait()
}

// leads is the server that leads the queue.
func (s *servers) leads(t *testing.T, c *Coordinator) int {
	for begun := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		info, err := c.link.queue.Info(t.Context())
		if err == nil && info.Cluster != nil && len(info.Cluster.Replicas) == copies-1 && info.Cluster.Leader != "" {
			return int(info.Cluster.Leader[1] - '0')
		}
		if time.Since(begun) > patience {
			t.Errorf("the queue is not kept three times: %+v, %v", info, err)
			return 0
		}
	}
}

// falling kills a server of the cluster at every tick, and starts it again at the next: now the one that leads the
// queue, now another. It says how many it has killed when stop is called.
func (s *servers) falling(t *testing.T, c *Coordinator, tick <-chan time.Time) (stop func() int) {
	over, killed := make(chan struct{}), make(chan int)
	go func() {
		down := -1
		for n := 0; ; {
			select {
			case <-over:
				killed <- n
				return
			case <-tick:
			}
			if down >= 0 {
				if err := s.start(down); err != nil {
					t.Error(err)
				}
				down = -1
				continue
			}
			if down = s.leads(t, c); n%2 == 1 {
				down = (down + 1) % 3
			}
			s.kill(down)
			n++
		}
	}()
	return func() int {
		close(over)
		return <-killed
	}
}

// TestKilledServersLoseNothing: of three servers the one that leads the queue is killed in the middle of a campaign,
// and comes back, while workers are killed after every tenth result; in a long run a server falls and another tick
// later comes back every FLEET_SERVER_KILLS, and a worker is killed every FLEET_KILLS. Each trial is answered once.
func TestKilledServersLoseNothing(t *testing.T) {
	workerTick, serverTick := make(chan time.Time, 1), make(chan time.Time, 1)
	trials, killWorker := long(60, workerTick, "FLEET_KILLS")
	_, killServer := long(trials, serverTick, "FLEET_SERVER_KILLS")
	s := startServers(t)
	c := coordinator(t, s.place)
	stopWorkers := killing(t, s.place.URL, killWorker)
	defer stopWorkers()
	stopServers := s.falling(t, c, killServer)
	begun, longest, last := time.Now(), time.Duration(0), time.Now()
	asked(t, c, trials, func(n int, _ play.Summary) {
		longest, last = max(longest, time.Since(last)), time.Now()
		if n%10 == 5 {
			now(workerTick)
		}
		if n == trials/3 || n == trials*2/3 {
			now(serverTick)
		}
	})
	servers, workers := stopServers(), stopWorkers()
	t.Logf("%d servers and %d workers killed in %v, with %v without an answer at the longest", servers, workers,
		time.Since(begun).Round(time.Second), longest)
	if servers == 0 || workers == 0 {
		t.Errorf("%d servers and %d workers were killed", servers, workers)
	}
}
