package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/recipes/schedule"
	"ordeal/host"
	"ordeal/host/oshost"
)

// UsageError says that a command means nothing; nothing was written.
type UsageError struct{ Err error }

func (e UsageError) Error() string { return e.Err.Error() }
func (e UsageError) Unwrap() error { return e.Err }

func usagef(format string, a ...any) error { return UsageError{fmt.Errorf(format, a...)} }

// Commands are what Operate carries out, and what each does.
const Commands = `
  init                  makes the scheduler, with an ACL that lets none but the identity in; not where something is
  add JSON, or add -    adds a job, or each of the jobs on standard input
  list                  shows all jobs
  pause NAME            lets nothing of a job be claimed until it is resumed
  resume NAME           lets it be claimed again
  trigger NAME          asks for a firing besides its schedule
  remove NAME           removes it; executions that are under way lose their claims
  log NAME              shows what became of its firings, the oldest first`

// operation is a command in its turn.
type operation struct {
	cfg   Config
	c     *client.Client
	admin *schedule.Admin
	in    io.Reader
	out   io.Writer
}

var operations = map[string]struct {
	arguments int
	do        func(operation, []string) error
}{
	"init": {0, operation.init}, "add": {1, operation.add}, "list": {0, operation.list}, "log": {1, operation.log},
	"pause":   {1, change((*schedule.Admin).Pause, "paused")},
	"resume":  {1, change((*schedule.Admin).Resume, "resumed")},
	"trigger": {1, change((*schedule.Admin).Trigger, "asked for")},
	"remove":  {1, change((*schedule.Admin).Remove, "removed")},
}

// Operate carries out one of the Commands. A UsageError says that it means nothing.
func Operate(ctx context.Context, cfg Config, in io.Reader, out io.Writer, command ...string) error {
	if err := cfg.Check(); err != nil {
		return UsageError{err}
	}
	if len(command) == 0 {
		return usagef("jobs: a command is wanted:%s", Commands)
	}
	op, known := operations[command[0]]
	switch {
	case !known:
		return usagef("jobs: there is no command %q; there are%s", command[0], Commands)
	case len(command)-1 != op.arguments:
		return usagef("jobs: %s takes %d arguments", command[0], op.arguments)
	}
	cfg = cfg.filled()
	var err error
	p := oshost.StartProcess(oshost.ProcessConfig{Self: "operator", TLS: cfg.TLS,
		Logger: slog.New(slog.DiscardHandler)}, func(p host.Process) { err = operate(p, cfg, in, out, op.do, command[1:]) })
	select {
	case <-p.Done():
		return err
	case <-ctx.Done():
		p.Stop()
		return ctx.Err()
	}
}

func operate(p host.Process, cfg Config, in io.Reader, out io.Writer, do func(operation, []string) error,
	arguments []string) error {
	c, err := cfg.connect(p)
	if c != nil {
		defer func() {
			if c.Connected() {
				_ = c.Close() // what was asked for is done
			}
		}()
	}
	if err != nil {
		return err
	}
	own, err := cfg.identities(c)
	if err != nil {
		return err
	}
	s := schedule.Config{Path: cfg.Path, ACL: aclOf(own), Zones: time.LoadLocation}
	return do(operation{cfg, c, schedule.NewAdmin(p, c, s), in, out}, arguments)
}

func (o operation) init([]string) error {
	if err := o.admin.Init(o.cfg.SessionTimeout); err != nil {
		return err
	}
	fmt.Fprintf(o.out, "%s is a scheduler\n", o.cfg.Path)
	return nil
}

// add reads all jobs before it adds one: what means nothing is not followed by half of it.
func (o operation) add(arguments []string) error {
	text := io.Reader(strings.NewReader(arguments[0]))
	if arguments[0] == "-" {
		text = o.in
	}
	var list []schedule.Job
	for d := json.NewDecoder(text); ; {
		var raw json.RawMessage
		if err := d.Decode(&raw); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return usagef("jobs: job %d: %w", len(list)+1, err)
		}
		j, err := schedule.ParseJob(raw, time.LoadLocation)
		if err != nil {
			return UsageError{err}
		}
		if _, err := parseWork(j.Work); err != nil {
			return usagef("job %q: %w", j.Name, err)
		}
		list = append(list, j)
	}
	if _, there, err := o.c.Exists(o.cfg.Path+"/assignment", nil); err != nil || !there {
		return cmp.Or(err, errNoTree)
	}
	for _, j := range list {
		if _, outcome, err := o.admin.Add(j, o.cfg.SessionTimeout); err != nil {
			return fmt.Errorf("%s: %v: %w", j.Name, outcome, err)
		}
		fmt.Fprintf(o.out, "%s: added\n", j.Name)
	}
	return nil
}

// changer is a method of schedule.Admin that changes one job.
type changer func(*schedule.Admin, string, time.Duration) (schedule.Change, recipes.Outcome, error)

func change(how changer, done string) func(operation, []string) error {
	return func(o operation, arguments []string) error {
		name := arguments[0]
		_, outcome, err := how(o.admin, name, o.cfg.SessionTimeout)
		if err != nil {
			return fmt.Errorf("%s: %v: %w", name, outcome, err)
		}
		fmt.Fprintf(o.out, "%s: %s\n", name, done)
		return nil
	}
}

func (o operation) list([]string) error {
	list, foreign, err := o.admin.List(o.cfg.SessionTimeout)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "JOB\tWHEN\tNEXT\tOPEN\tASKED\tSHARD\tINSTANCE\t")
	for _, s := range list {
		next := showInstant(s.Next)
		if s.Paused {
			next = "paused"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%d\t%s\t\n", s.Name, when(s.Job), next,
			len(s.Open)+len(s.Resting), len(s.Asked), s.Shard, s.Instance)
	}
	for _, f := range foreign {
		fmt.Fprintf(w, "left alone: %s\t\n", f)
	}
	return w.Flush()
}

// when says when a job is due, in a few words.
func when(j schedule.Job) string {
	switch {
	case j.Cron != "":
		return strings.TrimSpace(j.Cron + " " + j.Zone)
	case j.Every > 0:
		return "every " + (time.Duration(j.Every) * time.Millisecond).String()
	case j.Delay > 0:
		return (time.Duration(j.Delay) * time.Millisecond).String() + " behind the last"
	case j.At > 0:
		return "at " + showInstant(j.At)
	case len(j.After) > 0:
		return "after " + strings.Join(j.After, ", ")
	}
	return "by hand"
}

func showInstant(ms int64) string {
	if ms == 0 {
		return "-"
	}
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z")
}

func (o operation) log(arguments []string) error {
	list, err := o.admin.Log(arguments[0], o.cfg.SessionTimeout)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "DUE\tOUTCOME\tATTEMPTS\tFAILURES\tCLAIMED\tCHANGED\tBY\tNOTE\t")
	for _, e := range list {
		// A program's output may be anything; here it is one line.
		note := strings.Join(strings.FieldsFunc(e.Note, unprintable), " ")
		if e.Outcome == schedule.Missed {
			note = fmt.Sprintf("%d up to %s, by the policy %s", e.Count, showInstant(e.To), e.Policy)
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\t%s\t%s\t%.120s\t\n", showInstant(e.Instant), e.Outcome, e.Attempts, e.Failures,
			showInstant(e.Claimed), showInstant(e.Changed), e.By, note)
	}
	return w.Flush()
}

func unprintable(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }
