package main

import (
	"strings"
	"testing"

	"ordeal/server/servertest"
)

// TestJobsExitCodes runs the commands of jobs as their users do.
func TestJobsExitCodes(t *testing.T) {
	at := []string{"--server", servertest.Start(t).Addrs()[0], "--path", "/cron"}
	t.Setenv(jobsSecret, "digest:cron:secret")
	const job = `{"name": "j", "every": 3600000, "work": {"command": ["/bin/true"]}}`
	for _, c := range []struct {
		args     []string
		code     int
		out, err string
	}{
		{[]string{"jobs", "add", job}, exitInvalid, "", "jobs init"},
		{[]string{"jobs", "init"}, exitValid, "/cron is a scheduler\n", ""},
		{[]string{"jobs", "init"}, exitInvalid, "", "it is there already"},
		{[]string{"jobs", "add", job}, exitValid, "j: added\n", ""},
		{[]string{"jobs", "add", `{"name": "k", "cron": "x"}`}, exitUsage, "", `cron "x" has 1 fields`},
		{[]string{"jobs", "pause", "k"}, exitInvalid, "", "there is no job of that name"},
		{[]string{"jobs", "pause", "j"}, exitValid, "j: paused\n", ""},
		{[]string{"jobs", "list"}, exitValid, "every 1h0m0s", ""},
		{[]string{"jobs"}, exitUsage, "", "a command is wanted"},
		{[]string{"schedule", "--program", "/bin/true"}, exitUsage, "", "commands are not allowed"},
		{[]string{"schedule", "--parallel", "0"}, exitUsage, "", "--parallel"},
		{[]string{"schedule", "--auth-file", "/none"}, exitUsage, "", "/none"},
		{[]string{"schedule", "--allow-host", "http://billing/"}, exitUsage, "", "neither HOST nor HOST:PORT"},
		{[]string{"schedule", "--allow-host", "billing:x"}, exitUsage, "", "neither HOST nor HOST:PORT"},
		{[]string{"schedule", "--server", "nowhere"}, exitUsage, "", `the server "nowhere" is not HOST:PORT`},
		{[]string{"jobs", "--http", ":8080x"}, exitUsage, "", "HOST:PORT"},
		{[]string{"schedule", "--path=/other"}, exitInvalid, "", "jobs init"},
	} {
		args := append(append(c.args[:1:1], at...), c.args[1:]...)
		got := outcome(t, ordealCommand(t, args...))
		if got.code != c.code || !strings.Contains(got.out, c.out) || !strings.Contains(got.err, c.err) {
			t.Errorf("%v: %+v", c.args, got)
		}
	}
}
