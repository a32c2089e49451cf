package main

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestServeDev starts a server for trying things, uses it, and ends it as a service manager or a terminal does.
func TestServeDev(t *testing.T) {
	for _, sig := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		t.Run(sig.String(), func(t *testing.T) {
			tmp := t.TempDir()
			c := ordealCommand(t, "serve", "--dev")
			c.Env = append(c.Env, "TMPDIR="+tmp)
			address := startServing(t, c)
			client := dialZK(t, address)
			must(client.Create("/here", []byte("x"), 0, openACL))(t)
			if err := c.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if err := c.Wait(); err != nil {
				t.Errorf("it ended with %v", err)
			}
			wantFiles(t, tmp)
		})
	}
}

// startServing starts a server and returns the address that it says it serves on.
func startServing(t *testing.T, c *exec.Cmd) string {
	t.Helper()
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "serving clients on ")
	if !ok {
		t.Fatalf("it said %q, %v", line, err)
	}
	return address
}

func TestServeRefusesADirectoryInUse(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	writeFile(t, filepath.Join(dir, "zoo.cfg"), "dataDir="+data+"\nclientPortAddress=127.0.0.1\nclientPort=0\n")
	startServing(t, ordealCommand(t, "serve", filepath.Join(dir, "zoo.cfg")))
	second := ordealIn(t, dir, "serve", filepath.Join(dir, "zoo.cfg"))
	if second.code != exitTool || second.out != "" {
		t.Errorf("the second server: %+v", second)
	}
	wantOneLine(t, second.err, data, "in use by n1 (process ")
}

func TestServeRefusesBadConfigs(t *testing.T) {
	ensemble := "clientPort=0\ndataDir=data\nserver.1=127.0.0.1:2888:3888\nserver.3=127.0.0.1:2889:3889\n"
	for name, c := range map[string]struct{ config, myid, want string }{
		"no key":     {"tickTime\n", "", `zoo.cfg:1: tickTime: "" is not a positive number`},
		"bad number": {"# a comment\ntickTime=soon\n", "", `zoo.cfg:2: tickTime: "soon" is not a positive number`},
		"bad port":   {"dataDir=data\nclientPort=99999\n", "", `zoo.cfg:2: clientPort: "99999" is not a port`},
		"SASL demanded": {"clientPort=0\ndataDir=data\nsessionRequireClientSASLAuth=true\n", "",
			"zoo.cfg:3: sessionRequireClientSASLAuth: SASL is not served"},
		"no data":       {"clientPort=0\n", "", "zoo.cfg: dataDir is missing"},
		"no port":       {"dataDir=data\n", "", "zoo.cfg: clientPort is missing"},
		"bad server":    {"server.x=a:1:2\n", "", "zoo.cfg:1: server.x: the number must be from 0 to 255"},
		"no myid":       {ensemble, "", "data/myid"},
		"bad myid":      {ensemble, "one", `data/myid: "one" is not a server's number`},
		"myid of other": {ensemble, "2", "zoo.cfg: server 2 is not among the members"},
		"short tick":    {"clientPort=0\ndataDir=data\ntickTime=3\n", "", "zoo.cfg: tickTime 3ms is under 10 ms"},
		"timeouts": {"clientPort=0\ndataDir=data\nminSessionTimeout=9000\nmaxSessionTimeout=8000\n", "",
			"zoo.cfg: minSessionTimeout is above maxSessionTimeout"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, "zoo.cfg"), c.config)
			files := []string{"zoo.cfg"}
			if c.myid != "" {
				if err := os.Mkdir(filepath.Join(dir, "data"), 0o755); err != nil {
					t.Fatal(err)
				}
				writeFile(t, filepath.Join(dir, "data", "myid"), c.myid)
				files = []string{"data", "zoo.cfg"}
			}
			ordealIn(t, dir, "serve", "zoo.cfg").refused(t, dir, c.want, files...)
		})
	}
	dir := t.TempDir()
	ordealIn(t, dir, "serve", "zoo.cfg").refused(t, dir, "zoo.cfg: no such file")
	ordealIn(t, dir, "serve").refused(t, dir, "either a zoo.cfg or --dev is wanted")
	ordealIn(t, dir, "serve", "--dev", "zoo.cfg").refused(t, dir, "either a zoo.cfg or --dev is wanted")
}

// TestServeAloneWithALine starts the only server of an ensemble, which needs no file with its number.
func TestServeAloneWithALine(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "zoo.cfg"), "tickTime : 500\ndataDir data\nclientPort=0\n"+
		"clientPortAddress=127.0.0.1\nadmin.enableServer=false\nserver.4=127.0.0.1:0:0\n"+
		"4lw.commands.whitelist=ruok, \\\n    stat\n")
	c := ordealCommand(t, "serve", "zoo.cfg")
	c.Dir = dir
	client := dialZK(t, startServing(t, c))
	must(client.Create("/here", nil, 0, openACL))(t)
}

// TestServeStopsWhenItCan'tListen says which port.
func TestServeSaysWhichPortIsTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "zoo.cfg"), "dataDir=data\nclientPortAddress=127.0.0.1\nclientPort="+port+"\n")
	r := ordealIn(t, dir, "serve", "zoo.cfg")
	if r.code != exitTool || r.out != "" {
		t.Errorf("%+v", r)
	}
	wantOneLine(t, r.err, "can't listen on "+l.Addr().String())
}
