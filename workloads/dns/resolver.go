package dns

import (
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/recipes/zone"
	"ordeal/workloads"
)

// resolver asks for the instances behind an object's name. It lives on over its client's sessions.
type resolver struct {
	o       *workloads.Object
	session *client.Client
	source  *zone.Source
	known   workloads.Known
}

// resolverOf is the client's resolver for an object: as it was, with another session, or a new one.
func resolverOf(h workloads.Hand, o *workloads.Object) *resolver {
	r := h.Kept(func() any { return &resolver{} }).(*resolver)
	switch {
	case r.o != o:
		z := zone.Zone{Origin: origin, Path: o.Path(), TTL: 5 * time.Second, Negative: time.Second}
		*r = resolver{o: o, session: h.Session(), source: zone.NewSource(h, h.Session(), bound, z)}
	case r.session != h.Session():
		r.session = h.Session()
		r.source.Use(h.Session())
	}
	return r
}

// kinds are what is asked for, as histories have it.
var kinds = map[zone.Type]string{zone.A: "A", zone.AAAA: "AAAA", zone.SRV: "SRV"}

// ask follows the zone for a while, and asks again and again.
func (r *resolver) ask(h workloads.Hand) {
	for range 1 + h.Rand().IntN(looksMax) {
		r.known.Note(h)
		err := r.source.Follow(h.UpTo(waitMax))
		r.known.Note(h)
		r.answer(h, []zone.Type{zone.A, zone.AAAA, zone.SRV}[h.Rand().IntN(3)])
		if !h.Session().Alive() {
			return
		}
		if err == nil && h.Chance(50) {
			h.Sleep(h.UpTo(2 * waitMax))
		}
	}
}

// answer records an answer: it is about an instant behind the one that it names, and no older than the bound. What
// can't be answered is no operation. It reports whether it was answered.
func (r *resolver) answer(h workloads.Hand, kind zone.Type) bool {
	now := h.Now()
	a := r.source.View().Answer(zone.Question{Name: name + "." + origin, Type: kind}, now, h.Rand().IntN(8))
	if a.Code != zone.NoError && a.Code != zone.NXDomain {
		return false
	}
	var listed any = ids(kind, a.Records)
	if a.Code == zone.NXDomain {
		listed = "nxdomain"
	}
	ttl := time.Duration(0)
	for _, one := range a.Records {
		ttl = max(ttl, one.TTL)
	}
	since := max(r.known.Since(a.AsOf), r.known.Since(now-bound))
	_, outcome := h.Do(r.o, "cached", kinds[kind], func() (any, recipes.Outcome, error) {
		return []any{listed, []any{ttl.Milliseconds(), (now - a.AsOf).Milliseconds()}, since}, recipes.Done, nil
	})
	return outcome == recipes.Done
}
