package ordeal

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"ordeal/host"
	"ordeal/nemesis"
)

// Version is the version of trial lines: it changes whenever the same line would no longer mean the same trial.
const Version = 1

// linePrefix begins every trial line.
const linePrefix = "ordeal/"

// Trial is one run, and everything that it depends on besides the binary.
type Trial struct {
	Seed     uint64
	Workload string // one of Workloads
	Nodes    int    // servers, 1 to 9
	// Faults are words as nemesis.Select takes them: what the swarm draws its plan from. It is empty if Plan is set.
	Faults []string
	// Plan, if it is not nil, is what the nemesis does instead.
	Plan nemesis.Plan
	// Policy says how far the faults may go; "" is nemesis.Merciful.
	Policy nemesis.Policy
	// Length is how long faults and clients go on, in virtual time; the trial goes on a little to see the service
	// recover.
	Length time.Duration
	// Rate is about how many operations the clients begin in a virtual second.
	Rate int
	// Bug is a planted bug, one of Bugs, or "".
	Bug string
	Cut
}

// Defaults of a trial.
const (
	DefaultLength = 60 * time.Second
	DefaultRate   = 100
	lengthMin     = time.Second
	lengthMax     = 24 * time.Hour
	rateMax       = 100_000
	nodesMax      = 9
)

// Line is the trial as text. ParseTrial gives the same trial back.
func (t Trial) Line() string {
	fields := []string{
		linePrefix + strconv.Itoa(Version),
		"seed=" + strconv.FormatUint(t.Seed, 10),
		"workload=" + t.Workload,
		"nodes=" + strconv.Itoa(t.Nodes),
		"length=" + t.Length.String(),
		"rate=" + strconv.Itoa(t.Rate),
	}
	if t.Plan != nil {
		fields = append(fields, "plan="+strconv.Quote(t.Plan.Line()))
	} else {
		fields = append(fields, "faults="+strings.Join(t.Faults, ","))
	}
	if t.merciless() {
		fields = append(fields, "policy="+string(t.Policy))
	}
	if t.Bug != "" {
		fields = append(fields, "bug="+t.Bug)
	}
	return strings.Join(append(fields, t.Cut.fields()...), " ")
}

func (t Trial) merciless() bool { return t.Policy == nemesis.Merciless }

// ParseTrial reads a trial line. The error is one line that says what is wrong and, by its column, where.
func ParseTrial(line string) (Trial, error) {
	fields, err := splitLine(line)
	if err != nil {
		return Trial{}, err
	}
	if len(fields) == 0 {
		return Trial{}, errors.New("trial line: it is empty")
	}
	for _, f := range fields {
		if strings.ContainsFunc(f.text, unicode.IsControl) {
			return Trial{}, fmt.Errorf("trial line: column %d: there is a control character in %q", f.column, f.text)
		}
	}
	if err := checkVersion(fields[0]); err != nil {
		return Trial{}, err
	}
	t := Trial{Length: DefaultLength, Rate: DefaultRate}
	seen := make(map[string]bool)
	for _, f := range fields[1:] {
		if err := t.set(f, seen); err != nil {
			return Trial{}, fmt.Errorf("trial line: column %d: %w", f.column, err)
		}
	}
	for _, name := range []string{"seed", "workload", "nodes"} {
		if !seen[name] {
			return Trial{}, fmt.Errorf("trial line: %s= is missing", name)
		}
	}
	if seen["plan"] == seen["faults"] {
		return Trial{}, errors.New("trial line: it wants either faults= or plan=")
	}
	if err := t.Check(); err != nil {
		return Trial{}, fmt.Errorf("trial line: %w", err)
	}
	return t, nil
}

func checkVersion(f lineField) error {
	version, ok := strings.CutPrefix(f.text, linePrefix)
	if !ok {
		return fmt.Errorf("trial line: column %d: it begins with %q, not with %s%d", f.column, f.text, linePrefix, Version)
	}
	if version != strconv.Itoa(Version) {
		return fmt.Errorf("trial line: it is of version %s, and this is version %d: the same line would be another trial here", version, Version)
	}
	return nil
}

