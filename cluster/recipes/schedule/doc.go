// Package schedule carries out jobs when they are due, each time once, on whichever instances live. It is written
// against the client library, like the recipes of package recipes, and blocks the process that calls it.
//
// A schedule.Job is added by an Admin, which also pauses, resumes, triggers, removes and lists jobs
// (schedule.NewAdmin), and shows what became of their firings. An instance (schedule.NewScheduler) joins the others,
// claims firings of its share of the jobs and says how their executions ended. docs/RECIPES.md says what is
// guaranteed, and how that is tried.
//
// No machine's time of day is asked: instants are compared with the stamps that the service sets on writes. Between
// two stamps an instance counts on by its own clock, and before it claims anything it asks for another stamp.
//
// The policies are schedule.MisfireSkip, schedule.MisfireOnce and schedule.MisfireAll; schedule.OverlapAllow,
// schedule.OverlapForbid and schedule.OverlapReplace. The outcomes of executions are schedule.Asked,
// schedule.Running, schedule.Waiting, schedule.Done, schedule.Failed, schedule.Replaced, schedule.Removed and
// schedule.Missed. The errors are schedule.ErrBadJob, schedule.ErrExists, schedule.ErrNoJob, schedule.ErrNeeded,
// schedule.ErrTooMany and schedule.ErrForeign, and those of package recipes. Package cron has the arithmetic of cron
// expressions; schedule.ParseJob reads a job that is written as JSON, Job.Check looks at one, and schedule.ShardsMax
// bounds the shares. Scheduler.ClaimSome and Scheduler.FinishSome have several transactions on their way together.
// Scheduler.Now is a stamp, Scheduler.Foreign names what is another program's, Scheduler.Abandon gives a claim up,
// Admin.Init makes a scheduler, Admin.Pause, Admin.Resume, Admin.Trigger, Admin.List and Admin.Log are the operator's.
package schedule
