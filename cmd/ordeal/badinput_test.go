package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ordeal/testbed/coordination"
)

// badFiles are files that can be read as what they claim to be up to a place in their second line.
var badFiles = map[string]string{
	"plan.txt":      "at 1s for 2s crash n1\nat 1s for 2s rain all\n",
	"history.edn":   "[{:process 1 :type :ok :f :read\n  :value 1.5}]",
	"history.jsonl": `{"index":0,"time":0,"process":0,"type":"invoke","f":"read","value":null}` + "\n{\"index\":1,\n",
}

// TestRefusals: whatever is wrong with what the command is given, it says so in one line, ends with the code for that,
// and writes nothing.
func TestRefusals(t *testing.T) {
	const line = "ordeal/2 seed=1 workload=lock nodes=3 "
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"judge"}, `no command "judge"`},
		{[]string{"bugs", "nope"}, "`ordeal bugs list`, `run`, `matrix` or `guided` is wanted"},
		{[]string{"run", "--seeed", "1"}, "unknown flag: --seeed"},
		{[]string{"run", "3"}, "no argument is wanted"},
		{[]string{"run", "--seed", "one"}, `"one" for "--seed"`},
		{[]string{"run", "--seed", "1", "--seeds", "1-2"}, "--seed and --seeds: either one or the other"},
		{[]string{"run", "--seeds", "9-1"}, "--seeds 9-1: it must be"},
		{[]string{"run", "--seeds", "-"}, "--seeds -: it must be"},
		{[]string{"run", "--length", "60"}, `"60" for "--length"`},
		{[]string{"run", "--length", "1ms"}, "a length of 1ms: it must be from"},
		{[]string{"run", "--budget", "-1s"}, "--budget -1s"},
		{[]string{"run", "--jobs", "0"}, "--jobs 0"},
		{[]string{"run", "--nodes", "3,x"}, `--nodes 3,x: "x" is not a number`},
		{[]string{"run", "--nodes", "10"}, "10 nodes: it must be from 1 to 9"},
		{[]string{"run", "--workloads", "lock,chess"}, `workload "chess" is not known: there are`},
		{[]string{"run", "--faults", "rain"}, `unknown fault or family "rain" (there are`},
		{[]string{"run", "--faults", "none,crash"}, "none stands alone"},
		{[]string{"run", "--faults", "none", "--plan", "plan.txt"}, "--faults and --plan: either one or the other"},
		{[]string{"run", "--plan", "missing.txt"}, "missing.txt: no such file"},
		{[]string{"run", "--plan", "plan.txt"}, "plan.txt:2:14: "},
		{[]string{"run", "--bug", "bugNone"}, `bug "bugNone" is not known`},
		{[]string{"run", "--out", "plan.txt"}, "--out plan.txt: results can't be written there"},
		{[]string{"run", "--out", "plan.txt/below"}, "--out plan.txt/below: results can't be written there"},
		{[]string{"run", "--target", "localhost"}, `--target localhost: "localhost" is not HOST:PORT`},
		{[]string{"run", "--target", "127.0.0.1:2181,:2182"}, `":2182" is not HOST:PORT`},
		{[]string{"run", "--target", "127.0.0.1:0"}, `"127.0.0.1:0" is not HOST:PORT`},
		{[]string{"run", "--target", "127.0.0.1:1,127.0.0.1:1"}, "127.0.0.1:1 stands there twice"},
		{[]string{"run", "--target", "127.0.0.1:1", "--faults", "none"}, "--target and --faults: either one or the other"},
		{[]string{"run", "--target", "127.0.0.1:1", "--bug", "bugStaleSync"}, "--target and --bug: either one or the other"},
		{[]string{"run", "--target", "127.0.0.1:1", "--plan", "plan.txt"}, "--target and --plan: either one or the other"},
		{[]string{"run", "--target", "127.0.0.1:1", "--nodes", "3"}, "--target and --nodes: either one or the other"},
		{[]string{"run", "--target", "127.0.0.1:1", "--seed", "1", "--seeds", "1-2"}, "--seed and --seeds: either one"},
		{[]string{"run", "--target", "127.0.0.1:1", "--workloads", "chess"}, `workload "chess" is not known: there are`},
		{[]string{"run", "--target", "127.0.0.1:1", "--out", "plan.txt"}, "--out plan.txt: results can't be written there"},
		{[]string{"run", "--target", "127.0.0.1:1"}, "the target can't be put on trial: dial tcp 127.0.0.1:1: "},
		{[]string{"run", "--rate", "0"}, "a rate of 0: it must be from"},
		{[]string{"replay"}, "a trial line in quotes, or a folder is wanted"},
		{[]string{"replay", "missing"}, `"missing" is neither a folder that is there nor a trial line`},
		{[]string{"replay", "ordeal/1 " + line[9:]}, "it is of version 1, and this is version 2"},
		{[]string{"replay", line + "faults=none speed=9"}, "trial line: column 51: speed= is not known"},
		{[]string{"replay", line + `plan="at 1s for 2s rain all"`}, "plan:1:14: "},
		{[]string{"replay", "."}, ". is not the folder of a trial"},
		{[]string{"check", "history.jsonl"}, "history.jsonl:2:1: what opens here is never closed"},
		{[]string{"check", "history.jsonl", "--model", "chess"}, `there is no model "chess"`},
		{[]string{"check", "missing.edn", "--model", "register"}, "missing.edn: no such file"},
		{[]string{"check", "--model", "register"}, "one file or folder is wanted"},
		{[]string{"check", "history.jsonl", "--model", "register"}, "history.jsonl:2:"},
		{[]string{"check", "history.edn", "--model", "register"}, "process 1 completes read and has no operation under way"},
		{[]string{"check", "plan.txt", "--model", "register"}, "plan.txt holds no history in a format that can be told"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range badFiles {
				writeFile(t, filepath.Join(dir, name), text)
			}
			ordealIn(t, dir, c.args...).refused(t, dir, c.want, "history.edn", "history.jsonl", "plan.txt")
		})
	}
}

