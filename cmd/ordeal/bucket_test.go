package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rclone/gofakes3"
	"github.com/rclone/gofakes3/s3mem"
)

// withBucket is an environment for a bucket called nights, on a server that speaks as S3 does.
func withBucket(t *testing.T) []string {
	t.Helper()
	store := s3mem.New()
	if err := store.CreateBucket(t.Context(), "nights"); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(gofakes3.New(store, gofakes3.WithV4Auth(map[string]string{"who": "secret"})).Server())
	t.Cleanup(s.Close)
	return []string{"AWS_ENDPOINT_URL_S3=" + s.URL, "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=who",
		"AWS_SECRET_ACCESS_KEY=secret"}
}

// TestShardsInABucket: shards hand their folders on to a bucket, from which they are put together into what one machine
// says, byte for byte; and none writes to where another campaign is.
func TestShardsInABucket(t *testing.T) {
	environment, dir := withBucket(t), t.TempDir()
	ordeal := func(args ...string) ran {
		c := ordealCommand(t, args...)
		c.Dir, c.Env = dir, append(c.Env, environment...)
		return outcome(t, c)
	}
	run := []string{"run", "--seeds", "1-4", "--length", "3s", "--nodes", "3", "--jobs", "1", "--require", "none",
		"--commit", "c1"}
	one := ordeal(append(run, "--out", "one")...)
	upload := func(shard int, more ...string) ran {
		return ordeal(slices.Concat(run, []string{"--shard", fmt.Sprintf("%d/2", shard), "--out", fmt.Sprint(shard),
			"--upload", "s3://nights/17"}, more)...)
	}
	if first := upload(1); first.code != exitValid || first.err != "" {
		t.Fatalf("%+v", first)
	}
	ordeal("merge", "s3://nights/17", "--out", "all").refusedMerge(t, "shard 2 of 2 is missing")
	if again := upload(1); again.code != exitValid { // its pod was lost, say
		t.Errorf("%+v", again)
	}
	if second := upload(2); second.code != exitValid {
		t.Errorf("%+v", second)
	}
	all := ordeal("merge", "s3://nights/17", "--out", "all")
	want, err := os.ReadFile(filepath.Join(dir, "one", "summary.json"))
	got, err2 := os.ReadFile(filepath.Join(dir, "all", "summary.json"))
	if err != nil || err2 != nil || string(got) != string(want) || all.code != one.code {
		t.Errorf("%v %v\n%s\nand merged %+v\n%s", err, err2, want, all, got)
	}
	page, err := os.ReadFile(filepath.Join(dir, "all", "index.html"))
	if err != nil || !strings.Contains(string(page), `>s3://nights/17/shard-1-of-2/`) {
		t.Errorf("the page says not where the trials are: %v", err)
	}
	if r := ordeal("bucket", "get", "s3://nights/17/shard-2-of-2", "two"); r.code != exitValid ||
		!strings.Contains(r.out, "files in two") {
		t.Errorf("%+v", r)
	}
	upload(2, "--rate", "50", "--out", "other").refusedMerge(t,
		"--upload s3://nights/17: it has another campaign: they were told different things")
	upload(1, "--upload", "s3://days/17", "--out", "other").refusedMerge(t, "there is no bucket days")
	environment = append(environment, "AWS_SECRET_ACCESS_KEY=hidden")
	upload(1, "--out", "other").refusedMerge(t, "the credentials do not do")
	ordeal("merge", "s3://nights/17", "--out", "other").refusedMerge(t, "the credentials do not do")
	ordeal("merge", "s3://nights", "--out", "other").refusedMerge(t, "the credentials do not do")
	ordeal(append(run, "--upload", "s3://nights/17", "--out", "other")...).refusedMerge(t, "--shard is wanted")
	if files, _ := filepath.Glob(filepath.Join(dir, "other", "*")); len(files) > 0 {
		t.Errorf("what was refused has left %q", files)
	}
}
