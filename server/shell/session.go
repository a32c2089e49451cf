package shell

import (
	"runtime/debug"
	"strconv"
	"strings"

	"ordeal/cluster/client"
	"ordeal/host"
)

// open begins a session with these servers.
func (s *session) open(addrs []string) {
	var servers []host.Addr
	for _, server := range addrs {
		servers = append(servers, host.Addr(server))
	}
	s.c = client.New(s.p, client.Config{
		Servers:        servers,
		SessionTimeout: s.cfg.SessionTimeout,
		RequestTimeout: s.cfg.Patience,
		Heard:          client.Heard{Event: s.event},
	})
}

// end ends the session, if it has reached the service; else it ends by itself.
func (s *session) end() {
	if s.c != nil && s.c.Connected() {
		_ = s.c.Close() // what was asked for is done
	}
	s.c = nil
}

// connect ends the session and begins one elsewhere, or anew where it was.
func connect(s *session, a args) error {
	s.end()
	if len(a.rest) > 0 {
		s.cfg.Servers = strings.Split(a.arg(0), ",")
	}
	s.open(s.cfg.Servers)
	return nil
}

func closeSession(s *session, _ args) error {
	s.end()
	return nil
}

// historyLines is how many lines history shows.
const historyLines = 11

func showHistory(s *session, _ args) error {
	for i := max(0, len(s.typed)-historyLines); i < len(s.typed); i++ {
		s.printf("%d - %s\n", i, s.typed[i])
	}
	return nil
}

// redo carries out a line of the history again.
func redo(s *session, a args) error {
	n, err := strconv.Atoi(a.arg(0))
	if err != nil || n < 0 || n >= len(s.typed)-1 {
		return usagef("Command index out of range")
	}
	line := s.typed[n]
	if strings.HasPrefix(strings.TrimSpace(line), "redo") {
		return usagef("No redoing redos")
	}
	s.typed[len(s.typed)-1] = line
	words, err := split(line)
	if err != nil || len(words) == 0 {
		return err
	}
	return s.carryOut(words)
}

func version(s *session, _ args) error {
	info, _ := debug.ReadBuildInfo()
	built := "unknown"
	if info != nil {
		built = info.Main.Version
	}
	s.printf("ordeal CLI version: %s\n", built)
	return nil
}