func TestPlainBuildRefusesPlantedBugs(t *testing.T) {
	if coordination.Service().Marked {
		t.Skip("this build has the marks")
	}
	dir := t.TempDir()
	const want = "this program was built without failpoints: build it with failpoint-build"
	ordealIn(t, dir, "run", "--bug", "bugStaleSync").refused(t, dir, want)
	ordealIn(t, dir, "replay", "ordeal/2 seed=1 workload=lock nodes=3 faults=none bug=bugStaleSync").refused(t, dir, want)
	ordealIn(t, dir, "bugs", "matrix").refused(t, dir, want)
	ordealIn(t, dir, "bugs", "run", "--write", "nowhere").refused(t, dir, want)
	list := ordealIn(t, dir, "bugs", "list")
	if list.code != exitValid || !strings.Contains(list.err, "failpoint-build") {
		t.Errorf("%+v", list)
	}
	for _, b := range coordination.Service().Bugs {
		if !strings.Contains(list.out, b.Name) || !strings.Contains(list.out, b.Imitates) {
			t.Errorf("the list does not have %s", b.Name)
		}
	}
}

// TestFullDiskIsReportedBeforeTheCampaign uses a file system that has room for nothing, if there is one.
func TestFullDiskIsReportedBeforeTheCampaign(t *testing.T) {
	dir := tinyDisk(t, 64<<10)
	ordealIn(t, t.TempDir(), "run", "--seeds", "1-3", "--out", filepath.Join(dir, "out")).refused(t, dir,
		"no space left on device")
}

// TestFullDiskIsReportedOnce fills the disk up once the campaign runs.
func TestFullDiskIsReportedOnce(t *testing.T) {
	dir := tinyDisk(t, 1200<<10)
	writeFile(t, filepath.Join(dir, "file"), strings.Repeat("x", 100<<10))
	r := ordealIn(t, t.TempDir(), "run", "--seeds", "1-2", "--length", "60s", "--out", dir, "--workloads", "register")
	if r.code != exitTool || strings.Count(r.err, "no space left on device") != 1 {
		t.Errorf("%+v", r)
	}
	wantOneLine(t, r.err, "no space left on device")
}

