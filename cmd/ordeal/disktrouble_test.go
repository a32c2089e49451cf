package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/go-zookeeper/zk"
)

// serveIn starts a server that stands alone on a folder's data, and returns what it says on stderr.
func serveIn(t *testing.T, dir string) (c *exec.Cmd, address string, said *bytes.Buffer) {
	t.Helper()
	cfg := filepath.Join(t.TempDir(), "zoo.cfg")
	writeFile(t, cfg, "dataDir="+dir+"\nclientPortAddress=127.0.0.1\nclientPort=0\n")
	c, said = ordealCommand(t, "serve", cfg), new(bytes.Buffer)
	c.Stderr = said
	return c, startServing(t, c), said
}

// A server whose disk is full says so and ends; what it acknowledged is there when there is room again.
func TestAFullDiskEndsTheServer(t *testing.T) {
	dir := tinyDisk(t, 2<<20)
	ballast := filepath.Join(dir, "ballast")
	writeFile(t, ballast, strings.Repeat("x", 1<<20))
	data := filepath.Join(dir, "data")
	c, address, said := serveIn(t, data)
	client := dialZK(t, address)
	var acked []string
	for i := 0; ; i++ {
		path := fmt.Sprintf("/v%04d", i)
		if _, err := client.Create(path, make([]byte, 8<<10), 0, zk.WorldACL(zk.PermAll)); err != nil {
			break
		}
		acked = append(acked, path)
	}
	client.Close()
	err := c.Wait()
	if c.ProcessState.ExitCode() != exitTool || len(acked) == 0 {
		t.Errorf("it ended with %v, behind %d writes", err, len(acked))
	}
	if got := strings.Count(said.String(), "no space left on device"); got != 1 {
		t.Errorf("it said so %d times:\n%s", got, said)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	_, address, _ = serveIn(t, data)
	client = dialZK(t, address)
	for _, path := range acked {
		if there, _, err := client.Exists(path); !there || err != nil {
			t.Errorf("%s was acknowledged: %v, %v", path, there, err)
		}
	}
}

// writtenData is a data directory with some writes in its log, whose server was killed.
func writtenData(t *testing.T) (dir, log string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	c, address, _ := serveIn(t, dir)
	client := dialZK(t, address)
	for i := range 50 {
		must(client.Create(fmt.Sprintf("/v%02d", i), []byte("data"), 0, zk.WorldACL(zk.PermAll)))(t)
	}
	client.Close()
	if err := c.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	logs, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("%s has no log: %v", dir, err)
	}
	return dir, slices.Max(logs)
}

// Damage in the midst of the log is no torn end: the server does not start, and says where it is.
func TestADamagedLogIsRefused(t *testing.T) {
	dir, log := writtenData(t)
	b, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(log, b, 0o640); err != nil {
		t.Fatal(err)
	}
	cfg := filepath.Join(t.TempDir(), "zoo.cfg")
	writeFile(t, cfg, "dataDir="+dir+"\nclientPortAddress=127.0.0.1\nclientPort=0\n")
	r := ordealIn(t, t.TempDir(), "serve", cfg)
	if r.code != exitTool || r.out != "" {
		t.Errorf("%+v", r)
	}
	wantOneLine(t, r.err, filepath.Base(log)+" is damaged at offset ")
	if after, err := os.ReadFile(log); err != nil || !bytes.Equal(after, b) {
		t.Errorf("the log was changed: %v", err)
	}
}

// A torn end is cut off, and the server says how much that was.
func TestATornEndIsCutAndTold(t *testing.T) {
	dir, log := writtenData(t)
	tearLog(t, dir)
	c, address, said := serveIn(t, dir)
	if there, _, err := dialZK(t, address).Exists("/v49"); !there || err != nil {
		t.Errorf("the last write: %v, %v", there, err)
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Error(err)
	}
	if want := "file=" + filepath.Base(log); !strings.Contains(said.String(), want) || !strings.Contains(said.String(),
		"bytes=21") {
		t.Errorf("it said:\n%s", said)
	}
}
