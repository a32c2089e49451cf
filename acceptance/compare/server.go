package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"ordeal/host/oshost"
)

// server is a process that answers.
type server struct {
	name   string
	addr   string
	cmd    *exec.Cmd
	output bytes.Buffer
}

// zookeeperJar is where Debian's package zookeeper has Apache ZooKeeper; the jar names those that it needs.
const zookeeperJar = "/usr/share/java/zookeeper.jar"

// startLimit is how long a server may take until it serves.
const startLimit = time.Minute

// flavour is a way to set up both servers.
type flavour struct{ name, settings string }

// flavours are what is compared. Nothing in them goes off by itself: what depends on the clock can't be compared.
var flavours = []flavour{
	{"usual", "extendedTypesEnabled=true\nreconfigEnabled=true\nDigestAuthenticationProvider.superDigest=" +
		superDigest + "\n"},
	{"strict", "enforceQuota=true\n"},
}

// superDigest is super:test as ZooKeeper's digest provider writes it.
const superDigest = "super:D/InIHSb7yEEbrWz8b9l71RjZJU="

// zooCfg is the configuration of both.
func zooCfg(dir, addr string, f flavour) string {
	host, port, _ := net.SplitHostPort(addr)
	return fmt.Sprintf("dataDir=%s\nclientPortAddress=%s\nclientPort=%s\ntickTime=2000\nmaxSessionTimeout=600000\n"+
		"maxClientCnxns=0\nadmin.enableServer=false\n"+
		"znode.container.checkIntervalMs=100000000\n4lw.commands.whitelist=*\n%s", filepath.Join(dir, "data"), host,
		port, f.settings)
}

func startServer(name, dir string, f flavour, command func(cfg string) *exec.Cmd) (*server, error) {
	addr, err := oshost.FreeAddr()
	if err != nil {
		return nil, err
	}
	dir = filepath.Join(dir, name+"-"+f.name)
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o750); err != nil {
		return nil, err
	}
	cfg := filepath.Join(dir, "zoo.cfg")
	if err := os.WriteFile(cfg, []byte(zooCfg(dir, addr, f)), 0o640); err != nil {
		return nil, err
	}
	s := &server{name: name, addr: addr, cmd: command(cfg)}
	s.cmd.Stdout, s.cmd.Stderr = &s.output, &s.output
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	if err := s.await(); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

func startOrdeal(program, dir string, f flavour) (*server, error) {
	return startServer("ordeal", dir, f, func(cfg string) *exec.Cmd { return exec.Command(program, "serve", cfg) })
}

func startZooKeeper(dir string, f flavour) (*server, error) {
	if _, err := os.Stat(zookeeperJar); err != nil {
		return nil, errors.Join(errors.New("there is no Apache ZooKeeper to compare with: the Debian package "+
			"zookeeper has it"), err)
	}
	return startServer("zookeeper", dir, f, func(cfg string) *exec.Cmd {
		return exec.Command("java", "-cp", zookeeperJar, "-Xmx1000m", "-Dzookeeper.forceSync=no",
			"-Dzookeeper.jmx.log4j.disable=true",
			"org.apache.zookeeper.server.quorum.QuorumPeerMain", cfg)
	})
}

func (s *server) await() error {
	for end := time.Now().Add(startLimit); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		p := &player{addr: s.addr}
		if answer := p.play(word{"srvr"}); strings.Contains(strings.Join(answer, "\n"), "Mode: standalone") {
			return nil
		}
	}
	return fmt.Errorf("%s does not serve: %s", s.name, tail(s.output.String()))
}

func tail(text string) string { return text[max(0, len(text)-2000):] }

func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(10*time.Second, func() { _ = s.cmd.Process.Kill() })
	_ = s.cmd.Wait()
	kill.Stop()
}
