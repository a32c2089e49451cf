package kubernetes

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rclone/gofakes3"
	"github.com/rclone/gofakes3/s3mem"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TestACampaignWithABucket plays the Job whose pods have a bucket and no volume twice: each has a folder of its own in
// the bucket, by the name that the API server makes for it, and what is merged from there is a whole campaign.
func TestACampaignWithABucket(t *testing.T) {
	program := os.Getenv("ORDEAL")
	if program == "" {
		t.Fatal("ORDEAL must name the program, built with its planted bugs: make test-kubernetes does")
	}
	c := running(t)
	namespace, store := c.namespace(t), s3mem.New()
	if err := store.CreateBucket(t.Context(), "ordeal-results"); err != nil {
		t.Fatal(err)
	}
	s3 := httptest.NewServer(gofakes3.New(store, gofakes3.WithV4Auth(map[string]string{"who": "secret"})).Server())
	t.Cleanup(s3.Close)
	secret := map[string]string{"AWS_ACCESS_KEY_ID": "who", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1",
		"AWS_ENDPOINT_URL_S3": s3.URL}
	if _, err := c.client.CoreV1().Secrets(namespace).Create(t.Context(), &core.Secret{
		ObjectMeta: meta.ObjectMeta{Name: "ordeal-bucket"}, StringData: secret}, strict); err != nil {
		t.Fatal(err)
	}
	c.kubelet(t, namespace, func(pod *core.Pod) int {
		args, env, err := c.command(t.Context(), pod)
		if err != nil {
			t.Error(err)
		}
		own := t.TempDir()
		for i := range args {
			args[i] = strings.Replace(args[i], "=/results", "="+own, 1)
			args[i] = strings.Replace(args[i], "=/findings", "="+filepath.Join(os.TempDir(), "no-findings"), 1)
		}
		p := exec.CommandContext(t.Context(), program, args...)
		p.Env = append(slices.Clone(os.Environ()), env...)
		out, _ := p.CombinedOutput()
		t.Logf("%s: exit code %d\n%s", pod.Name, p.ProcessState.ExitCode(), out)
		return p.ProcessState.ExitCode()
	})
	run := withBucket(t)
	run.Spec.Template.Spec.Containers[0].Args = append(run.Spec.Template.Spec.Containers[0].Args, "--seeds=1-8",
		"--length=3s", "--nodes=3", "--jobs=1", "--canary=none")
	for range 2 {
		if _, reason := c.over(t, namespace, run); reason != "CompletionsReached" {
			t.Errorf("the Job is over for %s", reason)
		}
	}
	jobs, err := c.client.BatchV1().Jobs(namespace).List(t.Context(), meta.ListOptions{})
	if err != nil || len(jobs.Items) != 2 {
		t.Fatalf("%d Jobs, %v", len(jobs.Items), err)
	}
	for _, j := range jobs.Items {
		merge := exec.CommandContext(t.Context(), program, "merge", "s3://ordeal-results/"+j.Name, "--out", t.TempDir())
		merge.Env = os.Environ()
		for name, value := range secret {
			merge.Env = append(merge.Env, name+"="+value)
		}
		if out, err := merge.CombinedOutput(); err != nil || !strings.Contains(string(out), "8 trials: 8 valid") {
			t.Errorf("%s: %v\n%s", j.Name, err, out)
		}
	}
}
