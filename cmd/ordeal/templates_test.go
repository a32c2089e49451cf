package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// repository is where the action and the templates are.
const repository = "../.."

// readYAML reads a file as the values that JSON has.
func readYAML(t *testing.T, name string) any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if value, err = jsonschema.UnmarshalJSON(bytes.NewReader(encoded)); err != nil {
		t.Fatal(err)
	}
	return value
}

// TestTemplatesAreBySchema holds the action and the templates to the schemas that are published for them.
func TestTemplatesAreBySchema(t *testing.T) {
	for name, schema := range map[string]string{
		"action.yml": "github-action.json", "ci/github.yml": "github-workflow.json", "ci/gitlab.yml": "gitlab-ci.json",
	} {
		c := jsonschema.NewCompiler()
		text, err := os.ReadFile(filepath.Join(repository, "ci", "testdata", schema))
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", schema, err)
		}
		if err := c.AddResource(schema, value); err != nil {
			t.Fatalf("%s: %v", schema, err)
		}
		checked, err := c.Compile(schema)
		if err != nil {
			t.Fatalf("%s: %v", schema, err)
		}
		if err := checked.Validate(readYAML(t, name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if checked.Validate(map[string]any{"jobs": 7, "stages": 7, "runs": 7}) == nil {
			t.Errorf("%s lets anything pass", schema)
		}
	}
}

// field is what a path of names leads to.
func field(value any, path ...string) any {
	for _, name := range path {
		of, _ := value.(map[string]any)
		value = of[name]
	}
	return value
}

// runner plays the part of a runner: it runs a script where bin/ordeal writes its arguments down, one a line, and ends
// with a code of 7.
func runner(t *testing.T, script string, env ...string) (called []string, dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	stub := "#!/bin/sh\nfor word in \"$@\"; do echo \"$word\" >> called; done\nexit 7\n"
	if err := os.WriteFile(filepath.Join(dir, "bin", "ordeal"), []byte(stub), 0o755); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	c.Dir = dir
	c.Env = append(outsideOfCI(os.Environ()), env...)
	out, _ := c.CombinedOutput()
	if c.ProcessState.ExitCode() != 7 {
		t.Errorf("the script hides the exit code: %d, %s\n%s", c.ProcessState.ExitCode(), out, script)
	}
	text, err := os.ReadFile(filepath.Join(dir, "called"))
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, script)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n"), dir
}

// understood asks the program itself whether it has the flags of a call.
func understood(t *testing.T, called []string) {
	t.Helper()
	if r := ordealIn(t, t.TempDir(), append(slices.Clone(called), "--help")...); r.code != exitValid {
		t.Errorf("%q: %s", called, r.err)
	}
}

// TestTheActionRuns runs the composite action's step with what a runner makes of its inputs.
func TestTheActionRuns(t *testing.T) {
	action := readYAML(t, "action.yml")
	steps, _ := field(action, "runs", "steps").([]any)
	step := steps[len(steps)-1]
	script, _ := field(step, "run").(string)
	for want, inputs := range map[string]map[string]string{
		"run --for pull-request --findings ordeal-findings --out ordeal-results --junit ordeal-results/junit.xml --sarif " +
			"ordeal-results/findings.sarif --trials 200": {},
		"run --for night --findings ordeal-findings --out shard-3 --junit shard-3/junit.xml --sarif shard-3/findings.sarif " +
			"--budget 1h --night 41 --shard 3/8 --length 20s --nodes 3": {"for": "night", "shard": "3/8", "out": "shard-3",
			"arguments": "--length 20s --nodes 3"},
		"run --for release --findings found --out ordeal-results --junit ordeal-results/junit.xml --sarif " +
			"ordeal-results/findings.sarif": {"for": "release", "findings": "found"},
	} {
		env := []string{"GITHUB_RUN_NUMBER=41", "GITHUB_OUTPUT=output"}
		variables, _ := field(step, "env").(map[string]any)
		for name, expression := range variables {
			input := strings.TrimSuffix(strings.TrimPrefix(expression.(string), "${{ inputs."), " }}")
			value, given := inputs[input]
			if !given {
				value, _ = field(action, "inputs", input, "default").(string)
			}
			env = append(env, name+"="+value)
		}
		called, dir := runner(t, script, env...)
		if got := strings.Join(called, " "); got != want {
			t.Errorf("%v:\n%s\nand not\n%s", inputs, got, want)
		}
		if output, err := os.ReadFile(filepath.Join(dir, "output")); string(output) != "exit-code=7\n" {
			t.Errorf("its output is %q, %v", output, err)
		}
		understood(t, called)
	}
}

// scriptsOf are the scripts of all templates: those that call the program, and those that build another commit first.
func scriptsOf(t *testing.T) (scripts, others []string) {
	add := func(script string) {
		switch {
		case strings.HasPrefix(script, "bin/ordeal"):
			scripts = append(scripts, script)
		case strings.Contains(script, "worktree"):
			others = append(others, script)
		}
	}
	jobs, _ := readYAML(t, "ci/gitlab.yml").(map[string]any)
	for _, job := range jobs {
		lines, _ := field(job, "script").([]any)
		for _, line := range lines {
			add(line.(string))
		}
	}
	for _, job := range []string{"morning", "performance"} {
		steps, _ := field(readYAML(t, "ci/github.yml"), "jobs", job, "steps").([]any)
		for _, step := range steps {
			script, _ := field(step, "run").(string)
			add(script)
		}
	}
	jenkins, err := os.ReadFile(filepath.Join(repository, "ci", "Jenkinsfile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`sh (?:'''([^']*)'''|'([^']*)')`).FindAllStringSubmatch(string(jenkins), -1) {
		add(m[1] + m[2])
	}
	return scripts, others
}

// TestTemplatesCallWhatThereIs runs the scripts of all templates as far as they call the program.
func TestTemplatesCallWhatThereIs(t *testing.T) {
	scripts, others := scriptsOf(t)
	if len(scripts) != 10 || len(others) != 3 {
		t.Errorf("there are %d scripts, and %d that build: %q %q", len(scripts), len(others), scripts, others)
	}
	for _, script := range scripts {
		called, _ := runner(t, script, "CI_PIPELINE_IID=41", "CI_NODE_INDEX=3", "CI_NODE_TOTAL=8", "BUILD_NUMBER=41")
		understood(t, called)
	}
}

// TestTemplatesMeasureTheBase runs what the performance jobs do to the commit that a change is to go into: it is
// checked out beside the change, built, and measured into the file that the change is held against.
func TestTemplatesMeasureTheBase(t *testing.T) {
	tools := t.TempDir()
	for name, script := range map[string]string{
		"git":  "case $1 in merge-base) echo 17abc; exit;; esac\n[ \"$5\" = 17abc ] && mkdir -p \"$4/checkout\"\n",
		"make": "[ \"$3\" = build ] && mkdir \"$2/bin\" && rmdir \"$2/checkout\" && cp bin/ordeal \"$2/bin/\"\n",
	} {
		if err := os.WriteFile(filepath.Join(tools, name), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	_, scripts := scriptsOf(t)
	for _, script := range scripts {
		called, _ := runner(t, script, "PATH="+tools+":"+os.Getenv("PATH"), "BASE=17abc",
			"CI_MERGE_REQUEST_DIFF_BASE_SHA=17abc")
		if got := strings.Join(called, " "); got != "bench --save bench.json" {
			t.Errorf("%s\ncalls %s", script, got)
		}
		understood(t, called)
	}
}
