package jobs_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/schedule"
	"ordeal/host"
	"ordeal/server/jobs"
)

const token = "0123456789abcdef"

// show serves the page until the test ends, and returns where it is.
func (o *office) show(page jobs.Page) string {
	o.Helper()
	ctx, stop := context.WithCancel(context.Background())
	at, ended := make(chan string, 1), make(chan error, 1)
	page.Listen = ":0"
	go func() { ended <- jobs.Show(ctx, o.cfg, page, func(addr, _ string) { at <- addr }) }()
	o.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			o.Error("the page:", err)
		}
	})
	select {
	case addr := <-at:
		return addr
	case err := <-ended:
		ended <- nil
		o.Fatal(err)
	}
	return ""
}

// asked is what the page has answered.
type asked struct {
	status int
	body   string
	header http.Header
}

// get sends a request with headers, of which Host is the host's name.
func (o *office) get(method, addr, path, body string, header map[string]string) asked {
	o.Helper()
	req, err := http.NewRequestWithContext(o.Context(), method, "http://"+addr+path, strings.NewReader(body))
	if err != nil {
		o.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	req.Host = header["Host"]
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		o.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		o.Fatal(err)
	}
	return asked{answer.StatusCode, string(text), answer.Header}
}

func form(token, do string) string { return url.Values{"token": {token}, "do": {do}}.Encode() }

// What the page shows, and that it changes jobs with the token.
func TestPageShowsAndChanges(t *testing.T) {
	o := newOffice(t)
	addr := o.show(jobs.Page{Token: token})
	if host, _, _ := net.SplitHostPort(addr); host != "127.0.0.1" {
		t.Errorf("it listens on %s", addr)
	}
	secret := command("/bin/sh", "-c", "echo told-in-secret")
	o.must("add", job("night", secret, `, "cron": "0 30 3 * * *", "zone": "Europe/Berlin"`))
	o.run(func(c *jobs.Config) { c.AllowCommands, c.Programs = true, []string{"/bin/sh"} })
	if e := o.ask("noon", secret, ""); e.Outcome != schedule.Done {
		t.Fatal(e)
	}
	page := o.get("GET", addr, "/", "", nil)
	for _, want := range []string{"0 30 3 * * * Europe/Berlin", "hold-night", ">done<", "0-63", "Pause night"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("%q is not shown: %s", want, page.body)
		}
	}
	if strings.Contains(page.body, "secret") || strings.Contains(page.body, "/bin/sh") {
		t.Error("it shows what only the identity may read")
	}
	if match := o.get("GET", addr, "/?match=%3Cb%3E", "", nil).body; !strings.Contains(match, "&lt;b&gt;") ||
		strings.Contains(match, "<b>") || strings.Contains(match, "hold-night") {
		t.Errorf("what is looked for: %s", match)
	}
	for _, tt := range []struct {
		do, said string
		status   int
		paused   bool
	}{
		{"try ", "That is the token.", http.StatusOK, false},
		{"pause night", "night: paused.", http.StatusOK, true},
		{"trigger night", "night: asked for.", http.StatusOK, true},
		{"resume night", "night: resumed.", http.StatusOK, false},
		{"pause none", "there is no job of that name", http.StatusNotFound, false},
		{"pause ../x", "there is no job of that name", http.StatusNotFound, false},
		{"remove night", "pause, resume and trigger", http.StatusBadRequest, false},
		{"pause ", "pause, resume and trigger", http.StatusBadRequest, false},
	} {
		got := o.get("POST", addr, "/", form(token, tt.do), nil)
		if got.status != tt.status || !strings.Contains(got.body, tt.said) {
			t.Errorf("%s: %d %s", tt.do, got.status, got.body)
		}
		if tt.status == http.StatusOK && strings.Contains(got.body, "resume night") != tt.paused {
			t.Errorf("%s: the page is not that of afterwards: %s", tt.do, got.body)
		}
	}
}

