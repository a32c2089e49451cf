// Package zone answers questions of the Domain Name System about what recipes/naming has: which instances are behind a
// name. It knows no packets and no sockets. A Source keeps a view of names, and a View has the answer to any question,
// as a pure function of the instant.
//
// A zone is a znode whose children are names. Below the origin svc.example. of the zone at /services there are, for the
// name at /services/orders:
//
//	orders.svc.example.          A, AAAA   the addresses of the instances
//	                             SRV       their ports and weights, TXT what they say of themselves
//	_orders._tcp.svc.example.    SRV       the same, for clients that ask as RFC 2782 has it; and _udp
//	ID.orders.svc.example.       A, AAAA, TXT of one instance, by its label
//
// Guaranteed: an answer lists the instances that were well at one instant of the view's bound before it, and says
// ServFail when it can't know; its TTL is no longer than what can be left of the session of any of them, and than the
// zone's. So whoever keeps an answer for its TTL uses no instance that was registered longer ago than TTL and bound.
// Not guaranteed: that an instance which is listed lives: its session may end meanwhile.
//
// Failpoint marks, which do nothing in a plain build:
//
//	bugDefaultTtlAtExpiry    answers have the zone's TTL, whatever is left of a session
//	bugNamesReadOnce         which names there are is read once
//	bugLastInstanceStays     a name without instances is taken for a mistake, and the last ones are kept
//	bugStaleAnswered         a view that is older than its bound is answered from
//	bugWatchLossUnnoticed    a name of which no change was heard is as good as new
package zone

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"ordeal/cluster/wire"
)

// Zone says which names of the service are below which name of the Domain Name System.
type Zone struct {
	// Origin is the zone's name, such as "svc.example."
	Origin string
	// Path is the znode whose children are the names.
	Path string
	// TTL is the longest that answers may be kept, and Negative how long it may be kept that something is not there.
	// Both count in whole seconds.
	TTL, Negative time.Duration
}

// What a zone may have.
const (
	ttlMax      = 7 * 24 * time.Hour
	negativeMax = 3 * time.Hour
	originMax   = 180 // bytes, so that names below it have room
	labelMax    = 63
)

// Check says what is wrong with a zone.
func (z Zone) Check() error {
	switch {
	case !strings.HasSuffix(z.Origin, ".") || len(z.Origin) > originMax || !labels(strings.TrimSuffix(z.Origin, ".")):
		return fmt.Errorf("zone: %.80q is no origin: labels of letters, digits, _ and inner -, with a dot behind each",
			z.Origin)
	case z.Path == "/" || !wire.ValidPath(z.Path):
		return fmt.Errorf("zone: %.80q, of %s, is no path of a znode below the root", z.Path, z.Origin)
	case z.TTL < 0 || z.TTL > ttlMax || z.TTL%time.Second != 0:
		return fmt.Errorf("zone: the TTL %v of %s is not 0 to %v in whole seconds", z.TTL, z.Origin, ttlMax)
	case z.Negative < 0 || z.Negative > negativeMax || z.Negative%time.Second != 0:
		return fmt.Errorf("zone: the negative TTL %v of %s is not 0 to %v in whole seconds", z.Negative, z.Origin,
			negativeMax)
	}
	return nil
}

// labels says whether text is labels with dots between them.
func labels(text string) bool {
	for _, one := range strings.Split(text, ".") {
		if !isLabel(one) {
			return false
		}
	}
	return true
}

// isLabel says whether text is a label of a host's name (RFC 1123), or one with _ in it, as services have.
func isLabel(text string) bool {
	if text == "" || len(text) > labelMax || text[0] == '-' || text[len(text)-1] == '-' {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	})
}

// label is an instance's ID as a label: itself where it is one, or else a number that is drawn from it.
func label(id string) string {
	if isLabel(id) {
		return strings.ToLower(id)
	}
	sum := sha256.Sum256([]byte(id))
	return fmt.Sprintf("i-%x", sum[:8])
}
