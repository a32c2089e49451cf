package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestCheckRealHistories judges what Jepsen recorded against real databases, and says it so that a person can look it
// up.
func TestCheckRealHistories(t *testing.T) {
	for _, c := range []struct {
		file, model string
		code        int
		want        []string
	}{
		{"etcd_000.log", "cas-register", exitInvalid, []string{"85 operations on 1 object, in 170 events",
			"events 84 to 85    process 11: read -> 2"}},
		{"etcd_001.log", "cas-register", exitInvalid, []string{"events 72 to 73    process 7: read -> 4"}},
		{"etcd_002.log", "cas-register", exitValid, []string{"VALID  "}},
		{"etcd_005.log", "cas-register", exitValid, nil},
		{"cas-register-bug.edn", "cas-register", exitValid, nil},
		{"memstress3-33.edn", "cas-register", exitValid, nil},
		{"cas-failure.edn", "cas-register", exitInvalid, []string{"40 earlier ones, and then", "process 70: read -> 0"}},
		{"rethink-fail-minimal.edn", "cas-register", exitInvalid, []string{"events 2 to 4      process 1: read -> 3"}},
		{"mutex-etcd.edn", "mutex", exitInvalid, []string{"process 0: acquire -> nil"}},
	} {
		t.Run(c.file, func(t *testing.T) {
			path, err := filepath.Abs(filepath.Join("..", "..", "checker", "testdata", "real", c.file))
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			r := ordealIn(t, dir, "check", path, "--model", c.model)
			if r.code != c.code || r.err != "" {
				t.Errorf("exit code %d, and it said %q", r.code, r.err)
			}
			for _, w := range append(c.want, c.file+" as "+c.model) {
				if !strings.Contains(r.out, w) {
					t.Errorf("it said\n%s\nand not %q", r.out, w)
				}
			}
			wantFiles(t, dir)
		})
	}
}

func TestCheckOfNothingIsUnknown(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "h.edn"), "[{:process 1 :type :invoke :f :read :value nil}]")
	r := ordealIn(t, dir, "check", "h.edn", "--model", "register")
	if r.code != exitUnknown || !strings.HasPrefix(r.out, "UNKNOWN  h.edn as register: 1 operation on 1 object, in 1 "+
		"event\n") {
		t.Errorf("%+v", r)
	}
}

// TestCheckKnowsWhatItCantJudge: a history of something else is bad input, and one with Jepsen's keys is taken apart.
func TestCheckKnowsWhatItCantJudge(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "queue.edn"), `{:process 0, :type :invoke, :f :enqueue, :value 1}
{:process 0, :type :ok, :f :enqueue, :value 1}
`)
	r := ordealIn(t, dir, "check", "queue.edn", "--model", "register")
	if r.code != exitUsage || r.out != "" {
		t.Errorf("%+v", r)
	}
	wantOneLine(t, r.err, `queue.edn:1:1 is no history of the model register: event 0, enqueue by process 0`)
	writeFile(t, filepath.Join(dir, "keys.edn"), `{:process 0, :type :invoke, :f :write, :value [:x 1]}
{:process 0, :type :ok, :f :write, :value [:x 1]}
{:process 1, :type :invoke, :f :read, :value [:y nil]}
{:process 1, :type :ok, :f :read, :value [:y nil]}
`)
	if r := ordealIn(t, dir, "check", "keys.edn", "--model", "register"); r.code != exitValid || !strings.Contains(r.out,
		"2 objects") {
		t.Errorf("%+v", r)
	}
}
