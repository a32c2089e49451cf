package machines

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"ordeal/cmd/bench/usage"
	"ordeal/testbed/campaign"
	"ordeal/testbed/kept"
	"ordeal/testbed/shards"
)

// mergeFlags are those of `bench merge`.
type mergeFlags struct {
	program        string
	shards, trials int
	findings       int
	length         time.Duration
}

// What it may take to put 1,000 shards with 1,000,000 trials together.
const (
	mergeTimeMax = 10 * time.Second
	mergeMBMax   = 500
)

// MergeCommand is `bench merge`.
func MergeCommand() *cobra.Command {
	var f mergeFlags
	c := &cobra.Command{
		Use:   "merge",
		Short: "has bin/ordeal put 1,000 shards of 1,000 trials together",
		Long: `merge plays one shard of a campaign, and numbers copies of it as the other shards. Each is given so many
findings: a planted bug's, which is found first. Then it has the program put all of them together, with each kind of
report, and says what that took.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.shards < 1 || f.trials < 1 || f.findings < 0 || f.findings > min(f.trials, campaign.FindingsMax) {
				return fmt.Errorf("shards and trials are at least one, and findings at most %d", campaign.FindingsMax)
			}
			dir, err := os.MkdirTemp("", "merge-")
			if err != nil {
				return err
			}
			defer os.RemoveAll(dir)
			size, err := f.write(cmd.Context(), dir)
			if err != nil {
				return err
			}
			took, p, err := f.merge(cmd.Context(), dir)
			if err != nil {
				return err
			}
			mb := usage.Peak(p) >> 20
			fmt.Fprintf(cmd.OutOrStdout(), "%d shards of %d trials and %d findings each, %d MB: %.1f s (wanted: %v), %.1f s of "+
				"CPU time, %d MB of memory (wanted: %d)\n", f.shards, f.trials, f.findings, size>>20, took.Seconds(),
				mergeTimeMax, (p.UserTime() + p.SystemTime()).Seconds(), mb, mergeMBMax)
			if took > mergeTimeMax || mb > mergeMBMax {
				return errors.New("it took more than it is to take")
			}
			return nil
		},
	}
	c.Flags().StringVar(&f.program, "program", "bin/ordeal", "what puts them together, as `make build` makes it")
	c.Flags().IntVar(&f.shards, "shards", 1000, "how many there are")
	c.Flags().IntVar(&f.trials, "trials", 1000, "of each shard")
	c.Flags().IntVar(&f.findings, "findings", campaign.FindingsMax, "of each shard")
	c.Flags().DurationVar(&f.length, "length", 2*time.Second, "virtual time of the trials of the shard that is played")
	return c
}

// write writes the folders of shards, by number, and says how many bytes they are in all.
func (f mergeFlags) write(ctx context.Context, dir string) (size int, err error) {
	one, err := f.shard(ctx, filepath.Join(dir, "one"), "--seeds", fmt.Sprintf("1-%d", f.shards*f.trials), "--shard",
		fmt.Sprintf("1/%d", f.shards), "--length", f.length.String())
	if err != nil {
		return 0, err
	}
	if f.findings > 0 {
		bad, err := f.shard(ctx, filepath.Join(dir, "bad"), "--seeds", "1-200", "--shard", "1/1", "--bug",
			"bugAckBeforeSync")
		if err != nil {
			return 0, err
		}
		if len(bad.Report.Findings) == 0 {
			return 0, errors.New("the planted bug was not found")
		}
		for range f.findings {
			one.Report.Findings = append(one.Report.Findings, bad.Report.Findings[0])
			one.Report.Kept = append(one.Report.Kept, bad.Report.Findings[0].Summary)
		}
		t := &one.Report.Tally
		t.Findings, t.Invalid, t.Valid = f.findings, t.Invalid+f.findings, t.Valid-f.findings
	}
	for i := 1; i <= f.shards; i++ {
		one.Index = i
		folder := filepath.Join(dir, "all", fmt.Sprint(i))
		if err := errors.Join(os.MkdirAll(folder, 0o755), one.Write(kept.Folder(folder))); err != nil {
			return 0, err
		}
	}
	info, err := os.Stat(filepath.Join(dir, "all", "1", shards.FileName))
	if err != nil {
		return 0, err
	}
	return int(info.Size()) * f.shards, nil
}

// shard is what a shard of a campaign hands on that the program plays.
func (f mergeFlags) shard(ctx context.Context, out string, args ...string) (r shards.Result, err error) {
	c := exec.CommandContext(ctx, f.program, append([]string{"run", "--require", "none", "--out", out}, args...)...)
	text, bad := c.CombinedOutput()
	file, err := os.ReadFile(filepath.Join(out, shards.FileName))
	if err == nil {
		err = json.Unmarshal(file, &r)
	}
	if err != nil { // with a finding the program ends with 1
		return r, fmt.Errorf("%v: %w, %w\n%s", c.Args, bad, err, text)
	}
	return r, nil
}

// merge has them put together, and says how long that took.
func (f mergeFlags) merge(ctx context.Context, dir string) (time.Duration, *os.ProcessState, error) {
	args := []string{"merge", "--out", filepath.Join(dir, "out"), "--junit", filepath.Join(dir, "junit.xml"),
		"--sarif", filepath.Join(dir, "sarif.json"), "--summary", filepath.Join(dir, "summary.md")}
	for i := 1; i <= f.shards; i++ {
		args = append(args, filepath.Join(dir, "all", fmt.Sprint(i)))
	}
	c := exec.CommandContext(ctx, f.program, args...)
	begun := time.Now()
	text, err := c.CombinedOutput()
	took := time.Since(begun)
	want := map[bool]int{true: 1}[f.findings > 0]
	if c.ProcessState == nil || c.ProcessState.ExitCode() != want {
		return 0, nil, fmt.Errorf("merge: %w\n%s", err, text[:min(len(text), 2000)])
	}
	return took, c.ProcessState, nil
}
