package campaign

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"

	"ordeal/reports"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// A worker process reads requests from its standard input, one JSON object a line, and answers each with one line on
// its standard output. Whatever it dies of, it takes nothing else with it: a seed that panics, hangs or eats the memory
// is a finding with its line.

// ExitMemory is the code with which a worker process ends itself when it has used too much memory.
const ExitMemory = 86

// response is a worker's answer.
type response struct {
	Summary play.Summary `json:"summary"`
	// Error is the tool's own failure: the trial could not be played.
	Error string `json:"error,omitempty"`
}

// ServeWorker is the life of a worker process: it plays trials of a service as they are asked for, until in ends.
// writer gives the folder that a trial's files go to.
func ServeWorker(s *trial.Service, in io.Reader, out io.Writer, writer func(dir string) reports.Folder) error {
	giveBackProgram()
	requests := bufio.NewScanner(in)
	requests.Buffer(nil, 64<<20)
	answers := json.NewEncoder(out)
	for requests.Scan() {
		var r Request
		if err := json.Unmarshal(requests.Bytes(), &r); err != nil {
			return fmt.Errorf("worker: %w", err)
		}
		r.watched = true
		var a response
		var err error
		if a.Summary, err = playRequest(s, r, writer); err != nil {
			a.Error = err.Error()
		}
		if err := answers.Encode(a); err != nil {
			return fmt.Errorf("worker: %w", err)
		}
	}
	return requests.Err()
}

func playRequest(service *trial.Service, r Request, writer func(dir string) reports.Folder) (play.Summary, error) {
	service, err := r.withScenarios(service)
	if err != nil {
		return play.Summary{}, err
	}
	t, err := service.Parse(r.Line)
	if err != nil {
		return play.Summary{}, err
	}
	if r.watched {
		defer watchHang(r.hangAfter(t), service.Busy)()
	}
	before := cpuTime()
	result, err := play.Run(t, play.Ask{Mode: r.Mode, Kind: r.Kind})
	if err != nil {
		return play.Summary{}, err
	}
	s := result.Summary
	s.CPUMs = (cpuTime() - before).Milliseconds()
	if r.Full {
		full := result.Report.Result()
		s.Result = &full
	}
	if r.Explicit && s.Outcome == play.Invalid {
		s.Explicit = result.Explicit()
	}
	if r.Dir != "" {
		write := result.Write
		if r.Page {
			write = result.WriteTimeline
		}
		if err := write(writer(r.Dir)); err != nil {
			s.Unwritten = err.Error()
			return s, nil
		}
		s.Dir = r.Dir
	}
	return s, nil
}

// withScenarios is the service with the scenarios that a request brings.
func (r Request) withScenarios(s *trial.Service) (*trial.Service, error) {
	if r.Scenarios == nil {
		return s, nil
	}
	return s.WithScenarios(r.Scenarios.Name, []byte(r.Scenarios.Text))
}

// InProcess is a Worker that plays trials in this process. A panic of the tool itself ends the process.
func InProcess(s *trial.Service, writer func(dir string) reports.Folder) Worker {
	return inProcess{s, writer}
}

type inProcess struct {
	service *trial.Service
	writer  func(dir string) reports.Folder
}

var oneWorld sync.Mutex // crypto/rand and the failpoints are the process's own: one trial at a time

func (w inProcess) Run(_ context.Context, r Request) (play.Summary, error) {
	oneWorld.Lock()
	defer oneWorld.Unlock()
	return playRequest(w.service, r, w.writer)
}

func (inProcess) Close() {}

// process is a Worker in a process of its own.
type process struct {
	service *trial.Service
	words   []string // the program and its arguments
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers *bufio.Reader
	stderr  *tail
}