// Whoever has not the token, comes by another name, from another page, or asks otherwise, changes nothing.
func TestPageIsShut(t *testing.T) {
	o := newOffice(t)
	o.must("add", job("j", command("/bin/true"), `, "every": 3600000`))
	addr := o.show(jobs.Page{Token: token, Names: []string{"jobs.example"}})
	_, port, _ := net.SplitHostPort(addr)
	pause := form(token, "pause j")
	for name, tt := range map[string]struct {
		method, path, body string
		header             map[string]string
		status             int
	}{
		"no token":             {"POST", "/", "do=pause+j", nil, 403},
		"an empty token":       {"POST", "/", form("", "pause j"), nil, 403},
		"another token":        {"POST", "/", form(token[1:]+"0", "pause j"), nil, 403},
		"a longer token":       {"POST", "/", form(token+"0", "pause j"), nil, 403},
		"the token elsewhere":  {"POST", "/?" + pause, "do=pause+j", nil, 403},
		"by GET":               {"GET", "/?" + pause, "", nil, 200},
		"by PUT":               {"PUT", "/", pause, nil, 405},
		"by DELETE":            {"DELETE", "/", "", nil, 405},
		"by PATCH":             {"PATCH", "/", pause, nil, 405},
		"by OPTIONS":           {"OPTIONS", "/", "", nil, 405},
		"another path":         {"POST", "/jobs/j/pause", pause, nil, 404},
		"as JSON":              {"POST", "/", `{"do":"pause j"}`, map[string]string{"Content-Type": "application/json"}, 403},
		"endless":              {"POST", "/", pause + strings.Repeat("&x=y", 10000), nil, 400},
		"no form":              {"POST", "/", "%zz", nil, 400},
		"another host":         {"POST", "/", pause, map[string]string{"Host": "evil.example"}, 421},
		"another host, read":   {"GET", "/", "", map[string]string{"Host": "evil.example:" + port}, 421},
		"nearly an address":    {"GET", "/", "", map[string]string{"Host": "127.0.0.1.evil.example"}, 421},
		"another page's":       {"POST", "/", pause, map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		"a neighbour's page's": {"POST", "/", pause, map[string]string{"Origin": "http://127.0.0.1:1"}, 403},
		"localhost":            {"GET", "/", "", map[string]string{"Host": "localhost:" + port}, 200},
		"a name that is named": {"GET", "/", "", map[string]string{"Host": "Jobs.Example"}, 200},
		"style":                {"GET", "/page.css", "", nil, 200},
		"script":               {"GET", "/page.js", "", nil, 200},
		"another file":         {"GET", "/page.html", "", nil, 404},
		"a path upwards":       {"GET", "/../door.go", "", nil, 404},
	} {
		got := o.get(tt.method, addr, tt.path, tt.body, tt.header)
		if got.status != tt.status {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		if policy := got.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") ||
			!strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: the policy is %q", name, policy)
		}
		for _, opens := range []string{"Access-Control-Allow-Origin", "Set-Cookie"} {
			if value := got.header.Get(opens); value != "" {
				t.Errorf("%s: %s is %q", name, opens, value)
			}
		}
	}
	if out := o.must("list"); strings.Contains(out, "paused") {
		t.Error(out)
	}
}

// What is in the jobs' znodes does not become a part of the page, and of many rows some are shown.
func TestPageIsBoundedAndEscaped(t *testing.T) {
	o := newOffice(t)
	addr := o.show(jobs.Page{Token: token})
	var many strings.Builder
	for n := range 230 {
		many.WriteString(job(fmt.Sprintf("many-%03d", n), command("/bin/true"), ""))
	}
	if err := jobs.Operate(t.Context(), o.cfg, strings.NewReader(many.String()), io.Discard, "add", "-"); err != nil {
		t.Fatal(err)
	}
	o.client(func(_ host.Process, c *client.Client) {
		for n := range 25 {
			path := fmt.Sprintf("%s/jobs/0000/<script>alert(%d)", o.cfg.Path, n)
			if _, _, err := c.Create(path, []byte("<img src=x>"), 0); err != nil {
				t.Error(err)
			}
		}
	}, true)
	var body string
	o.await(func() bool {
		body = o.get("GET", addr, "/", "", nil).body
		return strings.Contains(body, "200 of 230") && strings.Contains(body, "and 5 more")
	})
	if rows := strings.Count(body, "hold-many-"); rows != 200 {
		t.Errorf("%d jobs are shown", rows)
	}
	if !strings.Contains(body, "&lt;script&gt;alert(0)") || strings.Count(body, "<script") != 1 {
		t.Error(body)
	}
}

// A page that can't be served says so, and one that can't be up to date shows what it knows.
func TestPageWithoutServers(t *testing.T) {
	o := newOffice(t)
	for _, tt := range []struct {
		page   jobs.Page
		change func(*jobs.Config)
		want   string
	}{
		{jobs.Page{Listen: "here"}, nil, "HOST:PORT"}, {jobs.Page{Listen: "127.0.0.1:"}, nil, "HOST:PORT"},
		{jobs.Page{Listen: ":0", Token: "short"}, nil, "at least 16"},
		{jobs.Page{Listen: ":0", Names: []string{"a:1"}}, nil, "no name of a host"},
		{jobs.Page{Listen: ":0"}, func(c *jobs.Config) { c.Path = "/" }, "no path"},
	} {
		cfg := o.cfg
		if tt.change != nil {
			tt.change(&cfg)
		}
		err := jobs.Show(t.Context(), cfg, tt.page, func(string, string) { t.Error("it is served") })
		if _, usage := err.(jobs.UsageError); !usage || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v, where %q belongs", err, tt.want)
		}
	}
	// A door to servers that take connections and say nothing.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = bufio.NewReader(c).WriteTo(io.Discard); c.Close() }()
		}
	}()
	silent := *o
	silent.cfg.Servers, silent.cfg.SessionTimeout = []string{l.Addr().String()}, time.Second
	addr := silent.show(jobs.Page{Token: token})
	if got := silent.get("GET", addr, "/", "", nil); got.status != 200 || !strings.Contains(got.body, "Not up to date") {
		t.Errorf("%d %s", got.status, got.body)
	}
}
