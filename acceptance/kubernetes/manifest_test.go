package kubernetes

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	documents "k8s.io/apimachinery/pkg/util/yaml"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"
)

// deploy has the manifests.
var deploy = filepath.Join("..", "..", "deploy", "kubernetes")

// read reads the documents of a manifest into values of the types that Kubernetes publishes for them. Names that
// these do not have are refused.
func read(t *testing.T, name string, into ...any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(deploy, name))
	if err != nil {
		t.Fatal(err)
	}
	for r := documents.NewYAMLReader(bufio.NewReader(bytes.NewReader(text))); ; into = into[1:] {
		document, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || len(into) == 0 {
			t.Fatalf("%s has other documents than are read: %v", name, err)
		}
		if err := yaml.UnmarshalStrict(document, into[0]); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		misspelt := bytes.Replace(document, []byte("spec:"), []byte("spek:"), 1)
		if yaml.UnmarshalStrict(misspelt, into[0]) == nil {
			t.Errorf("%s: anything is taken for a manifest", name)
		}
	}
	if len(into) > 0 {
		t.Fatalf("%s has fewer documents than are read", name)
	}
}

// manifests are those of deploy/kubernetes.
func manifests(t *testing.T) (claim core.PersistentVolumeClaim, run, merge batch.Job) {
	t.Helper()
	read(t, "campaign.yaml", &claim, &run)
	read(t, "merge.yaml", &merge)
	return claim, run, merge
}

// withBucket is the Job of deploy/kubernetes whose pods have a bucket and no volume.
func withBucket(t *testing.T) (run batch.Job) {
	t.Helper()
	read(t, "bucket.yaml", &run)
	return run
}

// namespace makes one whose pods must be as restricted as Kubernetes knows how to ask for.
func (c *cluster) namespace(t *testing.T) string {
	t.Helper()
	const level = "restricted"
	n, err := c.client.CoreV1().Namespaces().Create(t.Context(), &core.Namespace{ObjectMeta: meta.ObjectMeta{
		GenerateName: "ordeal-", Labels: map[string]string{"pod-security.kubernetes.io/enforce": level,
			"pod-security.kubernetes.io/warn": level}}}, meta.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return n.Name
}

// strict is how objects are created: the server refuses what it does not know.
var strict = meta.CreateOptions{FieldValidation: meta.FieldValidationStrict}

// TestTheServerTakesTheManifests has the API server validate all, and it has nothing to warn of.
func TestTheServerTakesTheManifests(t *testing.T) {
	c := running(t)
	claim, run, merge := manifests(t)
	upload := withBucket(t)
	var said bytes.Buffer
	config := rest.CopyConfig(c.config)
	config.WarningHandler = rest.NewWarningWriter(&said, rest.WarningWriterOptions{})
	client, err := clientset.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	namespace := c.namespace(t)
	jobs := client.BatchV1().Jobs(namespace)
	_, err = client.CoreV1().PersistentVolumeClaims(namespace).Create(t.Context(), &claim, strict)
	_, err2 := jobs.Create(t.Context(), &run, strict)
	_, err3 := jobs.Create(t.Context(), &merge, strict)
	_, err4 := jobs.Create(t.Context(), &upload, strict)
	if err := errors.Join(err, err2, err3, err4); err != nil || said.Len() > 0 {
		t.Errorf("%v\n%s", err, &said)
	}
	for want, change := range map[string]func(*batch.JobSpec){
		"must not be 0":        func(j *batch.JobSpec) { j.PodFailurePolicy.Rules[2].OnExitCodes.Values = []int32{0, 1} },
		"must be ordered":      func(j *batch.JobSpec) { j.PodFailurePolicy.Rules[2].OnExitCodes.Values = []int32{2, 1} },
		"backoffLimitPerIndex": func(j *batch.JobSpec) { j.BackoffLimitPerIndex = nil },
		"restartPolicy":        func(j *batch.JobSpec) { j.Template.Spec.RestartPolicy = core.RestartPolicyOnFailure },
	} {
		bad := run.DeepCopy()
		bad.Name = "bad"
		change(&bad.Spec)
		if _, err := jobs.Create(t.Context(), bad, strict); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, and not %q", err, want)
		}
	}
	lax := run.DeepCopy()
	lax.Name, lax.Spec.Template.Spec.SecurityContext = "lax", nil
	if _, err := jobs.Create(t.Context(), lax, strict); err != nil || !strings.Contains(said.String(), "runAsNonRoot") {
		t.Errorf("pods that are not restricted: %v\n%s", err, &said)
	}
}
