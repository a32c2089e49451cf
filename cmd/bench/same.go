package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// variant is another way to play the same trials: in another environment, or by a program that was built differently.
type variant struct {
	name   string
	trials int
	env    []string
	// buildEnv and buildArgs make a program of its own. If that can't be made here, the variant is skipped.
	buildEnv, buildArgs []string
}

func (v variant) builds() bool { return len(v.buildEnv)+len(v.buildArgs) > 0 }

func (f speedFlags) variants() []variant {
	return []variant{
		{name: "again", trials: f.same},
		{name: "GOMAXPROCS=1", trials: f.same, env: []string{"GOMAXPROCS=1"}},
		{name: "GOGC=20", trials: f.same, env: []string{"GOGC=20"}},
		{name: "GOAMD64=v3", trials: f.same, buildEnv: []string{"GOAMD64=v3"}},
		{name: "-race", trials: f.races, buildEnv: []string{"CGO_ENABLED=1"}, buildArgs: []string{"-race"}},
	}
}

// sameness plays trials in every variant and compares with how they came out first.
func (f speedFlags) sameness(ctx context.Context, temp string) ([]figure, error) {
	lines := mixedTrials(f.same, 100)
	first, err := build{program: f.program}.play(ctx, lines)
	if err != nil {
		return nil, err
	}
	var figures []figure
	for i, v := range f.variants() {
		fig := figure{name: fmt.Sprintf("%d trials, %s: the same hashes", v.trials, v.name), target: "all"}
		program := f.program
		if v.builds() {
			program = filepath.Join(temp, fmt.Sprintf("ordeal-%d", i))
			if why := v.build(ctx, program); why != "" {
				fig.measured, fig.verdict = why, skipped
				figures = append(figures, fig)
				continue
			}
		}
		other, err := build{program: program, env: v.env}.play(ctx, lines[:v.trials])
		if err != nil {
			return nil, err
		}
		different, example := other.differences(first)
		fig.measured, fig.verdict = fmt.Sprintf("%d", v.trials-different), judged(different == 0)
		if different > 0 {
			fig.measured += ", not " + example
		}
		figures = append(figures, fig)
	}
	return figures, nil
}

// build makes the variant's program as `make build` does. It says why if it can't be had here: another kind of machine,
// no C compiler, a processor that is too old.
func (v variant) build(ctx context.Context, program string) (why string) {
	if v.name == "GOAMD64=v3" && runtime.GOARCH != "amd64" {
		return "only on amd64"
	}
	args := append([]string{"run", "./cmd/failpoint-build"}, v.buildArgs...)
	cmd := exec.CommandContext(ctx, "go", append(args, "-o", program, "./cmd/ordeal")...)
	// The environment goes to the program that is built; the one that builds must run here either way.
	cmd.Env = append(os.Environ(), v.buildEnv...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return "it can't be built: " + firstLine(said.String())
	}
	if out, err := exec.CommandContext(ctx, program, "--help").CombinedOutput(); err != nil {
		return "it does not run: " + firstLine(string(out))
	}
	return ""
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
