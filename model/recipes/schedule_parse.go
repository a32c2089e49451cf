package recipes

import (
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// fields reads a list of values into what they belong in: *string, *int64, *bool, or *FiringKey.
func fields(v any, what string, into ...any) error {
	l, ok := v.([]any)
	if !ok || len(l) != len(into) {
		return fmt.Errorf("%s where %s belongs, with %d parts", model.TextOf(v), what, len(into))
	}
	for i, one := range l {
		ok := true
		switch to := into[i].(type) {
		case *string:
			*to, ok = one.(string)
		case *int64:
			*to, ok = one.(int64)
		case *bool:
			*to, ok = one.(bool)
		case *any:
			*to = one
		case *FiringKey:
			if err := fields(one, "a firing", &to.Job, &to.Generation, &to.Instant, &to.Number); err != nil {
				return err
			}
		}
		if !ok {
			return fmt.Errorf("%s is no part %d of %s", model.TextOf(one), i+1, what)
		}
	}
	return nil
}

func firingsOf(v any) (list []FiringKey, err error) {
	l, ok := v.([]any)
	if !ok && v != nil {
		return nil, fmt.Errorf("%s where a list of firings belongs", model.TextOf(v))
	}
	for _, one := range l {
		var f FiringKey
		if err := fields(one, "a firing", &f.Job, &f.Generation, &f.Instant, &f.Number); err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

func parseSchedule(op history.Operation) (in ScheduleInput, out ScheduleOutput, err error) {
	in.F, out.Unknown = op.F, op.End != history.OK
	switch op.F {
	case "define":
		p := &in.Plan
		err = fields(op.Argument, "a plan", &p.Job, &p.Kind, &p.Amount, &p.Of, &p.Misfire, &p.Grace, &p.Deadline,
			&p.Overlap, &p.Retries, &p.Timeout)
		in.Job = p.Job
	case "drop", "pause", "resume", "ask":
		in.Job, err = sessionOf(op.Argument)
	case "claim":
		in.Session, err = sessionOf(op.Argument)
	case "finish":
		err = fields(op.Argument, "[session firing zxid well]", &in.Session, &in.Firing, &in.Zxid, &in.Well)
	case "give":
		err = fields(op.Argument, "[session firing zxid]", &in.Session, &in.Firing, &in.Zxid)
	case "end":
		in.Session, err = endOf(op.Argument)
	case "log", "waits":
	default:
		err = fmt.Errorf("%q is no operation of the model schedule, which has ask, claim, define, drop, end, finish, "+
			"give, log, pause, resume and waits", op.F)
	}
	if err != nil || out.Unknown {
		return in, out, err
	}
	err = parseScheduled(op, &out)
	return in, out, err
}

// endOf reads the session that an end is of: by its name, or with the event before which it did not end.
func endOf(v any) (string, error) {
	if l, ok := v.([]any); ok && len(l) == 2 {
		v = l[0]
	}
	return sessionOf(v)
}

// parseScheduled reads the result of an operation that ended ok.
func parseScheduled(op history.Operation, out *ScheduleOutput) (err error) {
	var name string
	switch op.F {
	case "define":
		return fields(op.Result, "[job generation zxid stamp]", &name, &out.Generation, &out.Zxid, &out.Stamp)
	case "drop":
		return fields(op.Result, "[job generation zxid next]", &name, &out.Generation, &out.Zxid, &out.Next)
	case "pause", "resume":
		return fields(op.Result, "[job generation zxid]", &name, &out.Generation, &out.Zxid)
	case "ask":
		return fields(op.Result, "[job generation zxid number]", &name, &out.Generation, &out.Zxid, &out.Count)
	case "claim":
		return fields(op.Result, "[session firing attempt zxid due]", &name, &out.Firing, &out.Attempt, &out.Zxid, &out.Due)
	case "finish":
		var asked any
		if err = fields(op.Result, "[outcome zxid firings]", &out.Outcome, &out.Zxid, &asked); err == nil {
			out.Asked, err = firingsOf(asked)
		}
		if err == nil && !slices.Contains([]string{"done", "waiting", "failed"}, out.Outcome) {
			err = fmt.Errorf("%q is no end of an execution", out.Outcome)
		}
		return err
	case "waits":
		out.Waits, err = stringsOf(op.Result)
	case "log":
		out.Log, out.Jobs, err = parseLog(op.Result)
	}
	return err
}

// parseLog reads [entries jobs]: entries are [firing outcome failures attempts count to policy], and jobs
// [job generation next firings], of which the last are open.
func parseLog(v any) (log []Entry, jobs []Standing, err error) {
	var entries, standings any
	if err := fields(v, "[entries jobs]", &entries, &standings); err != nil {
		return nil, nil, err
	}
	list, _ := entries.([]any)
	for _, one := range list {
		var e Entry
		if err := fields(one, "an entry of the log", &e.FiringKey, &e.Outcome, &e.Failures, &e.Attempts, &e.Count, &e.To,
			&e.Policy); err != nil {
			return nil, nil, err
		}
		log = append(log, e)
	}
	list, _ = standings.([]any)
	for _, one := range list {
		var s Standing
		var open any
		if err = fields(one, "a job", &s.Job, &s.Generation, &s.Next, &open); err == nil {
			s.Open, err = firingsOf(open)
		}
		if err != nil {
			return nil, nil, err
		}
		jobs = append(jobs, s)
	}
	return log, jobs, nil
}