// set takes one field of a line over.
func (t *Trial) set(f lineField, seen map[string]bool) error {
	name, value, ok := strings.Cut(f.text, "=")
	if !ok {
		return fmt.Errorf("%q is not name=value", f.text)
	}
	if seen[name] {
		return fmt.Errorf("%s= stands twice", name)
	}
	seen[name] = true
	var err error
	switch name {
	case "seed":
		if t.Seed, err = strconv.ParseUint(value, 10, 64); err != nil {
			return fmt.Errorf("seed=%s is not a number from 0 to 2^64-1", value)
		}
	case "workload":
		t.Workload = value
	case "nodes":
		t.Nodes, err = parseCount(name, value)
	case "length":
		if t.Length, err = time.ParseDuration(value); err != nil {
			return fmt.Errorf("length=%s is not a duration such as 60s", value)
		}
	case "rate":
		t.Rate, err = parseCount(name, value)
	case "faults":
		t.Faults = strings.Split(value, ",")
	case "plan":
		return t.setPlan(value)
	case "policy":
		t.Policy, err = nemesis.ParsePolicy(value)
	case "bug":
		t.Bug = value
	default:
		ok, err := t.Cut.set(name, value)
		if !ok {
			return fmt.Errorf("%s= is not known: a line has seed, workload, nodes, length, rate, faults or plan, policy, bug, ops, draws, storage, recovery and faults-that-fail", name)
		}
		return err
	}
	return err
}

func parseCount(name, value string) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil {
		return 0, fmt.Errorf("%s=%s is not a number", name, value)
	}
	return n, nil
}

func (t *Trial) setPlan(quoted string) error {
	text, err := strconv.Unquote(quoted)
	if err != nil {
		return fmt.Errorf("plan=%s is not in double quotes", quoted)
	}
	t.Plan, err = ParsePlan("plan", []byte(text))
	return err
}

// ParsePlan reads a plan of faults. The error says where in the file, called name, what is wrong. A plan without a step
// is no nil plan: nothing is drawn in its place.
func ParsePlan(name string, text []byte) (nemesis.Plan, error) {
	plan, err := nemesis.ParsePlan(name, text)
	if plan == nil {
		plan = nemesis.Plan{}
	}
	return plan, err
}

// Policy says how far the faults of a trial may go: "merciful" or "merciless".
type Policy = nemesis.Policy

// FaultFamilies names the families of faults.
func FaultFamilies() []string {
	var names []string
	for _, f := range nemesis.Families() {
		names = append(names, f.Name)
	}
	return names
}

// Check says what is wrong with a trial.
func (t Trial) Check() error {
	switch {
	case !slices.Contains(Workloads(), t.Workload):
		return fmt.Errorf("workload %q is not known: there are %s", t.Workload, strings.Join(Workloads(), ", "))
	case t.Nodes < 1 || t.Nodes > nodesMax:
		return fmt.Errorf("%d nodes: it must be from 1 to %d", t.Nodes, nodesMax)
	case t.Length < lengthMin || t.Length > lengthMax:
		return fmt.Errorf("a length of %v: it must be from %v to %v", t.Length, lengthMin, lengthMax)
	case t.Rate < 1 || t.Rate > rateMax:
		return fmt.Errorf("a rate of %d: it must be from 1 to %d", t.Rate, rateMax)
	}
	if t.Bug != "" {
		if _, ok := BugNamed(t.Bug); !ok {
			return fmt.Errorf("bug %q is not known: `ordeal bugs list` says which there are", t.Bug)
		}
	}
	if t.Plan == nil {
		if _, err := nemesis.Select(t.Faults); err != nil {
			return err
		}
	}
	if err := t.Cut.check(clientsOf(t)); err != nil {
		return err
	}
	if _, err := nemesis.ParsePolicy(string(t.Policy)); err != nil {
		return err
	}
	servers := numbered("n", t.Nodes+t.Plan.Newcomers())
	for _, m := range t.Plan.Machines() {
		if !slices.Contains(servers, m) && !slices.Contains(clientNames(clientsOf(t)), m) {
			return fmt.Errorf("the plan names %s: there are servers n1 to n%d and clients c1 to c%d", m, len(servers), clientsOf(t))
		}
	}
	return t.checkMarks()
}

// serverNames are the machines of a trial's servers, clientNames those of so many clients.
func serverNames(t Trial) []host.Addr     { return numbered("n", t.Nodes) }
func clientNames(clients int) []host.Addr { return numbered("c", clients) }

func numbered(letter string, n int) (names []host.Addr) {
	for i := range n {
		names = append(names, host.Addr(fmt.Sprintf("%s%d", letter, i+1)))
	}
	return names
}

// lineField is one word of a line, and its column from 1.
type lineField struct {
	text   string
	column int
}

// splitLine splits at spaces, but not within double quotes.
func splitLine(line string) ([]lineField, error) {
	var fields []lineField
	start, quoted := -1, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
			if start < 0 {
				start = i
			}
		case !quoted && (c == ' ' || c == '\t' || c == '\n' || c == '\r'):
			if start >= 0 {
				fields = append(fields, lineField{line[start:i], start + 1})
				start = -1
			}
		case start < 0:
			start = i
		}
	}
	if quoted {
		return nil, fmt.Errorf("trial line: column %d: a double quote is not closed", start+1)
	}
	if start >= 0 {
		fields = append(fields, lineField{line[start:], start + 1})
	}
	return fields, nil
}
