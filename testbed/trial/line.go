package trial

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"ordeal/nemesis"
)

// Line is the trial as text. Service.Parse gives the same trial back.
func (t Trial) Line() string {
	fields := []string{
		t.service().linePrefix(),
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
	if t.Merciless() {
		fields = append(fields, "policy="+string(t.Policy))
	}
	if t.Bug != "" {
		fields = append(fields, "bug="+t.Bug)
	}
	return strings.Join(append(fields, t.Cut.fields()...), " ")
}

// linePrefix begins every trial line.
func (s *Service) linePrefix() string { return fmt.Sprintf("%s/%d", s.Name, s.Version) }

// IsLine says whether a text looks like a trial line of the service, of whatever version.
func (s *Service) IsLine(text string) bool {
	return strings.HasPrefix(strings.TrimSpace(text), s.Name+"/")
}

// Parse reads a trial line. The error is one line that says what is wrong and, by its column, where.
func (s *Service) Parse(line string) (Trial, error) {
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
	if err := s.checkVersion(fields[0]); err != nil {
		return Trial{}, err
	}
	t := Trial{Service: s, Length: DefaultLength, Rate: DefaultRate}
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
		return Trial{}, errors.New("trial line: it needs either faults= or plan=")
	}
	if err := t.Check(); err != nil {
		return Trial{}, fmt.Errorf("trial line: %w", err)
	}
	return t, nil
}

func (s *Service) checkVersion(f lineField) error {
	version, ok := strings.CutPrefix(f.text, s.Name+"/")
	if !ok {
		return fmt.Errorf("trial line: column %d: it begins with %q, not with %s", f.column, f.text, s.linePrefix())
	}
	if version != strconv.Itoa(s.Version) {
		return fmt.Errorf("trial line: it is of version %s, and this is version %d: the same line would be another "+
			"trial here",
			version, s.Version)
	}
	return nil
}

// set reads one field of a line.
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
			return fmt.Errorf("%s= is not known: a line has seed, workload, nodes, length, rate, faults or plan, policy, "+
				"bug, ops, draws, settings, order, recovery, faults-that-fail, branch, end and costs", name)
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
