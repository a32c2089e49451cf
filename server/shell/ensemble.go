package shell

import (
	"os"
	"strconv"
	"strings"

	"ordeal/cluster/wire"
)

func config(s *session, a args) error {
	data, stat, err := s.c.Get(wire.ConfigPath, watchIf(a))
	if err != nil {
		return inWords(err, wire.ConfigPath)
	}
	if a.has("c") {
		s.printf("%s\n", clientAddresses(string(data)))
	} else {
		s.printData(data)
	}
	s.printStatIf(a, stat)
	return s.awaitWatch(a)
}

// clientAddresses are a configuration's version and where its servers take clients.
func clientAddresses(text string) string {
	var version string
	var addresses []string
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if key == "version" {
			version = value
		}
		if _, address, ok := strings.Cut(value, ";"); ok && strings.HasPrefix(key, "server.") {
			addresses = append(addresses, address)
		}
	}
	return version + " " + strings.Join(addresses, ",")
}

func reconfig(s *session, a args) error {
	req, err := reconfigRequest(a)
	if err != nil {
		return err
	}
	data, stat, err := s.c.Reconfig(req)
	if err != nil {
		return err
	}
	s.printf("Committed new configuration:\n")
	s.printData(data)
	s.printStatIf(a, stat)
	return nil
}

func reconfigRequest(a args) (wire.ReconfigRequest, error) {
	req := wire.ReconfigRequest{ConfigID: -1}
	if text, ok := a.flags["v"]; ok {
		version, err := strconv.ParseInt(text, 16, 64)
		if err != nil {
			return req, usagef("-v: %q is not the version of a configuration, which is in hex", text)
		}
		req.ConfigID = version
	}
	whole, part := a.has("file") || a.has("members"), a.has("add") || a.has("remove")
	if whole == part || a.has("file") && a.has("members") {
		return req, usagef("either -file or -members, or else -add and -remove, are wanted")
	}
	if a.has("add") {
		req.Joining = []byte(a.flags["add"])
	}
	if a.has("remove") {
		req.Leaving = []byte(a.flags["remove"])
	}
	if a.has("members") {
		req.NewMembers = []byte(a.flags["members"])
	}
	if a.has("file") {
		text, err := os.ReadFile(a.flags["file"])
		if err != nil {
			return req, usagef("%v", err)
		}
		req.NewMembers = []byte(strings.Join(serverLines(string(text)), ","))
	}
	return req, nil
}

// serverLines are the lines of a configuration's file that name servers.
func serverLines(text string) (servers []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "server.") {
			servers = append(servers, line)
		}
	}
	return servers
}
