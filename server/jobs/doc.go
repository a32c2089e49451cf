// Package jobs carries out commands and HTTP calls when they are due: an executor over the task scheduler of package
// cluster/recipes/schedule, on the real machine, and what its operators do with the jobs.
//
// Whoever can write a job can run a program where an executor is, so every door is shut until it is opened: commands
// are carried out only if Config.AllowCommands says so and Config.Programs names the program; HTTP calls go to
// Config.Hosts alone, and so do redirects; jobs are taken only from znodes that none but the executor's identity can
// write, nor what lies above them down from the scheduler's path. The environment and the folder are the executor's,
// and of what an execution says the last 4096 bytes are kept.
//
// A page shows the jobs to browsers (jobs.Show): on loopback unless jobs.Page says otherwise, to those who ask for it
// by a name that is its own, and it changes nothing without a token. jobs.Work is what the work of a job may say.
package jobs
