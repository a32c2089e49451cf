package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/build"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

const failpointPath = "github.com/pingcap/failpoint"

// overlay lays files over a source tree, in the form that the go command reads.
type overlay struct {
	Replace map[string]string // the path in the tree, which need not exist, to the file in its place

	folder string // where those files are
}

// writeOverlay rewrites the marks of modules. The rewritten files go to folder, and what they stand for to file.
func writeOverlay(modules []module, file, folder string) error {
	o := overlay{Replace: map[string]string{}, folder: folder}
	for _, m := range modules {
		if err := o.addModule(m); err != nil {
			return err
		}
	}
	data, err := json.MarshalIndent(o, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o644)
}

// addModule adds every package of m that has marks.
func (o *overlay) addModule(m module) error {
	return filepath.WalkDir(m.dir, func(dir string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if dir != m.dir && passedOver(dir) {
			return fs.SkipDir
		}
		return o.addPackage(m, dir)
	})
}

// passedOver reports whether the go command takes a folder for no part of the module around it.
func passedOver(dir string) bool {
	name := filepath.Base(dir)
	if name == "testdata" || name == "vendor" || name[0] == '.' || name[0] == '_' {
		return true
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// addPackage adds the files of a package that have marks, and what the rewritten ones call. A package that the go
// command does not understand is left to it: it says why better.
func (o *overlay) addPackage(m module, dir string) error {
	importing, err := importers(dir)
	if err != nil || len(importing) == 0 {
		return err
	}
	rel, err := filepath.Rel(m.dir, dir)
	if err != nil {
		return err
	}
	parsed, err := build.ImportDir(dir, 0)
	if err != nil {
		return nil
	}
	importPath := path.Join(m.path, filepath.ToSlash(rel))
	// The tests' package has a path of its own.
	pathOf := func(pkg string) string { return importPath + strings.TrimPrefix(pkg, parsed.Name) }
	bound := map[string]bool{}
	for _, file := range importing {
		r, err := rewrite(file, pathOf)
		if err != nil {
			return err
		}
		inside := r.pkg == parsed.Name
		if r.source == nil || !inside && r.pkg != parsed.Name+"_test" {
			continue
		}
		if err := o.put(file, r.source); err != nil {
			return err
		}
		if bound[r.pkg] {
			continue
		}
		bound[r.pkg] = true
		if err := o.put(bindingFile(dir, inside), binding(r.pkg, pathOf(r.pkg))); err != nil {
			return err
		}
	}
	return nil
}

// importers are the Go files in dir that have the import path of failpoint in them, sorted.
func importers(dir string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var importing []string
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if bytes.Contains(data, []byte(failpointPath)) {
			importing = append(importing, file)
		}
	}
	return importing, nil
}

// bindingFile names the file with what rewritten marks call. One that only the tests' package needs is a test itself.
func bindingFile(dir string, inside bool) string {
	if inside {
		return filepath.Join(dir, "failpoint_binding.go")
	}
	return filepath.Join(dir, "failpoint_binding_test.go")
}

// bindingName is what the rewriter calls the function of binding.
const bindingName = "_curpkg_"

// binding defines, for package pkg, the function by which rewritten marks find their full names where a variable holds
// the name.
func binding(pkg, importPath string) []byte {
	const text = "package %s\n\nfunc %s(name string) string { return %q + name }\n"
	return fmt.Appendf(nil, text, pkg, bindingName, importPath+"/")
}

// put lays source over a path of the tree.
func (o *overlay) put(over string, source []byte) error {
	name := fmt.Sprintf("%03d_%s", len(o.Replace), filepath.Base(over))
	file := filepath.Join(o.folder, name)
	o.Replace[over] = file
	return os.WriteFile(file, source, 0o644)
}
