package kubernetes

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// over creates a Job and waits until it is complete or failed; reason is the reason of the condition that says so.
func (c *cluster) over(t *testing.T, namespace string, j batch.Job) (status batch.JobStatus, reason string) {
	t.Helper()
	jobs := c.client.BatchV1().Jobs(namespace)
	made, err := jobs.Create(t.Context(), &j, strict)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		got, err := jobs.Get(t.Context(), made.Name, meta.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		status = got.Status
		for _, is := range status.Conditions {
			if (is.Type == batch.JobComplete || is.Type == batch.JobFailed) && is.Status == core.ConditionTrue {
				return status, is.Reason
			}
		}
	}
	t.Fatalf("the Job is not over: %+v", status)
	return status, ""
}

// failed is the set of a Job's indexes that are given up.
func failed(status batch.JobStatus) string {
	if status.FailedIndexes == nil {
		return ""
	}
	return *status.FailedIndexes
}

// TestWhatTheJobRetries has the controller of Jobs do what retries.json says of the manifest.
func TestWhatTheJobRetries(t *testing.T) {
	c := running(t)
	text, err := os.ReadFile(filepath.Join(deploy, "testdata", "retries.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Codes          map[int][]int
		Tries          map[int]int
		Failed, Reason string
	}
	if err := json.Unmarshal(text, &cases); err != nil || len(cases) < 10 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	_, run, _ := manifests(t)
	for _, of := range cases {
		name, err := json.Marshal(of.Codes)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(string(name), func(t *testing.T) {
			namespace := c.namespace(t)
			var mu sync.Mutex
			tries := make(map[int]int)
			c.kubelet(t, namespace, func(pod *core.Pod) int {
				mu.Lock()
				defer mu.Unlock()
				index := indexOf(pod)
				tries[index]++
				codes := append(slices.Clone(of.Codes[index]), 0)
				return codes[min(tries[index]-1, max(len(of.Codes[index])-1, 0))]
			})
			status, reason := c.over(t, namespace, run)
			mu.Lock()
			defer mu.Unlock()
			t.Logf("%s; failed %q, complete %q, pods by index %v", reason, failed(status), status.CompletedIndexes, tries)
			if reason != of.Reason || failed(status) != of.Failed {
				t.Errorf("it is over for %s, and %q failed; not for %s and %q", reason, failed(status), of.Reason, of.Failed)
			}
			for index := range int(*run.Spec.Completions) {
				// Of a Job that is stopped some indexes may have had no pod.
				if want := max(1, of.Tries[index]); tries[index] != want && (len(of.Codes[index]) > 0 || len(of.Failed) < 5) &&
					reason != "PodFailurePolicy" {
					t.Errorf("index %d had %d pods, and not %d", index, tries[index], want)
				}
			}
		})
	}
}

// TestACampaign plays the campaign and merges it with the program that ORDEAL names in the container's place. A pod
// runs out of memory; and a bug is planted, so that there are findings.
func TestACampaign(t *testing.T) {
	program := os.Getenv("ORDEAL")
	if program == "" {
		t.Fatal("ORDEAL must name the program, built with its planted bugs: make test-kubernetes does")
	}
	c := running(t)
	_, run, merge := manifests(t)
	smaller := []string{"--seeds=1-8", "--length=3s", "--nodes=3", "--jobs=1"}
	start := func(dir string, args, env []string) *exec.Cmd {
		for i := range args {
			args[i] = strings.Replace(args[i], "/results", filepath.ToSlash(dir), 1)
		}
		p := exec.CommandContext(t.Context(), program, args...)
		p.Env = append(append(slices.Clone(os.Environ()), env...),
			"GO_FAILPOINTS=ordeal/cluster/bugRefusedVoteCounts=return(true)")
		return p
	}
	results, alone, namespace := t.TempDir(), t.TempDir(), c.namespace(t)
	var mu sync.Mutex
	tries := make(map[int]int)
	c.kubelet(t, namespace, func(pod *core.Pod) int {
		args, env, err := c.command(t.Context(), pod)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		tries[indexOf(pod)]++
		killed := indexOf(pod) == 3 && tries[3] == 1
		mu.Unlock()
		p := start(results, args, env)
		if killed {
			_ = p.Start()
			_ = p.Process.Kill()
			_ = p.Wait()
			return 137
		}
		out, _ := p.CombinedOutput()
		t.Logf("%s: exit code %d\n%s", pod.Name, p.ProcessState.ExitCode(), out)
		return p.ProcessState.ExitCode()
	})
	run.Spec.Template.Spec.Containers[0].Args = append(run.Spec.Template.Spec.Containers[0].Args, smaller...)
	status, reason := c.over(t, namespace, run)
	_, merged := c.over(t, namespace, merge)
	mu.Lock()
	defer mu.Unlock()
	t.Logf("%s; failed indexes %q, complete %q, pods by index %v", reason, failed(status), status.CompletedIndexes, tries)
	if failed(status) == "" || reason != "FailedIndexes" || tries[3] != 2 {
		t.Errorf("the Job is over for %s, and %q failed after %v pods", reason, failed(status), tries)
	}
	if merged != "BackoffLimitExceeded" || tries[-1] != 1 {
		t.Errorf("what merges is over for %s after %d pods", merged, tries[-1])
	}
	args := run.Spec.Template.Spec.Containers[0].Args
	args = slices.DeleteFunc(args, func(a string) bool { return a == "--shard=auto" })
	args = append(args, "--out=/results/all")
	if out, err := start(alone, args, nil).CombinedOutput(); err == nil {
		t.Errorf("one process found nothing\n%s", out)
	}
	want, err := os.ReadFile(filepath.Join(alone, "all", "summary.json"))
	got, err2 := os.ReadFile(filepath.Join(results, "all", "summary.json"))
	want = bytes.ReplaceAll(want, []byte(filepath.ToSlash(alone)), []byte(filepath.ToSlash(results)))
	if err != nil || err2 != nil || !bytes.Equal(got, want) {
		t.Errorf("%v %v\n%s\nand merged\n%s", err, err2, want, got)
	}
}
