package tree

import (
	"net/netip"
	"strconv"
	"strings"

	"ordeal/cluster/wire"
)

// The schemes of ids, apart from world, auth and super, which acl.go knows: digest, ip and x509.

// isAuthenticated says which schemes the scheme auth stands for: an address proves nothing.
func isAuthenticated(scheme string) bool { return scheme == "digest" || scheme == "x509" }

// validID says whether an ACL may name this id.
func validID(id wire.ID) bool {
	switch id.Scheme {
	case "digest":
		return validDigest(id.ID)
	case "ip":
		_, _, ok := parseNetwork(id.ID)
		return ok
	case "x509":
		return validDistinguishedName(id.ID)
	}
	return false
}

// idMatches says whether an ACL's id stands for a requester's of the same scheme.
func idMatches(who wire.ID, id string) bool {
	switch who.Scheme {
	case "digest", "x509":
		return who.ID == id
	case "ip":
		return inNetwork(who.ID, id)
	}
	return false
}

// validDigest wants two parts around a colon. As ZooKeeper counts parts in Java's way, colons at the end are no parts.
func validDigest(id string) bool {
	_, digest, found := strings.Cut(strings.TrimRight(id, ":"), ":")
	return found && digest != "" && !strings.Contains(digest, ":")
}

func withoutDigest(id string) string {
	user, _, found := strings.Cut(id, ":")
	if !found {
		return id
	}
	return user + ":x"
}

// parseNetwork reads "address" or "address/bits".
func parseNetwork(s string) (netip.Addr, int, bool) {
	host, suffix, hasBits := strings.Cut(s, "/")
	addr, ok := parseAddr(host)
	if !ok {
		return addr, 0, false
	}
	bits := addr.BitLen()
	if hasBits {
		n, err := strconv.Atoi(suffix)
		if err != nil || n < 0 || n > bits {
			return addr, 0, false
		}
		bits = n
	}
	return addr, bits, true
}

// parseAddr takes what ZooKeeper takes for IPv4, zeros in front included, and IPv6 too.
func parseAddr(s string) (netip.Addr, bool) {
	parts := strings.Split(s, ".")
	if len(parts) != 4 || strings.Contains(s, ":") {
		addr, err := netip.ParseAddr(s)
		return addr.WithZone(""), err == nil && addr.Is6()
	}
	var b [4]byte
	for i, part := range parts {
		v, err := strconv.Atoi(part)
		if err != nil || v < 0 || v > 255 {
			return netip.Addr{}, false
		}
		b[i] = byte(v)
	}
	return netip.AddrFrom4(b), true
}

func inNetwork(network, id string) bool {
	base, bits, ok := parseNetwork(network)
	addr, valid := parseAddr(id)
	if !ok || !valid || base.BitLen() != addr.BitLen() {
		return false
	}
	return netip.PrefixFrom(base, bits).Contains(addr)
}

// validDistinguishedName takes "CN=a, O=b": attributes with a keyword in front. Which keywords there are is the
// business of whoever issues certificates.
func validDistinguishedName(name string) bool {
	if strings.TrimSpace(name) == "" {
		return true // as in Java: the empty name
	}
	escaped, start := false, 0
	for i := range len(name) + 1 {
		switch {
		case i == len(name) || name[i] == ',' && !escaped:
			keyword, _, found := strings.Cut(name[start:i], "=")
			if keyword = strings.TrimSpace(keyword); !found || keyword == "" || strings.ContainsFunc(keyword, notInKeyword) {
				return false
			}
			start, escaped = i+1, false
		default:
			escaped = name[i] == '\\' && !escaped
		}
	}
	return true
}

func notInKeyword(r rune) bool {
	return !(r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
}
