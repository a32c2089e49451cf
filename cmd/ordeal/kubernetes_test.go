package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"ordeal/testbed/coordination"
)

// job is as much of a Job's manifest as these tests go by. What Kubernetes itself makes of all of it
// acceptance/kubernetes asks.
type job struct {
	Kind     string
	Metadata struct {
		Name         string
		GenerateName string `yaml:"generateName"`
	}
	Spec struct {
		CompletionMode       string `yaml:"completionMode"`
		Completions          int
		Parallelism          int
		BackoffLimit         *int `yaml:"backoffLimit"`
		BackoffLimitPerIndex *int `yaml:"backoffLimitPerIndex"`
		MaxFailedIndexes     *int `yaml:"maxFailedIndexes"`
		PodFailurePolicy     struct {
			Rules []struct {
				Action          string
				OnExitCodes     *exitCodes              `yaml:"onExitCodes"`
				OnPodConditions []struct{ Type string } `yaml:"onPodConditions"`
			}
		} `yaml:"podFailurePolicy"`
		Template struct{ Spec podSpec }
	}
}

type exitCodes struct {
	ContainerName string `yaml:"containerName"`
	Operator      string
	Values        []int
}

type podSpec struct {
	RestartPolicy string `yaml:"restartPolicy"`
	Containers    []struct {
		Name, Image string
		Args        []string
		Env         []struct{ Name, Value string }
		EnvFrom     []struct {
			SecretRef struct{ Name string } `yaml:"secretRef"`
		} `yaml:"envFrom"`
	}
	Volumes []struct {
		PersistentVolumeClaim struct {
			ClaimName string `yaml:"claimName"`
		} `yaml:"persistentVolumeClaim"`
	}
}

// documents reads the documents of a manifest.
func documents(t *testing.T, name string) (all []job) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, "deploy", "kubernetes", name))
	if err != nil {
		t.Fatal(err)
	}
	for d := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var j job
		switch err := d.Decode(&j); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, j)
	}
}

// manifests are the claim and the Job of a campaign, and the Job that merges.
func manifests(t *testing.T) (claim, run, merge job) {
	t.Helper()
	all := append(documents(t, "campaign.yaml"), documents(t, "merge.yaml")...)
	if len(all) != 3 || all[0].Kind != "PersistentVolumeClaim" || all[1].Kind != "Job" || all[2].Kind != "Job" {
		t.Fatalf("the manifests are %+v", all)
	}
	return all[0], all[1], all[2]
}

// command are the arguments and the environment of a pod's container, as a kubelet makes them with more variables, and
// the folder in place of its volume.
func (j job) command(results string, more map[string]string) (args, env []string) {
	c := j.Spec.Template.Spec.Containers[0]
	variables := make(map[string]string)
	maps.Copy(variables, more)
	for _, v := range c.Env {
		if v.Value != "" {
			variables[v.Name] = v.Value
		}
	}
	for _, arg := range c.Args {
		arg = regexp.MustCompile(`\$\((\w+)\)`).ReplaceAllStringFunc(arg, func(name string) string {
			if value, ok := variables[name[2:len(name)-1]]; ok {
				return value
			}
			return name
		})
		args = append(args, strings.Replace(arg, "/results", filepath.ToSlash(results), 1))
	}
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		env = append(env, name+"="+variables[name])
	}
	return args, env
}

