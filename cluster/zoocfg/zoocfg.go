// Package zoocfg reads ZooKeeper's configuration file, zoo.cfg: `key=value` a line, # for comments.
//
// It understands dataDir, clientPort, clientPortAddress, tickTime, minSessionTimeout, maxSessionTimeout, snapCount and
// server.N. Which server it is stands in the file myid in dataDir, which the caller reads. Other keys are passed over
// with a warning.
package zoocfg

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Config is what a zoo.cfg says. Zero means that it does not say.
type Config struct {
	DataDir    string
	ClientAddr string // host:port to listen on for clients
	TickTime   time.Duration
	// MinSessionTimeout and MaxSessionTimeout bound what clients may ask for.
	MinSessionTimeout, MaxSessionTimeout time.Duration
	// SnapCount is the number of transactions between two snapshots.
	SnapCount uint64
	// Servers is the ensemble, sorted by ID; none for a server that stands alone.
	Servers []Server
	// Warnings are lines that were passed over, in words.
	Warnings []string
}

// Server is one server.N line.
type Server struct {
	ID   uint64
	Addr string // host:port that the other servers reach it at
}

// parser is a file as far as it was read.
type parser struct {
	Config
	clientPort, clientHost string
	lines                  map[string]int // by key: where it stands
}

// Parse reads a file. An error is one line with the file's name and the line's number.
func Parse(name string, text []byte) (Config, error) {
	p := parser{lines: make(map[string]int)}
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(strings.TrimSuffix(line, "\r"))
		if line == "" || line[0] == '#' {
			continue
		}
		if err := p.line(name, i+1, line); err != nil {
			return Config{}, fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
	}
	if p.DataDir == "" {
		return Config{}, fmt.Errorf("%s: dataDir is missing", name)
	}
	if p.clientPort == "" {
		return Config{}, fmt.Errorf("%s: clientPort is missing", name)
	}
	p.ClientAddr = joinHostPort(p.clientHost, p.clientPort)
	slices.SortFunc(p.Servers, func(a, b Server) int { return int(a.ID) - int(b.ID) })
	return p.Config, nil
}

func (p *parser) line(name string, number int, line string) error {
	key, value, ok := strings.Cut(line, "=")
	if !ok {
		return fmt.Errorf("%q is not key=value", line)
	}
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	if first, twice := p.lines[key]; twice {
		return fmt.Errorf("%s is set already, in line %d", key, first)
	}
	p.lines[key] = number
	var err error
	switch key {
	case "dataDir":
		if p.DataDir = value; value == "" {
			err = fmt.Errorf("dataDir is empty")
		}
	case "clientPort":
		_, err = parsePort(key, value)
		p.clientPort = value
	case "clientPortAddress":
		p.clientHost = value
	case "tickTime":
		p.TickTime, err = parseMillis(key, value)
	case "minSessionTimeout":
		p.MinSessionTimeout, err = parseMillis(key, value)
	case "maxSessionTimeout":
		p.MaxSessionTimeout, err = parseMillis(key, value)
	case "snapCount":
		p.SnapCount, err = parsePositive(key, value)
	default:
		if id, ok := strings.CutPrefix(key, "server."); ok {
			return p.server(id, value)
		}
		p.Warnings = append(p.Warnings, fmt.Sprintf("%s:%d: %s is not known here and is passed over", name, number, key))
	}
	return err
}

// server takes server.ID=host:peerPort[:electionPort][:participant][;[host:]clientPort]. There is one port between
// servers here; the election's is not used.
func (p *parser) server(id, value string) error {
	n, err := strconv.ParseUint(id, 10, 8)
	if err != nil || n == 0 {
		return fmt.Errorf("server.%s: the number must be from 1 to 255", id)
	}
	addr, client, _ := strings.Cut(value, ";")
	host, rest := cutHost(addr)
	ports := strings.Split(rest, ":")
	if host == "" || len(ports) > 3 {
		return fmt.Errorf("server.%s=%s is not host:port:port", id, value)
	}
	if _, err := parsePort("server."+id, ports[0]); err != nil {
		return err
	}
	if len(ports) > 1 {
		if _, err := parsePort("server."+id, ports[1]); err != nil {
			return err
		}
	}
	if len(ports) == 3 && ports[2] != "participant" {
		return fmt.Errorf("server.%s: the role %q is not served by this version", id, ports[2])
	}
	if client != "" && p.clientPort == "" {
		_, port := cutHost(client)
		if port == "" {
			port = client
		}
		if _, err := parsePort("server."+id, port); err != nil {
			return err
		}
	}
	p.Servers = append(p.Servers, Server{ID: n, Addr: joinHostPort(host, ports[0])})
	return nil
}

// cutHost splits host:rest; the host may be [v6].
func cutHost(s string) (host, rest string) {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		host, rest, _ = strings.Cut(inner, "]:")
		return host, rest
	}
	host, rest, _ = strings.Cut(s, ":")
	return host, rest
}

func joinHostPort(host, port string) string {
	if a, err := netip.ParseAddr(host); err == nil && a.Is6() {
		return "[" + host + "]:" + port
	}
	return host + ":" + port
}

func parsePort(key, value string) (uint64, error) {
	n, err := strconv.ParseUint(value, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%s: %q is not a port", key, value)
	}
	return n, nil
}

func parsePositive(key, value string) (uint64, error) {
	n, err := strconv.ParseUint(value, 10, 32)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("%s: %q is not a positive number", key, value)
	}
	return n, nil
}

func parseMillis(key, value string) (time.Duration, error) {
	n, err := parsePositive(key, value)
	return time.Duration(n) * time.Millisecond, err
}

// ParseMyID reads the file that says which server of the ensemble this is.
func ParseMyID(name string, text []byte) (uint64, error) {
	word := strings.TrimSpace(string(text))
	n, err := strconv.ParseUint(word, 10, 8)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("%s: %q is not a server's number, from 1 to 255", name, word)
	}
	return n, nil
}
