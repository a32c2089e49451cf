package server

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/zoocfg"
	"ordeal/host/oshost"
)

// spokenVersion is the ZooKeeper whose protocol the service speaks: clients look at the number to see what they may
// ask.
const spokenVersion = "3.8.0"

// serverVersion is what a server calls itself, with the date of the program's file where ZooKeeper has that of its
// build.
func serverVersion() string {
	built := time.Unix(0, 0)
	if path, err := os.Executable(); err == nil {
		if info, err := os.Stat(path); err == nil {
			built = info.ModTime()
		}
	}
	return fmt.Sprintf("%s-ordeal, built on %s", spokenVersion, built.UTC().Format("01/02/2006 15:04 GMT"))
}

// operatorOf is what operators may ask of a server.
func operatorOf(c zoocfg.Config, node cluster.Config) cluster.Operator {
	return cluster.Operator{
		Words: c.Words, Version: serverVersion(),
		Settings: settings(c, node), Membership: membership(c), Environment: environment(),
	}
}

// settings are what is in force, under the names of zoo.cfg and in the order of ZooKeeper's conf.
func settings(c zoocfg.Config, node cluster.Config) []cluster.Fact {
	dir, err := filepath.Abs(c.DataDir)
	if err != nil {
		dir = c.DataDir
	}
	in := node.InForce()
	serverID := "0" // as ZooKeeper has it of a server that stands alone
	if len(c.Servers) > 0 {
		serverID = zoocfg.Number(in.ID)
	}
	ms := func(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
	return []cluster.Fact{
		{Key: "clientPort", Value: portOf(c.ClientAddrOf(in.ID))},
		{Key: "secureClientPort", Value: portOf(c.SecureClientAddr)},
		{Key: "dataDir", Value: dir},
		{Key: "dataLogDir", Value: dir},
		{Key: "tickTime", Value: ms(in.TickTime)},
		{Key: "maxClientCnxns", Value: strconv.Itoa(c.MaxClientConns)},
		{Key: "minSessionTimeout", Value: ms(in.MinSessionTimeout)},
		{Key: "maxSessionTimeout", Value: ms(in.MaxSessionTimeout)},
		{Key: "clientPortListenBacklog", Value: "-1"},
		{Key: "serverId", Value: serverID},
	}
}

// portOf is the port of host:port, -1 for none.
func portOf(addr string) string {
	if addr == "" {
		return "-1"
	}
	return addr[strings.LastIndexByte(addr, ':')+1:]
}

// membership are the server lines of an ensemble's configuration.
func membership(c zoocfg.Config) []cluster.Fact {
	var lines []cluster.Fact
	for _, s := range c.Servers {
		lines = append(lines, cluster.Fact{Key: "server." + zoocfg.Number(s.ID), Value: s.String()})
	}
	return lines
}

// environment is what envi tells of the process. Where ZooKeeper tells of its Java, this tells of its Go.
func environment() []cluster.Fact {
	name, _ := os.Hostname()
	dir, _ := os.Getwd()
	who, home := "", ""
	if u, err := user.Current(); err == nil {
		who, home = u.Username, u.HomeDir
	}
	return []cluster.Fact{
		{Key: "host.name", Value: name},
		{Key: "go.version", Value: runtime.Version()},
		{Key: "ordeal.build", Value: revision()},
		{Key: "os.name", Value: runtime.GOOS},
		{Key: "os.arch", Value: runtime.GOARCH},
		{Key: "user.name", Value: who},
		{Key: "user.home", Value: home},
		{Key: "user.dir", Value: dir},
		{Key: "os.cpus", Value: strconv.Itoa(runtime.NumCPU())},
	}
}

// revision is the commit that the program was built from, if the build recorded it.
func revision() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return "unknown"
}

// processFacts are the figures of the process that mntr tells as ZooKeeper does, and of its machine once there is one.
func processFacts(m *oshost.Machine) []cluster.Fact {
	open, limit := openFiles()
	facts := []cluster.Fact{
		{Key: "zk_open_file_descriptor_count", Value: strconv.FormatInt(open, 10)},
		{Key: "zk_max_file_descriptor_count", Value: strconv.FormatInt(limit, 10)},
	}
	if m == nil {
		return facts
	}
	c := m.Counters()
	for _, f := range []struct {
		key string
		n   uint64
	}{
		{"connection_rejected", c.Refused}, {"connection_silent", c.Silent}, {"connection_garbage", c.Garbage},
		{"connection_slow_reader", c.SlowReaders}, {"tls_handshake_failed", c.TLSFailed},
		{"peer_refused", c.PeersRefused},
	} {
		facts = append(facts, cluster.Fact{Key: "zk_" + f.key, Value: strconv.FormatUint(f.n, 10)})
	}
	return facts
}
