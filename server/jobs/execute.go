package jobs

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"ordeal/cluster/recipes/schedule"
)

const (
	// outputMax is how many bytes are kept of what an execution says: the last ones.
	outputMax = 4096
	// outputRead is how much of an HTTP answer is read.
	outputRead = 1 << 20
	// killWait is how long a program has to go whose time is up, and its descendants to close its output.
	killWait = 2 * time.Second
)

// tail keeps the end of what is written.
type tail struct{ kept []byte }

func (t *tail) Write(b []byte) (int, error) {
	n := len(b)
	if len(b) > outputMax {
		b = b[len(b)-outputMax:]
	}
	t.kept = append(t.kept, b...)
	if over := len(t.kept) - outputMax; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return n, nil
}

func (t *tail) String() string { return strings.ToValidUTF8(string(t.kept), "?") }

// execute carries out work, and says whether it went well and what it said.
func (c Config) execute(ctx context.Context, r schedule.Run) (well bool, note string) {
	w, err := parseWork(r.Work)
	if err == nil {
		err = c.allowed(w)
	}
	if err != nil {
		return false, err.Error()
	}
	timeout := r.Timeout
	if timeout == 0 && w.HTTP != nil {
		timeout = c.CallTimeout
	}
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	if w.HTTP != nil {
		return c.call(ctx, *w.HTTP, r)
	}
	return c.command(ctx, w.Command, r)
}

// about is what an execution is told of itself: its firing, by which what it does can be made to count once, and the
// fence, behind a greater one of which a resource is to refuse it.
func about(r schedule.Run) [][2]string {
	return [][2]string{{"JOB", r.Job}, {"FIRING", fmt.Sprintf("%s.%d.%d.%d", r.Job, r.Generation, r.Instant, r.Number)},
		{"ATTEMPT", fmt.Sprint(r.Attempt)}, {"FENCE", fmt.Sprint(r.Fence)}}
}

func (c Config) command(ctx context.Context, line []string, r schedule.Run) (well bool, note string) {
	said := &tail{}
	cmd := exec.CommandContext(ctx, line[0], line[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = c.Folder, said, said, killWait
	cmd.Env = os.Environ()
	for _, one := range about(r) {
		cmd.Env = append(cmd.Env, "ORDEAL_"+one[0]+"="+one[1])
	}
	together(cmd)
	if err := cmd.Run(); err != nil {
		return false, strings.TrimSpace(said.String()) + "\n" + err.Error()
	}
	return true, said.String()
}

func (c Config) call(ctx context.Context, call Call, r schedule.Run) (well bool, note string) {
	method := call.Method
	if method == "" {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(ctx, method, call.URL, strings.NewReader(call.Body))
	if err != nil {
		return false, err.Error()
	}
	for name, value := range call.Header {
		req.Header.Set(name, value)
	}
	for _, one := range about(r) {
		req.Header.Set("Ordeal-"+one[0], one[1])
	}
	// No proxy: the environment may name one, and then that would be the host.
	transport := &http.Transport{DisableKeepAlives: true}
	client := http.Client{Transport: transport, CheckRedirect: func(to *http.Request, _ []*http.Request) error {
		return c.allowedHost(to.URL)
	}}
	answer, err := client.Do(req)
	if err != nil {
		return false, err.Error()
	}
	defer answer.Body.Close()
	said := &tail{}
	if _, err := io.Copy(said, io.LimitReader(answer.Body, outputRead)); err != nil {
		return false, err.Error()
	}
	return answer.StatusCode/100 == 2, strings.TrimSpace(answer.Status + "\n" + said.String())
}
