package zoocfg

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// ZeroID is the ID of the server that the file calls server.0: raft has no number 0. Its low byte is what session ids
// have.
const ZeroID = 256

// idMax is the largest number of a server in a file.
const idMax = 255

// Number is how a server's ID is written.
func Number(id uint64) string {
	if id == ZeroID {
		id = 0
	}
	return strconv.FormatUint(id, 10)
}

// ParseNumber reads what Number writes.
func ParseNumber(text string) (id uint64, err error) {
	id, err = strconv.ParseUint(text, 10, 63)
	if err != nil || id > idMax {
		return 0, ErrServerNumber
	}
	if id == 0 {
		id = ZeroID
	}
	return id, nil
}

// Server is one server.N line.
type Server struct {
	ID   uint64 // N, or ZeroID
	Addr string // host:port that the other servers reach it at
	// ElectionPort is passed on to those who ask for the configuration; there is one port between servers here. 0 for
	// none.
	ElectionPort uint16
	Observer     bool
	// ClientAddr is host:port for clients, if the line says; the host is 0.0.0.0 if only the port is there.
	ClientAddr string
}

// String is the line's value, with all that it leaves out.
func (s Server) String() string {
	text := s.Addr
	if s.ElectionPort > 0 {
		text += ":" + strconv.Itoa(int(s.ElectionPort))
	}
	if s.Observer {
		text += ":observer"
	} else {
		text += ":participant"
	}
	if s.ClientAddr != "" {
		text += ";" + s.ClientAddr
	}
	return text
}

// Alone is the server of a configuration that stands alone, 0 if it is one of several. One without a server.N line has
// the ID 1. As with ZooKeeper, the only voter of an ensemble stands alone unless standaloneEnabled says otherwise.
func (c Config) Alone() (id uint64) {
	switch {
	case len(c.Servers) == 0:
		return aloneID
	case len(c.Servers) == 1 && c.Standalone:
		return c.Servers[0].ID
	}
	return 0
}

// aloneID is the ID of a server that has no line.
const aloneID = 1

// ClientAddrOf is where a server listens for clients: what the file says, or else what the server's own line does.
func (c Config) ClientAddrOf(id uint64) string {
	for _, s := range c.Servers {
		if c.ClientAddr == "" && s.ID == id {
			return s.ClientAddr
		}
	}
	return c.ClientAddr
}

// ErrServerNumber says that a line is right but for the server's number: the number is the high byte of session ids.
var ErrServerNumber = errors.New("the number must be from 0 to 255")

// server takes server.ID=host:port[:electionPort][:role][;[host:]clientPort]. Of several addresses, with | between
// them, the first is taken.
func (p *parser) server(id, value string) error {
	key := "server." + id
	if _, err := strconv.ParseUint(id, 10, 63); err != nil {
		return fmt.Errorf("%s: the number must be from 0 to 255", key)
	}
	addr, client, _ := strings.Cut(value, ";")
	if first, _, several := strings.Cut(addr, "|"); several {
		addr = first
		p.warn(key, "has several addresses, of which the first is taken")
	}
	var s Server
	err := s.setAddr(addr)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	if client != "" {
		if s.ClientAddr, err = clientAddr(client); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	if s.ID, err = ParseNumber(id); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	p.Servers = append(p.Servers, s)
	return nil
}

// setAddr takes host:port[:electionPort][:role].
func (s *Server) setAddr(text string) error {
	host, rest := cutHost(text)
	parts := strings.Split(rest, ":")
	if last := strings.ToLower(parts[len(parts)-1]); len(parts) > 1 && (last == "observer" || last == "participant") {
		s.Observer = last == "observer"
		parts = parts[:len(parts)-1]
	}
	if host == "" || len(parts) > 2 {
		return fmt.Errorf("%q is not host:port:port", text)
	}
	if _, err := parsePort(parts[0]); err != nil {
		return err
	}
	if len(parts) == 2 {
		election, err := parsePort(parts[1])
		if err != nil {
			return err
		}
		s.ElectionPort = election
	}
	s.Addr = joinHostPort(host, parts[0])
	return nil
}

// clientAddr takes [host:]port.
func clientAddr(text string) (string, error) {
	host, port := cutHost(text)
	if port == "" {
		host, port = "0.0.0.0", host
	}
	if _, err := parsePort(port); err != nil {
		return "", err
	}
	if host == "" {
		return "", fmt.Errorf("%q is not host:port", text)
	}
	return joinHostPort(host, port), nil
}

// cutHost splits host:rest; the host may be [v6]. It is "" if that is no name or address.
func cutHost(s string) (host, rest string) {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		host, rest, _ = strings.Cut(inner, "]:")
		if a, err := netip.ParseAddr(host); err != nil || !a.Is6() {
			host = ""
		}
		return host, rest
	}
	host, rest, _ = strings.Cut(s, ":")
	if strings.ContainsAny(host, "[]|; \t") {
		host = ""
	}
	return host, rest
}

func joinHostPort(host, port string) string {
	if a, err := netip.ParseAddr(host); err == nil && a.Is6() {
		return "[" + host + "]:" + port
	}
	return host + ":" + port
}

func joinIf(host, port string) string {
	if port == "" {
		return ""
	}
	return joinHostPort(host, port)
}

// ParseMyID reads the file that says which server of the ensemble this is.
func ParseMyID(name string, text []byte) (uint64, error) {
	word := strings.TrimSpace(string(text))
	id, err := ParseNumber(word)
	if err != nil {
		return 0, fmt.Errorf("%s: %q is not a server's number, from 0 to 255", name, word)
	}
	return id, nil
}
