package ordered

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestOrdered holds the map against Go's, through random changes that it must not see afterwards.
func TestOrdered(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	type version struct {
		m    Map
		want map[string]int64
	}
	versions := []version{{Map{}, map[string]int64{}}}
	for range 3000 {
		v := versions[r.IntN(len(versions))]
		next, want := v.m, maps.Clone(v.want)
		key, value := fmt.Sprint(r.IntN(20)), r.Int64N(3)
		if r.IntN(3) == 0 {
			next = next.Without(key)
			delete(want, key)
		} else {
			next = next.Put(key, value)
			want[key] = value
		}
		versions = append(versions, version{next, want})
	}
	for i, v := range versions {
		from, to := fmt.Sprint(r.IntN(20)), fmt.Sprint(r.IntN(20))
		var want, got []string
		for _, k := range slices.Sorted(maps.Keys(v.want)) {
			if k >= from && k < to {
				want = append(want, fmt.Sprint(k, v.want[k]))
			}
		}
		v.m.Ascend(from, to, func(k string, value any) bool { got = append(got, fmt.Sprint(k, value)); return true })
		if !slices.Equal(got, want) || v.m.Size() != len(v.want) {
			t.Fatalf("version %d from %s to %s: %v of %d, want %v of %d", i, from, to, got, v.m.Size(), want, len(v.want))
		}
		for _, o := range versions[r.IntN(len(versions)):][:1] {
			same := maps.Equal(o.want, v.want)
			if v.m.Equal(o.m) != same || same && v.m.Hash() != o.m.Hash() {
				t.Fatalf("%v and %v: equal %v, hashes %x and %x", v.want, o.want, v.m.Equal(o.m), v.m.Hash(), o.m.Hash())
			}
		}
		again := Map{}
		for _, j := range r.Perm(20) {
			if value, ok := v.want[fmt.Sprint(j)]; ok {
				again = again.Put(fmt.Sprint(j), value)
			}
		}
		if !again.Equal(v.m) || again.Hash() != v.m.Hash() {
			t.Fatalf("%v is not equal to the same, put together in another order", v.want)
		}
	}
}
