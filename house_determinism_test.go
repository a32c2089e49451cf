package ordeal_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// simulated are the packages that run inside a world that a seed decides: nothing in them may ask the real machine for
// anything, nor depend on an order that Go leaves open.
var simulated = whole(`sim|host|history|cluster(/.*)?|nemesis|model(/(znode|recipes))?|checker|` +
	`workloads(/(clients|counting|uses|locks|meeting|numbers|naming|queues|config|dns|latch|leading|schedule))?|` +
	`testbed/(account|load|machines|trial|trialtest|monitor|coordination(/(bugs|story))?)`)

// repeatable are the packages that give the same bytes for the same trial, though they need floats or, in the files
// that are worldly, the machine.
var repeatable = whole(`\.|reports|testbed|testbed/(bench|coverage|play|campaign|shrink|sweep|pricing|target|recorded)`)

// worldly are the files that deal with the real machine by their nature; every other file has to leave it alone.
var worldly = whole(`host/oshost/.*|server/.*|acceptance/.*|cmd/.*|` +
	`testbed/(bench/cli|bucket(/cli)?|cause|diff|emit|gotest|job|kept|page)/.*|` +
	`testbed/(events|findings|fleet|mcp)(/cli)?/.*|` +
	`testbed/(shards|recorded/(cli|files))/.*|` +
	`testbed/(command|target|live|real(/\w+)?|coordination/remote|shrink/search)/.*|` +
	`testbed/(campaign/(worker|campaign|hang|pool|process_\w+)|pricing/board|shrink/pool)\.go`)

// exempt are the breaches that are right where they are, by file, function and rule; the reason is for the reader.
var exempt = []struct{ file, function, rule, reason string }{
	{"testbed/play/process.go", "", "crypto/rand", "raft draws its jitter from this reader: the file swaps it for a " +
		"stream of the seed"},
	{"testbed/play/process.go", "", "sync/atomic", "a process plays one trial at a time: the second one is refused, " +
		"whatever calls"},
	{"testbed/coordination/service.go", "", "sync", "the service's description is made once, before any trial"},
}

// breach is a finding and the rule that it breaks, with the function that it is in.
type breach struct {
	finding
	rule, function string
}

// bannedNames are what a simulated package may not name, by import path. nil bans the whole package.
var bannedNames = map[string][]string{
	"crypto/rand":  nil,
	"hash/maphash": nil,
	"math/rand":    nil,
	"net":          nil,
	"net/http":     nil,
	"os":           nil,
	"os/exec":      nil,
	"os/signal":    nil,
	"reflect":      nil,
	"runtime":      nil,
	"sync":         nil,
	"sync/atomic":  nil,
	"syscall":      nil,
	"unsafe":       nil,
	"context":      {"WithTimeout", "WithDeadline", "WithCancel", "AfterFunc"},
	"maps":         {"DeleteFunc"},
	"math/rand/v2": {"Int", "IntN", "Int32", "Int32N", "Int64", "Int64N", "Uint", "UintN", "Uint32", "Uint32N", "Uint64",
		"Uint64N", "N", "Float32", "Float64", "ExpFloat64", "NormFloat64", "Perm", "Shuffle"},
	"runtime/debug": {"SetGCPercent", "SetMemoryLimit", "FreeOSMemory", "ReadGCStats"},
	"sort":          {"Slice", "Sort"},
	"time": {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Local",
		"LoadLocation"},

	"google.golang.org/protobuf/encoding/prototext": nil,
	"google.golang.org/protobuf/encoding/protojson": nil,
}

// worldlyNames are what only worldly files may name.
var worldlyNames = map[string][]string{
	"crypto/rand": nil, "math/rand": nil, "net": nil, "net/http": nil, "os": nil, "os/exec": nil, "os/signal": nil,
	"syscall": nil,
	"time":    bannedNames["time"],
}

// judge is a rule's look at one node of a file's syntax; parent is the node around it.
type judge func(s source, n, parent ast.Node) (rule, text string)

// simulatedRules hold in simulated packages, repeatableRules in repeatable ones, and openRules everywhere; the last two
// not in worldly files.
var (
	simulatedRules  = []judge{concurrency, mapOrder, names(bannedNames), floats, pointers}
	repeatableRules = []judge{mapOrder, names(bannedNames), pointers}
	openRules       = []judge{goStatement, names(worldlyNames)}
)

func goStatement(_ source, n, _ ast.Node) (rule, text string) {
	if _, ok := n.(*ast.GoStmt); ok {
		return "go", "a goroutine runs when the machine likes"
	}
	return "", ""
}

func concurrency(s source, n, parent ast.Node) (rule, text string) {
	switch n := n.(type) {
	case *ast.SelectStmt:
		return "select", "select picks at random"
	case *ast.ChanType:
		return "channel", "a channel needs goroutines"
	case *ast.RangeStmt:
		if _, ok := under(s, n.X).(*types.Chan); ok {
			return "channel", "a channel needs goroutines"
		}
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			return "channel", "a channel needs goroutines"
		}
	case *ast.SendStmt:
		return "channel", "a channel needs goroutines"
	}
	return goStatement(s, n, parent)
}