// StartWorker starts a worker process for the trials of a service: a program that calls ServeWorker, and its arguments.
func StartWorker(s *trial.Service, program string, args ...string) (Worker, error) {
	p := &process{service: s, words: append([]string{program}, args...)}
	if err := p.start(); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *process) start() error {
	p.cmd, p.stderr = exec.Command(p.words[0], p.words[1:]...), &tail{}
	p.cmd.Stderr = p.stderr
	detach(p.cmd)
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	p.in, p.answers = in, bufio.NewReaderSize(out, 1<<20)
	return nil
}

// killsMax is how often in a row a trial's worker may be killed from outside. It shows nothing of the service, and the
// trial is played again; but who ends each of them does not want it played, or there is too little memory for it.
const killsMax = 3

func (p *process) Run(ctx context.Context, r Request) (s play.Summary, err error) {
	for kills := 1; ; kills++ {
		s, err = p.run(ctx, r)
		if !errors.Is(err, errKilled) {
			return s, err
		}
		if kills == killsMax {
			return s, fmt.Errorf("the worker was killed %d times, by someone or for want of memory, over the trial %s", kills,
				r.Line)
		}
		if err := p.start(); err != nil {
			return s, err
		}
	}
}

// errKilled is that a worker was killed from outside.
var errKilled = errors.New("the worker was killed")

func (p *process) run(ctx context.Context, r Request) (play.Summary, error) {
	t, err := p.service.Parse(r.Line)
	if err != nil {
		return play.Summary{}, err
	}
	limit := lostFactor * r.hangAfter(t)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	// A worker that is killed closes its output, and so ends the read below.
	stop := context.AfterFunc(ctx, func() { _ = p.cmd.Process.Kill() })
	defer stop()
	b, err := json.Marshal(r)
	if err != nil {
		return play.Summary{}, fmt.Errorf("worker: %w", err)
	}
	if _, err := p.in.Write(append(b, '\n')); err != nil {
		return play.Summary{}, p.died(ctx, limit)
	}
	line, err := p.answers.ReadBytes('\n')
	if err != nil {
		return play.Summary{}, p.died(ctx, limit)
	}
	var a response
	if err := json.Unmarshal(line, &a); err != nil {
		return play.Summary{}, fmt.Errorf("worker: %w", err)
	}
	if a.Error != "" {
		return play.Summary{}, errors.New(a.Error)
	}
	return a.Summary, nil
}

// died says what a worker that gave no answer died of.
func (p *process) died(ctx context.Context, limit time.Duration) error {
	_ = p.in.Close()
	_ = p.cmd.Wait()
	code := p.cmd.ProcessState.ExitCode()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &Finding{Kind: FindingHang, Detail: fmt.Sprintf("no end after %v of real time", limit)}
	case ctx.Err() != nil:
		return fmt.Errorf("the trial was ended before it was over: %w", ctx.Err())
	case killed(p.cmd.ProcessState):
		return errKilled
	case code == exitHang:
		return &Finding{Kind: FindingHang, Detail: strings.TrimSpace(p.stderr.String())}
	case code == ExitMemory:
		return &Finding{Kind: FindingMemory, Detail: strings.TrimSpace(p.stderr.String())}
	default:
		return &Finding{Kind: FindingPanic, Detail: fmt.Sprintf("the worker ended with %v\n%s", p.cmd.ProcessState, p.stderr)}
	}
}

// Close ends the process, at once if need be.
func (p *process) Close() {
	if p.cmd.Process == nil {
		return // it could not be started again
	}
	_ = p.in.Close()
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// tail keeps the first and the last of what was written: a panic's message is at the beginning.
type tail struct{ head, rest []byte }

const tailBytes = 16 << 10

func (t *tail) Write(b []byte) (int, error) {
	n := len(b)
	take := min(len(b), tailBytes-len(t.head))
	t.head = append(t.head, b[:take]...)
	t.rest = append(t.rest, b[take:]...)
	if over := len(t.rest) - tailBytes; over > 0 {
		t.rest = t.rest[over:]
	}
	return n, nil
}

func (t *tail) String() string { return string(t.head) + string(t.rest) }