// tinyDisk is a folder on a file system of so many bytes. Only root can make one.
func tinyDisk(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	if err := mountTiny(dir, size); err != nil {
		t.Skipf("no small file system to fill: %v", err)
	}
	t.Cleanup(func() {
		if err := unmountTiny(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func TestUnwritableFolderIsReportedBeforeTheCampaign(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("nothing stops root from writing")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	ordealIn(t, dir, "run", "--out", "out").refused(t, dir, "permission denied")
}

// TestRefusalsAboutBugs is TestRefusals for the price list.
func TestRefusalsAboutBugs(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"bugs", "run", "bugNone"}, `bug "bugNone" is not known`},
		{[]string{"bugs", "run", "--budget", "10ms"}, "a budget of 10ms is too small"},
		{[]string{"bugs", "run", "--seeds", "0"}, "0 seeds: it must be at least 1"},
		{[]string{"bugs", "matrix", "--jobs", "0"}, "0 jobs: it must be at least 1"},
	} {
		dir := t.TempDir()
		if got := ordealIn(t, dir, c.args...); got.code != exitUsage || !strings.Contains(got.err, c.want) ||
			strings.Count(got.err, "\n") != 1 || got.out != "" {
			t.Errorf("%v: %+v, and not %q", c.args, got, c.want)
		}
	}
}

// TestRefusalsAboutRecipes is TestRefusals for what carries out jobs and answers for names.
func TestRefusalsAboutRecipes(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"dns", "--zone", "svc.example"}, `the zone "svc.example" is not ORIGIN=PATH`},
		{[]string{"dns", "--zone", "-.example=/x"}, `"-.example." is no origin: labels of letters`},
		{[]string{"dns", "--zone", "svc.example=/x,ttl=soon"}, `ttl is "soon", which is no time such as 5s`},
		{[]string{"dns", "--zone", "svc.example=/x,negative=4h"}, "the negative TTL 4h0m0s of svc.example. is not 0 to"},
		{[]string{"dns", "--zone", "svc.example=/x,ttl=5s,ttl=6s"}, "ttl is given twice"},
		{[]string{"dns", "--zone-file", "/none"}, "/none: no such file"},
		{[]string{"dns", "--zone-file", "plan.txt"}, "plan.txt:1: dns: the zone"},
		{[]string{"dns", "--zone", "svc.example=/a/../b"}, `"/a/../b", of svc.example., is no path of a znode`},
		{[]string{"dns", "--zone", "a=/x", "--listen", "here"}, `"here" is not HOST:PORT`},
		{[]string{"dns", "--zone", "a=/x", "--listen", "127.0.0.1:99999"}, `"127.0.0.1:99999" is not HOST:PORT`},
		{[]string{"dns", "--zone", "a=/x", "--server", "127.0.0.1:0"}, `"127.0.0.1:0" is not HOST:PORT`},
		{[]string{"jobs"}, "a command is wanted: add, init, list, log, pause, remove, resume, trigger"},
		{[]string{"jobs", "add", `{"name": "j", "cron": "0 25 * * *"}`}, `line 1: job 1: schedule: the job means nothing`},
		{[]string{"jobs", "add", `{"name": "j", "cron": "0 5 * * *", "zone": "Mars"}`}, `there is no time zone "Mars"`},
		{[]string{"jobs", "add", "{}\n{"}, "line 1: job 1: schedule: the job means nothing: job \"\": it needs a name"},
		{[]string{"jobs", "add", " \n"}, "there is no job in the text"},
		{[]string{"jobs", "--path", "jobs", "list"}, `"jobs" is no path of a znode below the root`},
		{[]string{"jobs", "--path", "/a/./b", "list"}, `"/a/./b" is no path of a znode below the root`},
		{[]string{"jobs", "--http", "here"}, `the page is at HOST:PORT or :PORT, and not at "here"`},
		{[]string{"jobs", "--http", ":0", "list"}, `--http is for the page, and not for "list"`},
		{[]string{"jobs", "--http", ":0", "--token-file", "plan.txt/none"}, "plan.txt/none: not a directory"},
		{[]string{"jobs", "--http-name", "a", "list"}, "--token-file and --http-name belong to --http"},
	} {
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, "plan.txt"), badFiles["plan.txt"])
		ordealIn(t, dir, c.args...).refused(t, dir, c.want, "plan.txt")
	}
}
