package txn

import (
	"fmt"
	"slices"
	"strings"
)

// The hierarchy of consistency models, and the anomalies that each rules out, have the names that Elle gives them. They
// rest on Adya, "Weak Consistency" (1999); Adya, Liskov and O'Neil, "Generalized Isolation Level Definitions" (2000);
// Bailis et al., "Highly Available Transactions" (2013); Cerone, Bernardi and Gotsman, "A Framework for Transactional
// Consistency Models with Atomic Visibility" (2015); Daudjee and Salem, "Lazy Database Replication with Snapshot
// Isolation" (2006).

// consistency is a consistency model.
type consistency struct {
	// names are what it is called; the first is what reports say.
	names []string
	// implies are the models next to it that hold whenever it does.
	implies []string
	// forbids are the anomalies that it forbids and none of those does.
	forbids []string
}

// hierarchy has each model behind those that it implies.
var hierarchy = []consistency{
	{[]string{"read-uncommitted", "PL-1"}, nil,
		[]string{"G0", "duplicate-elements", "cyclic-versions", "garbage-read"}},
	{[]string{"read-committed", "PL-2"}, []string{"read-uncommitted"}, []string{"G1"}},
	{[]string{"monotonic-atomic-view", "PL-MAV"}, []string{"read-committed"}, nil},
	{[]string{"read-atomic"}, []string{"monotonic-atomic-view"}, []string{"internal", "G1a", "future-read"}},
	{[]string{"causal-cerone"}, []string{"read-atomic"}, nil},
	{[]string{"prefix"}, []string{"causal-cerone"}, nil},
	{[]string{"update-atomic"}, []string{"read-atomic"}, []string{"lost-update"}},
	{[]string{"parallel-snapshot-isolation"}, []string{"causal-cerone", "update-atomic"}, nil},
	{[]string{"cursor-stability", "PL-CS"}, []string{"read-committed"}, []string{"G-cursor", "lost-update"}},
	{[]string{"monotonic-view", "PL-2L"}, []string{"read-committed"}, []string{"G-monotonic"}},
	{[]string{"monotonic-snapshot-read", "PL-MSR"}, []string{"read-committed"}, []string{"G-MSR"}},
	{[]string{"consistent-view", "PL-2+"}, []string{"cursor-stability", "monotonic-view"}, []string{"G-single"}},
	{[]string{"forward-consistent-view", "PL-FCV"}, []string{"consistent-view"}, []string{"G-SIb"}},
	{[]string{"update-serializable", "PL-3U"}, []string{"forward-consistent-view"}, []string{"G-update"}},
	{[]string{"snapshot-isolation", "PL-SI"},
		[]string{"forward-consistent-view", "monotonic-snapshot-read", "parallel-snapshot-isolation", "prefix"},
		[]string{"G-SI", "G-nonadjacent"}},
	{[]string{"repeatable-read", "PL-2.99"}, []string{"cursor-stability", "monotonic-atomic-view"},
		[]string{"G2-item", "lost-update"}},
	{[]string{"serializable", "PL-3", "conflict-serializable"},
		[]string{"repeatable-read", "update-serializable", "snapshot-isolation"}, []string{"G2"}},
	{[]string{"strong-session-read-uncommitted", "strong-session-PL-1"}, []string{"read-uncommitted"},
		[]string{"G0-process"}},
	{[]string{"strong-session-read-committed", "strong-session-PL-2"},
		[]string{"read-committed", "strong-session-read-uncommitted"}, []string{"G1c-process"}},
	{[]string{"strong-session-snapshot-isolation"},
		[]string{"snapshot-isolation", "strong-session-read-committed"}, []string{"G1-process", "G-nonadjacent-process"}},
	{[]string{"strong-session-serializable"}, []string{"serializable", "strong-session-snapshot-isolation"},
		[]string{"G1-process", "G2-process"}},
	{[]string{"strong-read-uncommitted", "strong-PL-1"}, []string{"strong-session-read-uncommitted"},
		[]string{"G0-realtime"}},
	{[]string{"strong-read-committed", "strong-PL-2"},
		[]string{"strong-session-read-committed", "strong-read-uncommitted"}, []string{"G1c-realtime"}},
	{[]string{"strong-snapshot-isolation"}, []string{"strong-session-snapshot-isolation", "strong-read-committed"},
		[]string{"G1-realtime", "G-nonadjacent-realtime"}},
	{[]string{"strict-serializable", "PL-SS", "strong-serializable"},
		[]string{"strong-session-serializable", "strong-snapshot-isolation"}, []string{"G1-realtime", "G2-realtime"}},
}

// kinds are the anomalies that can be found, the worst first.
var kinds = []string{
	"garbage-read", "duplicate-elements", "cyclic-versions", "G0", "incompatible-order", "dirty-update", "G1a", "G1b",
	"future-read", "G1c", "internal", "lost-update", "G-single", "G-nonadjacent", "G2-item",
	"G0-process", "G1c-process", "G-single-process", "G-nonadjacent-process", "G2-item-process",
	"G0-realtime", "G1c-realtime", "G-single-realtime", "G-nonadjacent-realtime", "G2-item-realtime",
}

