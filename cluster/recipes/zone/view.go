package zone

import (
	"strings"
	"time"

	"ordeal/cluster/recipes/naming"
)

// View is what is known of zones. It must not be changed.
type View struct {
	// Bound is how old what is known may be.
	Bound time.Duration
	Zones []Known
}

// Known is what is known of a zone.
type Known struct {
	Zone
	// Names are those that are labels, in lower case. Listed says that they were read.
	Names  map[string]Named
	Listed bool
	// AsOf is an instant at or behind which these were the names.
	AsOf time.Duration
	// Serial grows with what was read.
	Serial uint32
}

// Named is a name, and the instances behind it that are well, by ID; they were these at or behind AsOf.
type Named struct {
	Name      string
	Instances []naming.Instance
	AsOf      time.Duration
	Read      bool
}

// fresh says whether something that is known since an instant may be answered from.
func (v View) fresh(asOf, now time.Duration) bool { return bendFresh(now-asOf <= v.Bound) }

// zone finds the zone that a name is in, of several the one with the longest origin, and the labels before its origin.
func (v View) zone(name string) (known *Known, before []string) {
	name = strings.ToLower(name)
	for i := range v.Zones {
		z := &v.Zones[i]
		rest, in := strings.CutSuffix(name, strings.ToLower(z.Origin))
		if !in || rest != "" && !strings.HasSuffix(rest, ".") || known != nil && len(known.Origin) >= len(z.Origin) {
			continue
		}
		known, before = z, nil
		if rest != "" {
			before = strings.Split(strings.TrimSuffix(rest, "."), ".")
		}
	}
	return known, before
}
