package main

import (
	"path/filepath"
	"testing"
)

const newPath = "example.org/new"

// sample is a small module, by file: the text before, and what a renaming to newPath makes of it, "" if nothing.
var sample = map[string]struct{ before, after string }{
	"go.mod": {
		"module sample\n\ngo 1.26\n",
		"module example.org/new\n\ngo 1.26\n",
	},
	"sample.go": {`// Package sample is here; sample/part is what it uses, and samples/part is another.
package sample

import (
	"fmt"
	"sample/part"
)

// Mark is a name in part, and Line is none: "sample/1 seed=7" stays.
const (
	Mark = "sample/part/mark" // a comment in its column
	Line = "sample/1 seed=7"
	Text = "cannot open /etc/sample/part, samples/part or in.sample/part"
)

var functions = []string{"sample.", "sample/part.", "sample", "\tsample/part.Do\tsample.Do"}

// Source imports the package: sample.Do is its name there.
func Source() string {
	return fmt.Sprintf("import (\n\t\"fmt\"\n\n\t\"sample\"\n)\n%s sample.Do \"sample\"", part.Name, functions)
}
`, `// Package sample is here; example.org/new/part is what it uses, and samples/part is another.
package sample

import (
	"example.org/new/part"
	"fmt"
)

// Mark is a name in part, and Line is none: "sample/1 seed=7" stays.
const (
	Mark = "example.org/new/part/mark" // a comment in its column
	Line = "sample/1 seed=7"
	Text = "cannot open /etc/sample/part, samples/part or in.sample/part"
)

var functions = []string{"example.org/new.", "example.org/new/part.", "sample", "\texample.org/new/part.Do\tsample.Do"}

// Source imports the package: sample.Do is its name there.
func Source() string {
	return fmt.Sprintf("import (\n\t\"fmt\"\n\n\t\"example.org/new\"\n)\n%s sample.Do \"sample\"", part.Name, functions)
}
`},
	"part/part.go": {"// Package part is used.\npackage part\n\n// Name is its own.\nconst Name = \"sample\"\n", ""},
	"part/part_test.go": {
		"package part\n\nimport . \"sample\"\n\nconst module = \"sample\"\n\nvar _ = Mark + module\n",
		"package part\n\nimport . \"example.org/new\"\n\nconst module = \"example.org/new\"\n\nvar _ = Mark + module\n",
	},
	"nested/go.mod": {
		"module nested\n\n// sample is beside it.\nreplace sample => ..\n\n" +
			"require (\n\texample.org/x v1.0.0\n\tsample v0.0.0\n)\n",
		"module nested\n\n// sample is beside it.\nreplace example.org/new => ..\n\n" +
			"require (\n\texample.org/x v1.0.0\n\texample.org/new v0.0.0\n)\n",
	},
	"README.md": {
		"# sample\n\n`go run sample/part`, with `replace sample => ../sample` and\n\n" +
			"\t\"sample\"\n\nin cmd/sample/part: sample runs.\n",
		"# sample\n\n`go run example.org/new/part`, with `replace example.org/new => ../sample` and\n\n" +
			"\t\"example.org/new\"\n\nin cmd/sample/part: sample runs.\n",
	},
	"testdata/recorded.txt": {"sample/part\n", ""},
	"profile":               {"sample/part \xff\n", ""},
}

// writeSample makes the sample, and returns its folder and its files as they are to be after a renaming.
func writeSample(t *testing.T) (dir string, after map[string]string) {
	t.Helper()
	dir, after = t.TempDir(), map[string]string{}
	for name, c := range sample {
		write(t, filepath.Join(dir, name), c.before)
		after[name] = c.after
		if c.after == "" {
			after[name] = c.before
		}
	}
	return dir, after
}
