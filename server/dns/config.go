// Package dns answers the Domain Name System's questions about what recipes/naming has, over UDP and TCP. The answers
// are those of recipes/zone; packets are read and written by github.com/miekg/dns.
package dns

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"ordeal/cluster/recipes/zone"
)

// Config is what a server is told.
type Config struct {
	// Servers are where servers of the service take clients, as HOST:PORT.
	Servers []string
	Zones   []zone.Zone
	// Listen is where it is asked, over UDP and TCP, as ADDRESS:PORT; port 0 is any, and without an address it is
	// loopback.
	Listen string
	// Bound is how old what is answered from may be. SessionTimeout is that of the session by which it is read.
	Bound, SessionTimeout time.Duration
}

// DefaultConfig is loopback, and zones that are set.
func DefaultConfig() Config {
	return Config{Servers: []string{"127.0.0.1:2181"}, Listen: "127.0.0.1:5353", Bound: 5 * time.Second,
		SessionTimeout: 4 * time.Second}
}

// The times that a zone has if nothing else is said.
const (
	defaultTTL      = 5 * time.Second
	defaultNegative = time.Second
	boundMin        = 100 * time.Millisecond
	boundMax        = time.Hour
)

// Check says what is wrong with a configuration.
func (c Config) Check() error {
	if len(c.Zones) == 0 {
		return errors.New("dns: no zone is given: --zone svc.example.=/services, or --zone-file")
	}
	if len(c.Servers) == 0 {
		return errors.New("dns: no server is given")
	}
	for i, address := range append([]string{c.Listen}, c.Servers...) {
		_, port, err := net.SplitHostPort(address)
		n, portErr := net.LookupPort("tcp", port)
		if err != nil || port == "" || portErr != nil || i > 0 && n == 0 {
			return fmt.Errorf("dns: %q is not HOST:PORT", address)
		}
	}
	seen := map[string]bool{}
	for _, z := range c.Zones {
		if err := z.Check(); err != nil {
			return err
		}
		if origin := strings.ToLower(z.Origin); seen[origin] {
			return fmt.Errorf("dns: the zone %s is given twice", origin)
		} else {
			seen[origin] = true
		}
	}
	if c.Bound < boundMin || c.Bound > boundMax {
		return fmt.Errorf("dns: the bound %v is not %v to %v", c.Bound, boundMin, boundMax)
	}
	if c.SessionTimeout < boundMin || c.SessionTimeout > boundMax {
		return fmt.Errorf("dns: the session's timeout %v is not %v to %v", c.SessionTimeout, boundMin, boundMax)
	}
	return nil
}

// ReadZones reads the zones of a file: one a line, as ParseZone reads it. What stands behind a # is left out, and so is
// a line without a zone.
func ReadZones(file string) (zones []zone.Zone, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("dns: the file of zones can't be read: %w", err)
	}
	lines := map[string]int{} // in which each zone is given
	for i, line := range strings.Split(string(text), "\n") {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		z, err := ParseZone(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, i+1, err)
		}
		if first, again := lines[strings.ToLower(z.Origin)]; again {
			return nil, fmt.Errorf("%s:%d: dns: the zone %s is given twice, first in line %d", file, i+1, z.Origin, first)
		}
		lines[strings.ToLower(z.Origin)] = i + 1
		zones = append(zones, z)
	}
	if len(zones) == 0 {
		return nil, fmt.Errorf("dns: there is no zone in %s", file)
	}
	return zones, nil
}

// ParseZone reads a zone as ORIGIN=PATH, with ,ttl=TIME and ,negative=TIME behind it if need be.
func ParseZone(text string) (zone.Zone, error) {
	z := zone.Zone{TTL: defaultTTL, Negative: defaultNegative}
	parts := strings.Split(text, ",")
	origin, path, ok := strings.Cut(parts[0], "=")
	if !ok {
		return z, fmt.Errorf("dns: the zone %q is not ORIGIN=PATH", text)
	}
	z.Origin, z.Path = strings.TrimSuffix(origin, ".")+".", path
	given := map[string]bool{}
	for _, part := range parts[1:] {
		key, value, _ := strings.Cut(part, "=")
		d, err := time.ParseDuration(value)
		switch {
		case given[key]:
			return z, fmt.Errorf("dns: in the zone %q, %s is given twice", text, key)
		case err != nil && (key == "ttl" || key == "negative"):
			return z, fmt.Errorf("dns: in the zone %q, %s is %q, which is no time such as 5s", text, key, value)
		case key == "ttl":
			z.TTL = d
		case key == "negative":
			z.Negative = d
		default:
			return z, fmt.Errorf("dns: in the zone %q, %q is neither ttl=TIME nor negative=TIME", text, part)
		}
		given[key] = true
	}
	return z, z.Check()
}
