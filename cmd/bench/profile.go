package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"ordeal/testbed/trial"
)

// parts are what the time is counted by: the innermost function of a stack that belongs to one of them decides. The
// first prefix that fits counts.
var parts = []struct{ prefix, name string }{
	{"ordeal/sim.", "sim: queue, network, disks, clocks, trace hash"},
	{"ordeal/cluster/raftwire.", "raftwire, protobuf"},
	{"go.etcd.io/raft/v3/raftpb.", "raftwire, protobuf"},
	{"google.golang.org/protobuf/", "raftwire, protobuf"},
	{"go.etcd.io/raft/v3", "raft"},
	{"ordeal/cluster/wal.", "wal"},
	{"ordeal/cluster/tree.", "tree"},
	{"ordeal/cluster/wire.", "wire"},
	{"ordeal/cluster/client.", "client, recipes, workloads"},
	{"ordeal/cluster/recipes.", "client, recipes, workloads"},
	{"ordeal/workloads.", "client, recipes, workloads"},
	{"ordeal/cluster.", "cluster: the node"},
	{"ordeal/history.", "history"},
	{"ordeal/checker.", "checker"},
	{"ordeal/model.", "model"},
	{"github.com/anishathalye/porcupine.", "checker"},
	{"ordeal/nemesis.", "nemesis"},
	{"ordeal/reports.", "reports"},
	{"ordeal.", "ordeal: invariants, what binds the parts"},
}

// noPart is for stacks without any: the garbage collector, and the scheduler.
const noPart = "runtime: collector and scheduler in the background"

// share is the CPU time of a part, and how much of it allocated memory (or helped the collector meanwhile).
type share struct {
	part       string
	cpu, alloc time.Duration
}

// profile plays trials once more, with the profiler on, and says where the time went.
func (f speedFlags) profile(ctx context.Context, temp string) ([]share, error) {
	file := f.keep
	if file == "" {
		file = filepath.Join(temp, "cpu.pprof")
	}
	b := build{program: f.program, args: []string{"--profile", file}}
	if _, err := b.play(ctx, mixedTrials(f.trials*f.rounds, trial.DefaultRate)); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "go", "tool", "pprof", "-traces", f.program, file)
	var said bytes.Buffer
	cmd.Stderr = &said
	traces, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go tool pprof: %w: %s", err, firstLine(said.String()))
	}
	return sharesOf(bytes.NewReader(traces))
}

// sharesOf sums the stacks that `go tool pprof -traces` lists up by part, the largest first. A stack is a block of
// lines, the innermost function first, and that line begins with its time.
func sharesOf(traces io.Reader) ([]share, error) {
	sums := map[string]*share{}
	var stack []string
	var cpu time.Duration
	count := func() {
		part, alloc := partOf(stack)
		if sums[part] == nil {
			sums[part] = &share{part: part}
		}
		sums[part].cpu += cpu
		if alloc {
			sums[part].alloc += cpu
		}
		stack, cpu = nil, 0
	}
	lines := bufio.NewScanner(traces)
	lines.Buffer(nil, 1<<20) // a generic function's name may be long
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "-----") {
			count()
			continue
		}
		words := strings.Fields(lines.Text())
		if len(words) > 1 && len(stack) == 0 {
			if d, err := time.ParseDuration(words[0]); err == nil {
				cpu, words = d, words[1:]
			}
		}
		if cpu > 0 && len(words) > 0 {
			stack = append(stack, words[0])
		}
	}
	count()
	var shares []share
	for _, s := range sums {
		if s.cpu > 0 {
			shares = append(shares, *s)
		}
	}
	slices.SortFunc(shares, func(a, b share) int {
		if a.cpu != b.cpu {
			return int(b.cpu - a.cpu)
		}
		return strings.Compare(a.part, b.part)
	})
	return shares, lines.Err()
}

// partOf is the part that a stack belongs to, and whether it allocates.
func partOf(stack []string) (part string, alloc bool) {
	for _, function := range stack {
		for _, p := range parts {
			if strings.HasPrefix(function, p.prefix) {
				return p.name, alloc
			}
		}
		alloc = alloc || function == "runtime.mallocgc"
	}
	return noPart, false
}

func printShares(out io.Writer, shares []share) error {
	var all time.Duration
	for _, s := range shares {
		all += s.cpu
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nwhere the time goes\tshare\tof it allocating")
	for _, s := range shares {
		fmt.Fprintf(w, "%s\t%.1f %%\t%.1f %%\n", s.part, percent(s.cpu, all), percent(s.alloc, all))
	}
	return w.Flush()
}

func percent(part, whole time.Duration) float64 { return 100 * float64(part) / float64(max(whole, 1)) }