func under(s source, e ast.Expr) types.Type {
	if t := s.info.TypeOf(e); t != nil {
		return t.Underlying()
	}
	return nil
}

// names is the rule that refuses names of packages.
func names(banned map[string][]string) judge {
	return func(s source, n, _ ast.Node) (rule, text string) {
		if spec, ok := n.(*ast.ImportSpec); ok {
			p := strings.Trim(spec.Path.Value, `"`)
			if some, ok := banned[p]; ok && some == nil {
				return p, "package " + p + " knows of the real machine, or of chance that no seed decides"
			}
			return "", ""
		}
		id, ok := n.(*ast.Ident)
		if !ok {
			return "", ""
		}
		o := s.info.Uses[id]
		if o == nil || o.Pkg() == nil || o.Parent() != o.Pkg().Scope() {
			return "", ""
		}
		if slices.Contains(banned[o.Pkg().Path()], o.Name()) {
			name := o.Pkg().Name() + "." + o.Name()
			return o.Pkg().Path() + "." + o.Name(), name + " is not the same in two runs of one seed"
		}
		return "", ""
	}
}

// floats refuses arithmetic that a compiler may round in more than one way.
func floats(s source, n, _ ast.Node) (rule, text string) {
	e, ok := n.(ast.Expr)
	if !ok {
		return "", ""
	}
	if b, ok := under(s, e).(*types.Basic); ok && b.Info()&(types.IsFloat|types.IsComplex) != 0 {
		return "float", "floats round differently on another machine: use integers"
	}
	return "", ""
}

var pointerVerb = regexp.MustCompile(`%[-+# 0]*[0-9]*(\[[0-9]+\])?p`)

func pointers(_ source, n, _ ast.Node) (rule, text string) {
	if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING &&
		pointerVerb.MatchString(strings.ReplaceAll(lit.Value, "%%", "")) {
		return "%p", "an address is another one in every run"
	}
	return "", ""
}

// inspect applies rules to a file. A line has at most one breach of a rule.
func inspect(s source, rules []judge) []breach {
	var found []breach
	seen := make(map[string]bool)
	var stack []ast.Node
	ast.Inspect(s.file, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		var parent ast.Node
		if len(stack) > 0 {
			parent = stack[len(stack)-1]
		}
		for _, look := range rules {
			rule, text := look(s, n, parent)
			if id := fmt.Sprint(rule, s.at(n).Line); rule != "" && !seen[id] {
				seen[id] = true
				found = append(found, breach{s.find(n, "%s", text), rule, function(stack)})
			}
		}
		stack = append(stack, n)
		return true
	})
	return found
}

// function is the name of the declared function that a node is in, or "".
func function(stack []ast.Node) string {
	for _, n := range stack {
		if f, ok := n.(*ast.FuncDecl); ok {
			return f.Name.Name
		}
	}
	return ""
}

func TestNothingIsLeftToChance(t *testing.T) {
	used := make([]bool, len(exempt))
	for _, u := range moduleUnits(t) {
		set := token.NewFileSet()
		sources := readSources(t, set, u.short(), u.GoFiles)
		checkTypes(t, set, u.ImportPath, sources)
		for _, s := range sources {
			refuse(t, notExempt(inspect(s, rulesFor(u, s)), used))
		}
	}
	for i, e := range exempt {
		if !used[i] {
			t.Errorf("%s: %s: the exemption from %q is not needed", e.file, e.function, e.rule)
		}
	}
}

func rulesFor(u unit, s source) []judge {
	var rules []judge
	open := !worldly.MatchString(s.name)
	if open {
		rules = append(rules, openRules...)
	}
	if simulated.MatchString(u.short()) {
		rules = append(rules, simulatedRules...)
	}
	if open && repeatable.MatchString(u.short()) {
		rules = append(rules, repeatableRules...)
	}
	return rules
}

func notExempt(found []breach, used []bool) []finding {
	var rest []finding
next:
	for _, b := range found {
		for i, e := range exempt {
			if e.file == b.at.Filename && e.function == b.function && e.rule == b.rule {
				used[i] = true
				continue next
			}
		}
		b.text += fmt.Sprintf(" [rule %q, in %q]", b.rule, b.function)
		rest = append(rest, b.finding)
	}
	return rest
}

var wanted = regexp.MustCompile(`// want ([^\n]+)`)

// TestChanceIsSeen holds the rules to samples: every line that says what it wants must be found, and no other.
func TestChanceIsSeen(t *testing.T) {
	entries, err := os.ReadDir("testdata/house")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Run(e.Name(), func(t *testing.T) {
			set := token.NewFileSet()
			sources := readSources(t, set, "testdata/house", []string{e.Name()})
			checkTypes(t, set, "sample", sources)
			var got, want []string
			for _, b := range inspect(sources[0], simulatedRules) {
				got = append(got, fmt.Sprintf("%d: %s", b.at.Line, b.rule))
			}
			for i, line := range strings.Split(string(sources[0].text), "\n") {
				if m := wanted.FindStringSubmatch(line); m != nil {
					for rule := range strings.SplitSeq(m[1], ", ") {
						want = append(want, fmt.Sprintf("%d: %s", i+1, rule))
					}
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("found\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
			}
		})
	}
}
