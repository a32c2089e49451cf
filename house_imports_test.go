package ordeal_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// doors is what one package may name, as a row of the table in docs/ARCHITECTURE.md has it.
type doors struct {
	level   int
	own     []string // packages of the module, by their path in it
	outside []string // paths of other modules, or the beginnings of paths
}

var importRow = regexp.MustCompile("(?m)^\\| ([0-9]+) \\| `([^`]+)` \\|([^|\n]*)\\|([^|\n]*)\\|$")

// readDoors reads the table of who may import whom.
func readDoors(text string) map[string]doors {
	table := make(map[string]doors)
	for _, row := range importRow.FindAllStringSubmatch(text, -1) {
		level, _ := strconv.Atoi(row[1]) // it is digits
		table[row[2]] = doors{level, cells(row[3]), cells(row[4])}
	}
	return table
}

func cells(cell string) []string {
	var names []string
	for name := range strings.SplitSeq(cell, ",") {
		if name = strings.Trim(strings.TrimSpace(name), "`"); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// breaches says which imports of a package the table does not allow.
func breaches(table map[string]doors, pkg string, imports []string, standard func(string) bool) []string {
	row, ok := table[pkg]
	if !ok {
		return []string{pkg + " has no row in the table of docs/ARCHITECTURE.md"}
	}
	var found []string
	for _, p := range imports {
		switch {
		case standard(p):
		case inModule(p):
			found = append(found, row.breachInside(table, pkg, shortPath(p))...)
		case !slices.ContainsFunc(row.outside, func(m string) bool { return p == m || strings.HasPrefix(p, m+"/") }):
			found = append(found, pkg+" may not import "+p)
		}
	}
	return found
}

func (d doors) breachInside(table map[string]doors, pkg, imported string) []string {
	switch {
	case table[imported].level >= d.level:
		return []string{pkg + " may not import " + imported + ", which is not of a lower level"}
	case !slices.Contains(d.own, imported):
		return []string{pkg + " may not import " + imported}
	}
	return nil
}

func architecture(t *testing.T) map[string]doors {
	t.Helper()
	text, err := os.ReadFile("docs/ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	table := readDoors(string(text))
	if len(table) < 10 {
		t.Fatalf("docs/ARCHITECTURE.md has %d rows of who may import whom, and there are more packages", len(table))
	}
	return table
}

func TestImportsKeepToTheTable(t *testing.T) {
	table := architecture(t)
	all, err := units()
	if err != nil {
		t.Fatal(err)
	}
	standard := func(p string) bool { return all[p].Standard }
	for _, u := range moduleUnits(t) {
		for _, text := range breaches(table, u.short(), u.Imports, standard) {
			t.Error(text)
		}
	}
}

// TestTheTableIsTrue holds the other direction: a row promises nothing that is not there.
func TestTheTableIsTrue(t *testing.T) {
	table := architecture(t)
	there := make(map[string]unit)
	for _, u := range moduleUnits(t) {
		there[u.short()] = u
	}
	for _, pkg := range slices.Sorted(maps.Keys(table)) {
		u, ok := there[pkg]
		if !ok {
			t.Errorf("the table has a row for %s, and there is no such package", pkg)
			continue
		}
		for _, name := range table[pkg].own {
			if !slices.ContainsFunc(u.Imports, func(p string) bool { return inModule(p) && shortPath(p) == name }) {
				t.Errorf("the table lets %s import %s, and it does not", pkg, name)
			}
		}
	}
}

// TestFoldersImportInOneDirection holds that a house drawn of the top level's folders has no way back up.
func TestFoldersImportInOneDirection(t *testing.T) {
	if circle := circleOf(foldersOf(architecture(t))); circle != nil {
		t.Errorf("folders import each other in a circle: %s", strings.Join(circle, " -> "))
	}
	back := map[string]doors{"a/x": {own: []string{"b"}}, "b": {own: []string{"c/y"}}, "c": {own: []string{"a/z"}}}
	if circle := circleOf(foldersOf(back)); !slices.Equal(circle, []string{"a", "b", "c", "a"}) {
		t.Errorf("a imports b, b imports c and c imports a, and the circle is %v", circle)
	}
}

// foldersOf is which folders of the top level import which others.
func foldersOf(table map[string]doors) map[string][]string {
	top := func(pkg string) string { first, _, _ := strings.Cut(pkg, "/"); return first }
	folders := make(map[string][]string)
	for pkg, row := range table { //house:unordered sorted below
		for _, imported := range row.own {
			if from, to := top(pkg), top(imported); from != to && !slices.Contains(folders[from], to) {
				folders[from] = append(folders[from], to)
			}
		}
	}
	for _, imported := range folders { //house:unordered each sorted by itself
		slices.Sort(imported)
	}
	return folders
}

// circleOf is a way from a folder back to itself, nil where there is none.
func circleOf(folders map[string][]string) []string {
	done := make(map[string]bool)
	var way []string
	var walk func(folder string) []string
	walk = func(folder string) []string {
		if at := slices.Index(way, folder); at >= 0 {
			return append(slices.Clone(way[at:]), folder)
		}
		if done[folder] {
			return nil
		}
		way = append(way, folder)
		for _, next := range folders[folder] {
			if circle := walk(next); circle != nil {
				return circle
			}
		}
		way, done[folder] = way[:len(way)-1], true
		return nil
	}
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		if circle := walk(folder); circle != nil {
			return circle
		}
	}
	return nil
}

// never are boundaries that hold over any number of steps, tests aside.
var never = []struct {
	from, to string
	why      string
}{
	{`testbed(/(account|campaign|command|coverage|machines|monitor|play|pricing|recorded|shrink(/.*)?|sweep|target|` +
		`trial|trialtest))?`,
		`cluster(/.*)?|server(/.*)?|workloads|testbed/coordination(/.*)?|\.`, "the testbed knows no service"},
	{`cluster(/.*)?`, `sim|history|model|nemesis|workloads|checker|reports|\.|testbed(/.*)?|host/.*|cmd/.*`,
		"the service knows nothing of its trial"},
	{`model(/znode)?`, `cluster(/.*)?`, "a specification that shares code with what it judges proves nothing"},
	{`checker`, `cluster(/.*)?|sim|nemesis|workloads`, "a checker knows a history and nothing else"},
	{`sim`, `cluster(/.*)?|history|model|nemesis|workloads|checker|reports|testbed(/.*)?`, "a world knows nothing of " +
		"what runs in it"},
	{`nemesis(/.*)?`, `cluster(/.*)?|sim|history|model|workloads|checker|reports|testbed(/.*)?`,
		"faults know nothing of what they break"},
	{`workloads/clients`, `cluster(/.*)?|nemesis|model|checker|sim|testbed(/.*)?`, "what clients have in common knows " +
		"no service"},
	{`workloads`, `nemesis|model|checker|sim`, "what clients do depends on nothing that judges or breaks it"},
	{`reports`, `checker|model|nemesis|sim|cluster(/.*)?|workloads`, "reports decide nothing"},
	{`host|history|cluster/wire|cluster/zoocfg|nemesis/scenario|testbed/shrink/search`, `.*`, "it is a leaf"},
}

func TestWhoNeverReachesWhom(t *testing.T) {
	for _, u := range moduleUnits(t) {
		for _, rule := range never {
			if !whole(rule.from).MatchString(u.short()) {
				continue
			}
			for _, dep := range u.Deps {
				if inModule(dep) && whole(rule.to).MatchString(shortPath(dep)) {
					t.Errorf("%s reaches %s: %s", u.short(), shortPath(dep), rule.why)
				}
			}
		}
	}
}

// TestNothingThatServesReachesTesting: a package that imports testing registers flags and has hooks for tests.
func TestNothingThatServesReachesTesting(t *testing.T) {
	for _, u := range moduleUnits(t) {
		if u.short() != "host/hosttest" && slices.Contains(u.Deps, "testing") {
			t.Errorf("%s reaches package testing", u.short())
		}
	}
}

// TestSpecificationsAreTestedAlone: the tests of models and checkers know no implementation either.
func TestSpecificationsAreTestedAlone(t *testing.T) {
	for _, u := range moduleUnits(t) {
		if u.short() != "model" && u.short() != "model/znode" && u.short() != "checker" {
			continue
		}
		for _, p := range slices.Concat(u.TestImports, u.XTestImports) {
			if strings.HasPrefix(p, module+"/cluster") {
				t.Errorf("a test of %s imports %s", u.short(), p)
			}
		}
	}
}

func whole(pattern string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + pattern + `)$`) }

func TestBreachesAreSeen(t *testing.T) {
	table := readDoors("| 0 | `leaf` | | |\n" +
		"| 1 | `middle` | leaf | `example.org/codec` |\n" +
		"| 1 | `beside` | leaf, middle | |\n" +
		"| 10 | `top` | leaf, beside | |\n")
	standard := func(p string) bool { return !strings.Contains(p, "/") }
	for _, c := range []struct {
		pkg, imports string
		want         string
	}{
		{"leaf", "fmt", ""},
		{"leaf", "ordeal/middle", "leaf may not import middle, which is not of a lower level"},
		{"middle", "ordeal/leaf", ""},
		{"middle", "example.org/codec/json", ""},
		{"middle", "example.org/codecs", "middle may not import example.org/codecs"},
		{"beside", "ordeal/middle", "beside may not import middle, which is not of a lower level"},
		{"top", "ordeal/beside", ""},
		{"top", "ordeal/middle", "top may not import middle"},
		{"top", "example.org/codec", "top may not import example.org/codec"},
		{"stranger", "fmt", "stranger has no row in the table of docs/ARCHITECTURE.md"},
	} {
		got := strings.Join(breaches(table, c.pkg, []string{c.imports}, standard), "; ")
		if got != c.want {
			t.Errorf("%s importing %s: %q, want %q", c.pkg, c.imports, got, c.want)
		}
	}
}

var required = regexp.MustCompile(`(?m)^(?:require)?\s+(\S+) v\S+$`)

// TestEveryModuleIsUsed: what go.mod asks for directly, some package imports.
func TestEveryModuleIsUsed(t *testing.T) {
	text, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	var imports []string
	for _, u := range moduleUnits(t) {
		imports = slices.Concat(imports, u.Imports, u.TestImports, u.XTestImports)
	}
	for _, m := range required.FindAllStringSubmatch(string(text), -1) {
		if !slices.ContainsFunc(imports, func(p string) bool { return p == m[1] || strings.HasPrefix(p, m[1]+"/") }) {
			t.Errorf("go.mod requires %s, and no package imports it", m[1])
		}
	}
}
