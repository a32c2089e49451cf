package ordeal

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pingcap/failpoint"

	"ordeal/cluster"
	"ordeal/host"
	"ordeal/nemesis"
)

// crashMarks are the places in the service's code at which a plan can crash a machine, and their packages.
var crashMarks = map[string]string{
	"walBeforeWrite":     inWAL,
	"walBeforeSync":      inWAL,
	"walAfterSync":       inWAL,
	"walBeforePiece":     inWAL,
	"walBeforeRename":    inWAL,
	"walAfterRename":     inWAL,
	"walBeforeCompact":   inWAL,
	"snapshotBeforeSave": inNode,
}

// errUnmarked is what a plain build says when it is asked for what only a marked one can do.
var errUnmarked = errors.New("this program was built without failpoints: build bin/ordeal with `make build`")

// Marked reports whether failpoint marks do anything in this build.
func Marked() bool { return marked }

// marked is found out once, before there can be two goroutines: trying it switches a mark of the whole process on and off.
var marked = tryMarks()

func tryMarks() bool {
	const mark = inNode + "/marked"
	if failpoint.Enable(mark, "return(true)") != nil {
		return false
	}
	defer func() { _ = failpoint.Disable(mark) }()
	return cluster.Marked()
}

// checkMarks says what is wrong with a trial's bug, and with the marks that its plan names.
func (t Trial) checkMarks() error {
	needs := t.Bug != "" || slices.Contains(t.Faults, string(nemesis.Failpoint))
	for _, s := range t.Plan {
		mark := s.Fault.Mark
		if s.Fault.Mark == "" {
			continue
		}
		needs = true
		if _, ok := crashMarks[mark]; !ok {
			return fmt.Errorf("failpoint %q is not known: there are %s", mark, strings.Join(sortedKeys(crashMarks), ", "))
		}
	}
	if needs && !Marked() {
		return errUnmarked
	}
	return nil
}

// plant switches a planted bug on, and returns what switches it off.
func plant(name string) (remove func(), err error) {
	if name == "" {
		return func() {}, nil
	}
	bug, ok := BugNamed(name)
	if !ok {
		return nil, fmt.Errorf("bug %q is not known", name)
	}
	mark := bug.Package + "/" + bug.Name
	if err := failpoint.Enable(mark, "return(true)"); err != nil {
		return nil, fmt.Errorf("bug %s: %w", name, err)
	}
	return func() { _ = failpoint.Disable(mark) }, nil
}

// marksOf names the marks at which a plan crashes machines, sorted. Nobody asks for the others: to be called by one takes as
// long as to write a record, and a trial comes to tens of thousands.
func marksOf(plan nemesis.Plan) []string {
	named := make(map[string]bool)
	for _, s := range plan {
		if s.Fault.Mark != "" {
			named[s.Fault.Mark] = true
		}
	}
	return sortedKeys(named)
}

// watchMarks calls hit whenever a machine comes to one of these crash marks, until stop is called.
func watchMarks(names []string, hit func(machine host.Addr, mark string)) (stop func(), err error) {
	var enabled []string
	stop = func() {
		for _, m := range enabled {
			_ = failpoint.Disable(m)
		}
	}
	for _, name := range names {
		mark := crashMarks[name] + "/" + name
		if err := failpoint.EnableCall(mark, func(machine host.Addr) { hit(machine, name) }); err != nil {
			stop()
			return nil, fmt.Errorf("failpoint %s: %w", name, err)
		}
		enabled = append(enabled, mark)
	}
	return stop, nil
}
