package jobs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/schedule"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/host/oshost"
	"ordeal/server/jobs"
	"ordeal/server/servertest"
)

var quiet = slog.New(slog.DiscardHandler)

// office is a service with a scheduler that only one identity can write.
type office struct {
	*testing.T
	cfg jobs.Config
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t, jobs.Config{Servers: servertest.Start(t).Addrs(), Path: "/apps/cron", Auth: "digest:cron:secret",
		SessionTimeout: 4 * time.Second, Logger: quiet, Folder: t.TempDir()}}
	o.must("init")
	return o
}

// operate carries out a command, and returns what it said.
func (o *office) operate(command ...string) (string, error) {
	var out bytes.Buffer
	err := jobs.Operate(o.Context(), o.cfg, strings.NewReader(""), &out, command...)
	return out.String(), err
}

func (o *office) must(command ...string) string {
	o.Helper()
	out, err := o.operate(command...)
	if err != nil {
		o.Fatalf("%v: %v", command, err)
	}
	return out
}

// run runs an executor until the test ends, with some doors open.
func (o *office) run(open func(*jobs.Config)) {
	cfg := o.cfg
	open(&cfg)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- jobs.Run(ctx, cfg) }()
	o.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			o.Error("the executor:", err)
		}
	})
}

func job(name string, work any, more string) string {
	text, err := json.Marshal(work)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"name": %q, "work": %s%s}`, name, text, more)
}

// ask adds a job and has it carried out; it returns what the log has of it when it is over.
func (o *office) ask(name string, work jobs.Work, more string) schedule.Execution {
	o.Helper()
	o.must("add", job(name, work, more))
	o.must("trigger", name)
	var last schedule.Execution
	o.client(func(p host.Process, c *client.Client) {
		admin := schedule.NewAdmin(p, c, schedule.Config{Path: o.cfg.Path})
		for until := p.Now() + 20*time.Second; p.Now() < until; p.Sleep(20 * time.Millisecond) {
			log, err := admin.Log(name, time.Second)
			if err == nil && len(log) > 0 {
				if last = log[0]; last.Outcome == schedule.Done || last.Outcome == schedule.Failed {
					return
				}
			}
		}
	}, true)
	return last
}

// client does something as a client of the service, as the identity or as anyone.
func (o *office) client(do func(host.Process, *client.Client), identity bool) {
	p := oshost.StartProcess(oshost.ProcessConfig{Self: "test", Logger: quiet}, func(p host.Process) {
		c := client.New(p, client.Config{Servers: []host.Addr{host.Addr(o.cfg.Servers[0])}})
		if identity {
			if err := c.AddAuth("digest", []byte("cron:secret")); err != nil {
				o.Error(err)
			}
		}
		do(p, c)
		_ = c.Close()
	})
	<-p.Done()
}

func command(line ...string) jobs.Work { return jobs.Work{Command: line} }

// No door is open: a command, a call, and a program that is none of those that are named.
func TestDoorsAreShut(t *testing.T) {
	o := newOffice(t)
	visited := false
	web := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visited = true }))
	t.Cleanup(web.Close)
	o.run(func(*jobs.Config) {})
	for name, work := range map[string]jobs.Work{
		"command": command("/bin/sh", "-c", "touch opened"), "call": {HTTP: &jobs.Call{URL: web.URL}},
	} {
		if e := o.ask(name, work, ""); e.Outcome != schedule.Failed || !strings.Contains(e.Note, "not allowed here") {
			t.Errorf("%s: %+v", name, e)
		}
	}
	if _, err := os.Stat(o.cfg.Folder + "/opened"); err == nil || visited {
		t.Error("it was carried out")
	}
}

func TestNamedDoorsOnly(t *testing.T) {
	o := newOffice(t)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a host was called that is not named")
	}))
	t.Cleanup(elsewhere.Close)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
			return
		}
		fmt.Fprintf(w, "%s %s", r.Header.Get("Ordeal-Job"), r.Header.Get("Ordeal-Attempt"))
	}))
	t.Cleanup(web.Close)
	t.Setenv("HTTP_PROXY", elsewhere.URL)
	at, err := url.Parse(web.URL)
	if err != nil {
		t.Fatal(err)
	}
	o.run(func(c *jobs.Config) {
		c.AllowCommands, c.Programs, c.Hosts = true, []string{"/bin/sh", "/bin/pwd"}, []string{at.Host}
	})
	for name, tt := range map[string]struct {
		work         jobs.Work
		more         string
		outcome, say string
	}{
		"folder":   {command("/bin/pwd"), "", schedule.Done, o.cfg.Folder},
		"told":     {command("/bin/sh", "-c", "echo $ORDEAL_JOB $ORDEAL_ATTEMPT"), "", schedule.Done, "told 1"},
		"badly":    {command("/bin/sh", "-c", "echo no; exit 3"), "", schedule.Failed, "no\nexit status 3"},
		"other":    {command("/bin/echo", "x"), "", schedule.Failed, "none of those that are named"},
		"no-shell": {command("/bin/pwd", "-L", "; touch opened"), "", schedule.Done, o.cfg.Folder},
		"slow": {command("/bin/sh", "-c", "sleep 60 & wait"), `, "timeout": 500`, schedule.Failed,
			"the time was up"},
		"call":  {jobs.Work{HTTP: &jobs.Call{URL: web.URL}}, "", schedule.Done, "call 1"},
		"away":  {jobs.Work{HTTP: &jobs.Call{URL: web.URL + "/away"}}, "", schedule.Failed, "none of those that are named"},
		"there": {jobs.Work{HTTP: &jobs.Call{URL: elsewhere.URL}}, "", schedule.Failed, "none of those that are named"},
	} {
		e := o.ask(name, tt.work, tt.more)
		killed := name == "slow" && strings.Contains(e.Note, "signal: killed") // by its own clock, and not the service's
		if e.Outcome != tt.outcome || !strings.Contains(e.Note, tt.say) && !killed {
			t.Errorf("%s: %s %q", name, e.Outcome, e.Note)
		}
	}
	if _, err := os.Stat(o.cfg.Folder + "/opened"); err == nil {
		t.Error("a shell has read a command")
	}
	endless := o.ask("endless", command("/bin/sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x; echo end"), "")
	if endless.Outcome != schedule.Done || len(endless.Note) != 4096 || !strings.HasSuffix(endless.Note, "xend\n") {
		t.Errorf("%s, %d bytes", endless.Outcome, len(endless.Note))
	}
}

// A call may take as long as its job says, also where one without a timeout is cut off.
func TestCallsMayTakeLong(t *testing.T) {
	o := newOffice(t)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(500 * time.Millisecond):
			fmt.Fprint(w, "at last")
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(web.Close)
	at, err := url.Parse(web.URL)
	if err != nil {
		t.Fatal(err)
	}
	o.run(func(c *jobs.Config) { c.Hosts, c.CallTimeout = []string{at.Host}, 100*time.Millisecond })
	call := jobs.Work{HTTP: &jobs.Call{URL: web.URL}}
	if e := o.ask("long", call, `, "timeout": 20000`); e.Outcome != schedule.Done || !strings.Contains(e.Note, "at last") {
		t.Errorf("%s %q", e.Outcome, e.Note)
	}
	if e := o.ask("bounded", call, ""); e.Outcome != schedule.Failed || !strings.Contains(e.Note, "deadline exceeded") {
		t.Errorf("%s %q", e.Outcome, e.Note)
	}
}

// Whoever is not the identity can't write a job, nor anything else of the scheduler.
func TestOthersCanWriteNothing(t *testing.T) {
	o := newOffice(t)
	o.must("add", job("j", command("/bin/true"), ""))
	o.client(func(_ host.Process, c *client.Client) {
		path := ""
		for shard := range 64 {
			at := fmt.Sprintf("%s/jobs/%04d", o.cfg.Path, shard)
			if _, _, err := c.Create(at+"/evil", nil, 0); err != error(wire.NoAuth) {
				t.Errorf("create below %s: %v", at, err)
			}
			if _, there, _ := c.Exists(at+"/j", nil); there {
				path = at + "/j"
			}
		}
		if _, err := c.Set(path, []byte("{}"), -1); err != error(wire.NoAuth) {
			t.Errorf("set %s: %v", path, err)
		}
		if _, _, err := c.Get(path, nil); err != error(wire.NoAuth) {
			t.Errorf("get %s: %v", path, err)
		}
		if _, err := c.SetACL(path, []wire.ACL{{Perms: wire.PermAll, ID: wire.ID{Scheme: "world", ID: "anyone"}}},
			-1); err != error(wire.NoAuth) {
			t.Errorf("setACL %s: %v", path, err)
		}
		for _, at := range []string{"", "/assignment", "/generations", "/instances/x", "/claims/x", "/log/x"} {
			_, set := c.Set(o.cfg.Path+at, nil, -1)
			_, _, create := c.Create(o.cfg.Path+at, nil, 0)
			if set == nil || create == nil {
				t.Errorf("%s: set %v, create %v", at, set, create)
			}
		}
	}, false)
}

// Jobs of znodes that others can write are not taken, and neither is a scheduler that others can write.
func TestJobsThatOthersCanWriteAreNotTaken(t *testing.T) {
	o := newOffice(t)
	o.must("add", job("j", command("/bin/sh", "-c", "touch opened"), `, "every": 100`))
	o.client(func(_ host.Process, c *client.Client) {
		for shard := range 64 {
			at := fmt.Sprintf("%s/jobs/%04d/j", o.cfg.Path, shard)
			if _, there, _ := c.Exists(at, nil); there {
				if _, err := c.SetACL(at, []wire.ACL{{Perms: wire.PermAll, ID: wire.ID{Scheme: "world", ID: "anyone"}}},
					-1); err != nil {
					t.Error(err)
				}
			}
		}
	}, true)
	o.run(func(c *jobs.Config) { c.AllowCommands, c.Programs = true, []string{"/bin/sh", "/bin/true"} })
	// Another job, of as much time, shows that the executor is at work.
	if e := o.ask("other", command("/bin/true"), ""); e.Outcome != schedule.Done {
		t.Errorf("%+v", e)
	}
	time.Sleep(300 * time.Millisecond)
	if _, err := os.Stat(o.cfg.Folder + "/opened"); err == nil {
		t.Error("it was carried out")
	}

	open := o.cfg
	open.Path = "/open"
	o.client(func(p host.Process, c *client.Client) {
		if err := schedule.NewAdmin(p, c, schedule.Config{Path: open.Path}).Init(5 * time.Second); err != nil {
			t.Error(err)
		}
	}, false)
	for _, tt := range []struct {
		change func(*jobs.Config)
		want   string
	}{
		{func(c *jobs.Config) { c.Path = "/open" }, "can be written by world:anyone"},
		{func(c *jobs.Config) { c.Path = "/none" }, "jobs init"},
		{func(c *jobs.Config) { c.Auth = "" }, "no identity"},
		{func(c *jobs.Config) { c.Auth = "digest:other:secret" }, ""},
		{func(c *jobs.Config) { c.Programs = []string{"/bin/sh"} }, "commands are not allowed"},
		{func(c *jobs.Config) { c.AllowCommands, c.Programs = true, []string{"sh"} }, "no absolute path"},
		{func(c *jobs.Config) { c.Path = "/" }, "no path"},
		{func(c *jobs.Config) { c.AllowCommands = true }, "no program is named"},
		{func(c *jobs.Config) { c.AllowCommands, c.Programs = true, []string{"/bin/absent"} }, "/bin/absent"},
		{func(c *jobs.Config) { c.Folder += "/absent" }, "is no folder"},
		{func(c *jobs.Config) { c.Auth = "digest:cron" }, "digest:USER:PASSWORD"},
		{func(c *jobs.Config) { c.Auth = "plain:cron:secret" }, "digest:USER:PASSWORD"},
	} {
		cfg := o.cfg
		tt.change(&cfg)
		if err := jobs.Run(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v, where %q belongs", err, tt.want)
		}
	}
}

// What means nothing is refused in one line, and nothing is written.
func TestCommandsThatMeanNothing(t *testing.T) {
	o := newOffice(t)
	for _, tt := range []struct {
		want    string
		command []string
	}{
		{"a command is wanted", nil}, {"no command", []string{"fly"}}, {"takes 1 arguments", []string{"pause"}},
		{"EOF", []string{"add", `{"name"`}}, {"evry", []string{"add", `{"name": "j", "evry": 1}`}},
		{"neither", []string{"add", `{"name": "j"}`}},
		{"no absolute path", []string{"add", job("j", command("ls"), "")}},
		{"no URL", []string{"add", `{"name": "j", "work": {"http": {"url": "file:///etc/passwd"}}}`}},
		{"without a user", []string{"add", `{"name": "j", "work": {"http": {"url": "http://a:b@c/"}}}`}},
		{"the hour", []string{"add", job("j", command("/bin/true"), `, "cron": "0 25 * * *"`)}},
		{"Mars", []string{"add", job("j", command("/bin/true"), `, "cron": "0 5 * * *", "zone": "Mars/Base"`)}},
		{`zone "Local"`, []string{"add", job("j", command("/bin/true"), `, "cron": "0 5 * * *", "zone": "Local"`)}},
		{`zone "a\nb"`, []string{"add", job("j", command("/bin/true"), `, "cron": "0 5 * * *", "zone": "a\nb"`)}},
		{"700 bytes", []string{"add", job("j", command("/bin/true"), `, "cron": "`+strings.Repeat("1,", 350)+`"`)}},
		{"its work has", []string{"add", job("j", command("/bin/true", strings.Repeat("x", 70_000)), "")}},
		{"it comes after 65", []string{"add", job("j", command("/bin/true"), `, "after": [`+
			strings.Repeat(`"k",`, 64)+`"k"]`)}},
		{"line 3: job 2", []string{"add", job("j", command("/bin/true"), "") + "\n\n" + job("k", command("ls"), "")}},
		{"line 2: job 2", []string{"add", job("j", command("/bin/true"), "") + "\nand more"}},
	} {
		out, err := o.operate(tt.command...)
		usage := jobs.UsageError{}
		if err == nil || !strings.Contains(err.Error(), tt.want) || !asUsage(err, &usage) || out != "" ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%.100q: %v, %q", tt.command, err, out)
		}
	}
	if out := o.must("list"); strings.Count(out, "\n") != 1 {
		t.Error(out)
	}
	for _, refused := range [][]string{{"pause", "j"}, {"init"}, {"trigger", "a/b"}, {"log", "j"}} {
		if out, err := o.operate(refused...); err == nil {
			t.Errorf("%v: %s", refused, out)
		}
	}
	o.must("add", job("j", command("/bin/true"), `, "cron": "0 30 3 * * MON-FRI", "zone": "Europe/Berlin"`))
	_, err := o.operate("add", job("k", command("/bin/true"), `, "after": ["j", "absent"]`))
	if err == nil || !strings.Contains(err.Error(), "it comes after j, absent, of which not all are there") {
		t.Error(err)
	}
	if out := o.must("log", "j"); strings.Count(out, "\n") != 1 {
		t.Error(out)
	}
	o.must("pause", "j")
	out := o.must("list")
	if !strings.Contains(out, "0 30 3 * * MON-FRI Europe/Berlin") || !strings.Contains(out, "paused") {
		t.Error(out)
	}
	o.must("resume", "j")
	o.must("remove", "j")
}

func asUsage(err error, to *jobs.UsageError) bool {
	u, ok := err.(jobs.UsageError)
	*to = u
	return ok
}