// TestManifestsBelongTogether: what one of the manifests says twice, or each of them once, is the same.
func TestManifestsBelongTogether(t *testing.T) {
	claim, run, merge := manifests(t)
	n := run.Spec.Completions
	if run.Spec.CompletionMode != "Indexed" || n < 2 || run.Spec.Parallelism != n {
		t.Errorf("it is %s, %d in parallel of %d", run.Spec.CompletionMode, run.Spec.Parallelism, n)
	}
	if longest := fmt.Sprintf("%s-%d-xxxxx", run.Metadata.Name, n-1); len(longest) > 63 {
		t.Errorf("%s is no name of a pod's host", longest)
	}
	if merge.Spec.BackoffLimit == nil || *merge.Spec.BackoffLimit != 0 {
		t.Error("a merge that finds something is tried again")
	}
	for _, j := range []job{run, merge} {
		pod := j.Spec.Template.Spec
		if pod.RestartPolicy != "Never" || len(pod.Containers) != 1 || pod.Containers[0].Name != "ordeal" ||
			pod.Containers[0].Image != run.Spec.Template.Spec.Containers[0].Image ||
			pod.Volumes[0].PersistentVolumeClaim.ClaimName != claim.Metadata.Name {
			t.Errorf("%s: %+v", j.Metadata.Name, pod)
		}
		args, _ := j.command("/results", nil)
		understood(t, args)
	}
	args, _ := merge.command("/results", nil)
	for i := range n {
		mine, env := run.command("/results", map[string]string{"JOB_COMPLETION_INDEX": fmt.Sprint(i)})
		out := strings.TrimPrefix(mine[len(mine)-1], "--out=")
		if !slices.Contains(env, fmt.Sprint("JOB_COMPLETIONS=", n)) || !slices.Contains(args, out) {
			t.Errorf("index %d writes to %s with %q, and what is merged is %q", i, out, env, args)
		}
	}
	if folders := len(args) - 5; folders != n {
		t.Errorf("%d folders are merged: %q", folders, args)
	}
}

// TestShardsInIndexedJob plays the Job with processes in place of pods: of some the tool fails, as for want of memory.
// What is then merged is, byte for byte, what one process says.
func TestShardsInIndexedJob(t *testing.T) {
	_, run, merge := manifests(t)
	// A bug that is planted from outside is a bug that the program knows nothing of.
	bug := "GO_FAILPOINTS=ordeal/cluster/bugRefusedVoteCounts=return(true)"
	smaller := []string{"--seeds=1-8", "--length=3s", "--nodes=3", "--canary=none", "--jobs=1"}
	results, alone := t.TempDir(), t.TempDir()
	done := run.control(func(index, try int) int {
		args, env := run.command(results, map[string]string{"JOB_COMPLETION_INDEX": fmt.Sprint(index)})
		c := ordealCommand(t, append(args, smaller...)...)
		c.Env = append(append(c.Env, bug), env...)
		if index == 3 && try < 2 {
			if err := c.Start(); err != nil {
				t.Error(err)
			}
			_ = c.Process.Kill()
			_ = c.Wait()
			return 137
		}
		out, _ := c.CombinedOutput()
		if code := c.ProcessState.ExitCode(); code != exitValid && code != exitInvalid {
			t.Errorf("index %d: %d\n%s", index, code, out)
		}
		return c.ProcessState.ExitCode()
	})
	for index, codes := range done.codes {
		if want := map[bool]int{true: 3, false: 1}[index == 3]; len(codes) != want {
			t.Errorf("index %d had the exit codes %d", index, codes)
		}
	}
	args, _ := run.command(alone, map[string]string{"JOB_COMPLETION_INDEX": "0"})
	c := ordealCommand(t, append(slices.DeleteFunc(args, func(a string) bool { return a == "--shard=auto" }),
		smaller...)...)
	c.Env = append(c.Env, bug)
	one := outcome(t, c)
	args, _ = merge.command(results, nil)
	all := ordealIn(t, results, args...)
	if all.code != one.code || coordination.Service().Marked && (all.code != exitInvalid || len(done.failed) == 0) {
		t.Errorf("%v\none: %+v\nmerged: %+v", done, one, all)
	}
	want, err := os.ReadFile(filepath.Join(alone, "shard-0", "summary.json"))
	got, err2 := os.ReadFile(filepath.Join(results, "all", "summary.json"))
	want = bytes.ReplaceAll(want, []byte(filepath.ToSlash(alone)), []byte(filepath.ToSlash(results)))
	if err != nil || err2 != nil || !bytes.Equal(got, want) {
		t.Errorf("%v %v\n%s\nand merged\n%s", err, err2, want, got)
	}
}
