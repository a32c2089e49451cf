package jobs

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
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
	jobs  []schedule.Job // that are to be added
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
		return usagef("jobs: a command is wanted: %s", commandNames())
	}
	op, known := operations[command[0]]
	switch {
	case !known:
		return usagef("jobs: there is no command %.60q; there are %s", command[0], commandNames())
	case len(command)-1 != op.arguments:
		return usagef("jobs: %s takes %d arguments", command[0], op.arguments)
	}
	cfg = cfg.filled()
	o := operation{cfg: cfg, out: out}
	var err error
	if command[0] == "add" {
		if o.jobs, err = readJobs(in, command[1]); err != nil {
			return UsageError{err}
		}
	}
	p := oshost.StartProcess(oshost.ProcessConfig{Self: "operator", TLS: cfg.TLS,
		Logger: slog.New(slog.DiscardHandler)}, func(p host.Process) { err = o.operate(p, op.do, command[1:]) })
	select {
	case <-p.Done():
		return err
	case <-ctx.Done():
		p.Stop()
		return ctx.Err()
	}
}

func commandNames() string { return strings.Join(slices.Sorted(maps.Keys(operations)), ", ") }

func (o operation) operate(p host.Process, do func(operation, []string) error, arguments []string) error {
	c, err := o.cfg.connect(p)
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
	own, err := o.cfg.identities(c)
	if err != nil {
		return err
	}
	o.c = c
	o.admin = schedule.NewAdmin(p, c, schedule.Config{Path: o.cfg.Path, ACL: aclOf(own), Zones: time.LoadLocation})
	return do(o, arguments)
}

func (o operation) init([]string) error {
	if err := o.admin.Init(o.cfg.SessionTimeout); err != nil {
		return err
	}
	fmt.Fprintf(o.out, "%s is a scheduler\n", o.cfg.Path)
	return nil
}

// jobsMax is how many bytes of jobs are read at once.
const jobsMax = 64 << 20

// readJobs reads all jobs before one is added: what means nothing is not followed by half of it. text is the jobs, or
// - for those on in. The error says in which line what means nothing begins.
func readJobs(in io.Reader, text string) (list []schedule.Job, err error) {
	data := []byte(text)
	if text == "-" {
		if data, err = io.ReadAll(io.LimitReader(in, jobsMax+1)); err != nil {
			return nil, err
		}
	}
	if len(data) > jobsMax {
		return nil, fmt.Errorf("jobs: there are more than %d bytes of jobs", jobsMax)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	for {
		var raw json.RawMessage
		before := d.InputOffset()
		err := d.Decode(&raw)
		if errors.Is(err, io.EOF) && len(list) > 0 {
			return list, nil
		} else if errors.Is(err, io.EOF) {
			return nil, errors.New("jobs: there is no job in the text")
		}
		j := schedule.Job{}
		if err == nil {
			j, err = schedule.ParseJob(raw, time.LoadLocation)
		}
		if err == nil {
			_, err = parseWork(j.Work)
		}
		if err != nil {
			begins := len(data) - len(bytes.TrimLeft(data[before:], " \t\r\n"))
			return nil, fmt.Errorf("jobs: line %d: job %d: %w", 1+bytes.Count(data[:begins], []byte("\n")), len(list)+1, err)
		}
		list = append(list, j)
	}
}

func (o operation) add([]string) error {
	if _, there, err := o.c.Exists(o.cfg.Path+"/assignment", nil); err != nil || !there {
		return cmp.Or(err, errNoTree)
	}
	for _, j := range o.jobs {
		_, outcome, err := o.admin.Add(j, o.cfg.SessionTimeout)
		if errors.Is(err, schedule.ErrNoJob) {
			return fmt.Errorf("%s: %v: it comes after %s, of which not all are there", j.Name, outcome,
				strings.Join(j.After, ", "))
		} else if err != nil {
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
	if err == nil && len(list) == 0 {
		err = o.known(arguments[0])
	}
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

// known returns an error unless there is a job of that name. What was removed may have a log still.
func (o operation) known(name string) error {
	list, _, err := o.admin.List(o.cfg.SessionTimeout)
	if err == nil && !slices.ContainsFunc(list, func(s schedule.Status) bool { return s.Name == name }) {
		err = fmt.Errorf("%s: %w", name, schedule.ErrNoJob)
	}
	return err
}
