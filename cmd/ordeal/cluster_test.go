package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// withNamespaces skips a test where this machine, or this user, can have no network namespaces.
func withNamespaces(t *testing.T, r ran) {
	t.Helper()
	if strings.Contains(r.err, "network namespaces can't be had here") {
		t.Skip(r.err)
	}
}

// runningBelow are the processes whose command names something below a folder.
func runningBelow(t *testing.T, dir string) (found []string) {
	t.Helper()
	commands, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range commands {
		// It may have ended meanwhile.
		if text, err := os.ReadFile(name); err == nil && strings.Contains(string(text), filepath.Join(dir, "")+"/") {
			found = append(found, strings.ReplaceAll(string(text), "\x00", " "))
		}
	}
	return found
}

// wantNoneBelow waits until no process is left of a cluster below a folder.
func wantNoneBelow(t *testing.T, dir string) {
	t.Helper()
	var found []string
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if found = runningBelow(t, dir); len(found) == 0 {
			return
		}
	}
	t.Errorf("left behind: %q", found)
}

// wantNoMountBelow looks into the mounts of every process that there is.
func wantNoMountBelow(t *testing.T, dir string) {
	t.Helper()
	tables, err := filepath.Glob("/proc/[0-9]*/mounts")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range tables {
		// It may have ended meanwhile.
		if text, err := os.ReadFile(name); err == nil && strings.Contains(string(text), filepath.Join(dir, "")+"/") {
			t.Errorf("%s has a mount that was left behind", name)
		}
	}
}

// TestRunCluster starts three servers, and breaks what is around them.
func TestRunCluster(t *testing.T) {
	dir := t.TempDir()
	plan := "at 500ms for 1s crash leader; at 2s for 1s partition isolate leader; at 2s for 500ms pause follower"
	if err := os.WriteFile(filepath.Join(dir, "plan.txt"), []byte(plan), 0o600); err != nil {
		t.Fatal(err)
	}
	r := ordealIn(t, dir, "run", "--cluster", "ours", "--nodes", "3", "--workloads", "register", "--length", "4s",
		"--seed", "7", "--plan", "plan.txt")
	withNamespaces(t, r)
	if r.code != exitValid || !strings.Contains(r.out, "VALID  cluster=ours nodes=3 workload=register seed=7") ||
		!strings.Contains(r.out, "3 faults fired, 0 skipped") {
		t.Errorf("%+v", r)
	}
	folder := filepath.Join(dir, "ordeal-results", "register-ours-n3-seed7")
	wantFiles(t, filepath.Join(folder, "servers", "n1"), "log", "zoo.cfg")
	wantFiles(t, filepath.Join(dir, "ordeal-results"), "index.html", "register-ours-n3-seed7")
	wantNoneBelow(t, dir)
	if again := ordealIn(t, folder, "check", "history.jsonl", "--model", "register"); again.code != exitValid {
		t.Errorf("judged again: %+v", again)
	}
}

// TestRunClusterByProxy is the same on a network that wants no rights, and that can't lose packets.
func TestRunClusterByProxy(t *testing.T) {
	dir := t.TempDir()
	for name, plan := range map[string]string{
		"plan.txt": "at 300ms for 1s partition isolate leader; at 2s for 700ms kill follower; " +
			"at 500ms for 3s delay 5ms all; at 3s for 500ms corrupt 5% all",
		"lossy.txt": "at 500ms for 1s loss 5% all",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(plan), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(plan string) ran {
		return ordealIn(t, dir, "run", "--cluster", "ours", "--network", "proxy", "--nodes", "3", "--workloads", "register",
			"--length", "4s", "--seed", "7", "--plan", plan)
	}
	r := run("plan.txt")
	if r.code != exitValid || !strings.Contains(r.out, "4 faults fired, 0 skipped") {
		t.Errorf("%+v", r)
	}
	report, err := os.ReadFile(filepath.Join(dir, "ordeal-results", "register-ours-n3-seed7", "verdict.json"))
	if err != nil || !strings.Contains(string(report), "network proxy: connections went by a port of this program") {
		t.Errorf("the report does not name the network: %v", err)
	}
	r = run("lossy.txt")
	if r.code != exitUsage || !strings.Contains(r.err, "loss is of packets, and the network proxy carries connections") {
		t.Errorf("%+v", r)
	}
	wantNoneBelow(t, dir)
}

// TestNothingIsLeftOfACluster however the trial ends.
func TestNothingIsLeftOfACluster(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGKILL} {
		dir := t.TempDir()
		c := ordealCommand(t, "run", "--cluster", "ours", "--nodes", "3", "--workloads", "register", "--length", "10m",
			"--seed", "7", "--faults", "pause", "--out", dir)
		begun, said := &firstLine{came: make(chan struct{})}, &strings.Builder{}
		c.Stdout, c.Stderr = begun, said
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = c.Wait() // its exit code says how
		}()
		select {
		case <-begun.came:
		case <-ended:
			withNamespaces(t, ran{err: said.String()})
			t.Fatalf("it did not begin: %s", said)
		case <-time.After(patience):
			t.Fatal("it did not begin")
		}
		if n := len(runningBelow(t, dir)); n < 3 {
			t.Errorf("%d processes of 3 servers", n)
		}
		if err := c.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		<-ended
		if code := c.ProcessState.ExitCode(); sig == syscall.SIGINT && code != exitUnknown {
			t.Errorf("interrupted, exit code %d:\n%s", code, begun.text.String())
		}
		wantNoneBelow(t, dir)
		wantNoMountBelow(t, dir)
	}
}

func TestClustersThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"plan.txt":  "at 0s for 3s lose-message 120",
		"plan2.txt": "at 2s for 3s pause n4",
		"none.yaml": "name: none\ncommand: [no-such-program]\nport: 1\n",
		"ends.yaml": "name: ends\ncommand: [sh, -c, 'echo I am not well; exit 3']\nport: 1\n",
		"sits.yaml": "name: sits\ncommand: [sleep, '60']\nport: 1\nready: 1s\n",
		"bad.yaml":  "name: bad\ncolour: red\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--cluster", "consul"}, "is neither ours nor zookeeper nor etcd, nor a file NAME.yaml"},
		{[]string{"--cluster", "gone.yaml"}, "no such file"},
		{[]string{"--cluster", "bad.yaml"}, "field colour not found"},
		{[]string{"--cluster", "ours", "--faults", "service"}, "none of service can be done to real processes"},
		{[]string{"--cluster", "ours", "--plan", "plan.txt"}, "lose-message can't be done to real processes"},
		{[]string{"--cluster", "ours", "--plan", "plan2.txt", "--nodes", "3"}, "the plan names n4"},
		{[]string{"--cluster", "ours", "--nodes", "0"}, "it must be from 1 to 9"},
		{[]string{"--cluster", "ours", "--twice"}, "--cluster and --twice"},
		{[]string{"--cluster", "none.yaml"}, "the program no-such-program is not there"},
		{[]string{"--cluster", "ends.yaml"}, "the last that it said: I am not well"},
		{[]string{"--cluster", "sits.yaml"}, "n1 does not serve within 1s"},
	} {
		args := append([]string{"run", "--seed", "1", "--workloads", "register", "--length", "5s"}, c.args...)
		r := ordealIn(t, dir, args...)
		if strings.HasSuffix(c.args[1], ".yaml") {
			withNamespaces(t, r)
		}
		if r.code != exitUsage || !strings.Contains(r.err, c.want) {
			t.Errorf("%q: %+v, want %q", c.args, r, c.want)
		}
	}
	wantNoneBelow(t, dir)
}

// TestAFullDiskIsSaidBeforeAClusterStarts of one that the trial's files were to go to.
func TestAFullDiskIsSaidBeforeAClusterStarts(t *testing.T) {
	dir := tinyDisk(t, 1<<20)
	writeFile(t, filepath.Join(dir, "ballast"), strings.Repeat("x", 1<<20))
	r := ordealIn(t, dir, "run", "--cluster", "ours", "--network", "proxy", "--nodes", "3", "--workloads", "register",
		"--length", "1s", "--seed", "1")
	if r.code != exitUsage || !strings.Contains(r.err, "no space left on device") || strings.Count(r.err, "\n") != 1 {
		t.Errorf("%+v", r)
	}
	wantNoneBelow(t, dir)
}
