package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

type options struct {
	program         string
	firstSeed       uint64
	seeds, requests int
	shown           int
	record          string
	configs         int

	found, played int
}

// scripted begins the title of a script: it goes on behind a difference, since most of its steps stand by themselves.
const scripted = "script "

// roundSteps is how many steps are played before the next round begins.
const roundSteps = 400

func (o *options) run() (err error) {
	dir, err := os.MkdirTemp("", "ordeal-compare-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if o.record == "" && o.configs > 0 {
		if err := o.configFiles(dir); err != nil {
			return err
		}
	}
	for _, f := range flavours {
		if err := o.flavour(dir, f); err != nil {
			return err
		}
	}
	if o.record == "" {
		fmt.Printf("%d requests answered by both, %d differences\n", o.played, o.found)
	}
	if o.found > 0 {
		return fmt.Errorf("%d differences", o.found)
	}
	return nil
}

func (o *options) flavour(dir string, f flavour) error {
	theirs, err := startZooKeeper(dir, f)
	if err != nil {
		return err
	}
	defer theirs.stop()
	if o.record != "" {
		return recordScript(filepath.Join(o.record, f.name+".txt"), theirs.addr, f)
	}
	ours, err := startOrdeal(o.program, dir, f)
	if err != nil {
		return err
	}
	defer ours.stop()
	if err := o.round(ours, theirs, scripted+f.name, script(f)); err != nil {
		return err
	}
	for seed := o.firstSeed; seed < o.firstSeed+uint64(o.seeds); seed++ {
		for round, end := 0, o.played+o.requests; o.played < end; round++ {
			d := newDrawer(seed, round)
			steps := d.opening()
			for range roundSteps {
				steps = append(steps, d.step())
			}
			name := fmt.Sprintf("%s, seed %d, round %d", f.name, seed, round)
			if err := o.round(ours, theirs, name, steps); err != nil {
				return err
			}
		}
	}
	return nil
}

// round plays steps on both servers until they differ.
func (o *options) round(ours, theirs *server, title string, steps []step) error {
	a, err := newPlayer(ours.addr)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, tail(ours.output.String()))
	}
	defer a.close()
	b, err := newPlayer(theirs.addr)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, tail(theirs.output.String()))
	}
	defer b.close()
	for i, s := range steps {
		if r, ok := s.(send); ok {
			o.played += len(r.frames)
		}
		got := make(chan []string)
		go func() { got <- a.play(s) }()
		want := b.play(s)
		if is := <-got; !slices.Equal(is, want) {
			if !excused(s, is, want) {
				o.report(title, steps[:i+1], is, want)
			}
			if strings.HasPrefix(title, scripted) {
				continue
			}
			return nil
		}
	}
	return nil
}

// excused says that a difference is one that the documentation tells. What comes behind can't be compared.
//
//   - A request whose body can't be read costs the connection here, and in ZooKeeper a zxid at most.
//   - In ZooKeeper asking for a session with a wrong password ends the connection that the session had.
func excused(s step, got, want []string) bool {
	some := func(lines []string, end string) bool {
		return slices.ContainsFunc(lines, func(line string) bool { return strings.HasSuffix(line, end) })
	}
	d, isDial := s.(dial)
	return some(want, " MarshallingError") && (some(got, " closed") || some(got, " MarshallingError")) ||
		isDial && d.forged && some(want, " closed")
}

// stepsShown is how many steps are shown before one whose answers differ.
const stepsShown = 6

func (o *options) report(title string, steps []step, got, want []string) {
	if o.found++; o.found > o.shown {
		return
	}
	fmt.Printf("== %s, step %d\n", title, len(steps))
	for _, s := range steps[max(0, len(steps)-stepsShown):] {
		fmt.Println("  ", s)
	}
	fmt.Printf("  ordeal:\n      %s\n  zookeeper:\n      %s\n", strings.Join(got, "\n      "),
		strings.Join(want, "\n      "))
}

// transcript plays the script on one server.
func transcript(addr string, f flavour) (string, error) {
	p, err := newPlayer(addr)
	if err != nil {
		return "", err
	}
	defer p.close()
	var b strings.Builder
	for _, s := range script(f) {
		fmt.Fprintf(&b, "> %s\n", s)
		for _, line := range p.play(s) {
			fmt.Fprintln(&b, line)
		}
	}
	return b.String(), nil
}

func recordScript(file, addr string, f flavour) error {
	text, err := transcript(addr, f)
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o644)
}
