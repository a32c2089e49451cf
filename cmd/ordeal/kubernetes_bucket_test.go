package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestTheJobWithABucket plays the Job whose pods have a bucket and no volume: what is in the bucket is merged into what
// one process says.
func TestTheJobWithABucket(t *testing.T) {
	_, volume, _ := manifests(t)
	all := documents(t, "bucket.yaml")
	if len(all) != 1 || all[0].Metadata.GenerateName != "ordeal-campaign-" {
		t.Fatalf("the manifest is %+v", all)
	}
	run := all[0]
	if a, b := run.Spec, volume.Spec; a.Completions != b.Completions || a.Parallelism != b.Parallelism ||
		*a.BackoffLimitPerIndex != *b.BackoffLimitPerIndex || !reflect.DeepEqual(a.PodFailurePolicy, b.PodFailurePolicy) {
		t.Errorf("it is another Job than that of campaign.yaml: %+v and %+v", a, b)
	}
	container := run.Spec.Template.Spec.Containers[0]
	if len(container.EnvFrom) != 1 || container.EnvFrom[0].SecretRef.Name != "ordeal-bucket" ||
		container.Image != volume.Spec.Template.Spec.Containers[0].Image {
		t.Errorf("its container is %+v", container)
	}
	top, environment := t.TempDir(), withBucket(t)
	smaller := []string{"--seeds=1-8", "--length=3s", "--nodes=3", "--canary=none", "--jobs=1"}
	pod := func(dir string, index int, without ...string) ran {
		args, env := run.command(dir, map[string]string{"JOB_COMPLETION_INDEX": fmt.Sprint(index), "JOB_NAME": "17"})
		args = slices.DeleteFunc(args, func(a string) bool {
			return slices.ContainsFunc(without, func(p string) bool { return strings.HasPrefix(a, p) })
		})
		for i := range args {
			args[i] = strings.Replace(args[i], "=/findings", "="+filepath.Join(top, "findings"), 1)
			args[i] = strings.Replace(args[i], "s3://ordeal-results/", "s3://nights/", 1)
		}
		c := ordealCommand(t, append(args, smaller...)...)
		c.Env = append(append(c.Env, env...), environment...)
		return outcome(t, c)
	}
	done := run.control(func(index, try int) int {
		own := filepath.Join(top, fmt.Sprint(index, "-", try)) // a pod's folder ends with it
		if err := os.Mkdir(own, 0o755); err != nil {
			t.Error(err)
		}
		r := pod(own, index)
		if index == 2 && try == 0 {
			return evicted // when all was handed on
		}
		return r.code
	})
	if len(done.codes[2]) != 2 || done.stopped != "" {
		t.Errorf("%+v", done)
	}
	alone := pod(top, 0, "--shard", "--upload")
	c := ordealCommand(t, "merge", "s3://nights/17", "--out", filepath.Join(top, "all"))
	c.Env = append(c.Env, environment...)
	merged := outcome(t, c)
	want, err := os.ReadFile(filepath.Join(top, "summary.json"))
	got, err2 := os.ReadFile(filepath.Join(top, "all", "summary.json"))
	if err != nil || err2 != nil || merged.code != alone.code || !bytes.Equal(want, got) {
		t.Errorf("%v %v\nalone: %+v\n%s\nmerged: %+v\n%s", err, err2, alone, want, merged, got)
	}
}