// implied are the anomalies that each one is a case of. Those of an order are filled in by variants.
var implied = variants(map[string][]string{
	"G0":                 {"G1c"},
	"G1a":                {"G1"},
	"G1b":                {"G1"},
	"G1c":                {"G1"},
	"G1":                 nil,
	"G-single":           {"G-nonadjacent", "G-SIb"},
	"G-nonadjacent":      {"G2-item"},
	"G2-item":            {"G2"},
	"G2":                 nil,
	"G-SIb":              {"G-SI"},
	"incompatible-order": {"G1a"},
	"dirty-update":       {"G1a"},
	"future-read":        {"G1c"},
	"lost-update":        {"G2-item"},
})

// variants adds that each kind of cycle is one within the order of processes, and that one within that of time.
func variants(of map[string][]string) map[string][]string {
	cycles := []string{"G0", "G1c", "G1", "G-single", "G-nonadjacent", "G2-item", "G2"}
	for _, c := range cycles {
		next := of[c]
		for _, suffix := range []string{"-process", "-realtime"} {
			for _, n := range next {
				if slices.Contains(cycles, n) {
					of[c+suffix] = append(of[c+suffix], n+suffix)
				}
			}
		}
		of[c] = append(of[c], c+"-process")
		of[c+"-process"] = append(of[c+"-process"], c+"-realtime")
	}
	return of
}

func severity(kind string) int { return slices.Index(kinds, kind) }

// cases adds to a set all anomalies that those in it are cases of.
func cases(anomalies []string) map[string]bool {
	out := map[string]bool{}
	for len(anomalies) > 0 {
		a := anomalies[0]
		anomalies = anomalies[1:]
		if !out[a] {
			out[a] = true
			anomalies = append(anomalies, implied[a]...)
		}
	}
	return out
}

// wanted is what must not be found.
type wanted struct {
	kinds             map[string]bool
	process, realtime bool
}

func (o Options) wanted() (wanted, error) {
	models, anomalies := o.Models, o.Anomalies
	if len(models) == 0 && len(anomalies) == 0 {
		models = []string{"strict-serializable"}
	}
	w := wanted{kinds: map[string]bool{}}
	forbidden := map[string]bool{}
	for _, name := range models {
		m, ok := modelOf(name)
		if !ok {
			return w, fmt.Errorf("there is no consistency model %q: there are %s", name, strings.Join(modelNames(), ", "))
		}
		forbid(m, forbidden)
	}
	for _, name := range anomalies {
		name = strings.Replace(name, "G-single-item", "G-single", 1)
		name = strings.Replace(name, "G-nonadjacent-item", "G-nonadjacent", 1)
		if _, ok := implied[name]; !ok && severity(name) < 0 {
			return w, fmt.Errorf("there is no anomaly %q: there are %s, G1 and G2", name, strings.Join(kinds, ", "))
		}
		forbidden[name] = true
	}
	for _, kind := range kinds {
		for c := range cases([]string{kind}) { //house:unordered it asks whether there is any
			if forbidden[c] {
				w.kinds[kind] = true
				w.process = w.process || strings.HasSuffix(kind, "-process")
				w.realtime = w.realtime || strings.HasSuffix(kind, "-realtime")
				break
			}
		}
	}
	return w, nil
}

// modelNames are the names of the consistency models that Options may ask for.
func modelNames() []string {
	var out []string
	for _, m := range hierarchy {
		out = append(out, m.names...)
	}
	return out
}

func modelOf(name string) (consistency, bool) {
	for _, m := range hierarchy {
		if slices.Contains(m.names, name) {
			return m, true
		}
	}
	return consistency{}, false
}

// forbid adds what a model forbids, with all that those which it implies do.
func forbid(m consistency, into map[string]bool) {
	for _, a := range m.forbids {
		into[a] = true
	}
	for _, name := range m.implies {
		weaker, _ := modelOf(name)
		forbid(weaker, into)
	}
}

// boundary is where the line between models that hold and that do not lies: the weakest models that anomalies rule out,
// the others that they do, and the strongest of the rest, as far as it was looked for what they forbid.
func boundary(anomalies []string, w wanted) (not, alsoNot, holds []string) {
	seen := cases(anomalies)
	out, blind := map[string]bool{}, map[string]bool{}
	for _, m := range hierarchy {
		name := m.names[0]
		weaker := false
		for _, w := range m.implies {
			weaker = weaker || out[w]
			blind[name] = blind[name] || blind[w]
		}
		for _, a := range m.forbids {
			out[name] = out[name] || seen[a]
			blind[name] = blind[name] || strings.HasSuffix(a, "-process") && !w.process ||
				strings.HasSuffix(a, "-realtime") && !w.realtime
		}
		switch out[name] = out[name] || weaker; {
		case weaker:
			alsoNot = append(alsoNot, name)
		case out[name]:
			not = append(not, name)
		}
	}
	remains := func(m consistency) bool { return !out[m.names[0]] && !blind[m.names[0]] }
	for _, m := range hierarchy {
		stronger := slices.ContainsFunc(hierarchy, func(s consistency) bool {
			return remains(s) && slices.Contains(s.implies, m.names[0])
		})
		if remains(m) && !stronger {
			holds = append(holds, m.names[0])
		}
	}
	return not, alsoNot, holds
}
