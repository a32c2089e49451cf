package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// module is one whose marks are switched in: its path, and the folder of its source.
type module struct{ path, dir string }

// findModules finds the main modules of the go command in dir, which in a workspace are more than one, and the modules
// that the request names.
func (r request) findModules(ctx context.Context, dir string) ([]module, error) {
	modules, err := r.list(ctx, dir)
	if err != nil || len(r.modules) == 0 {
		return modules, err
	}
	cache, err := goOutput(ctx, dir, "env", "GOMODCACHE")
	if err != nil {
		return nil, err
	}
	mains := modules
	named, err := r.list(ctx, dir, r.modules...)
	if err != nil {
		return nil, err
	}
	for _, m := range named {
		if m.dir == "" {
			m.dir = vendored(m.path, mains)
		}
		if m.dir == "" || inside(m.dir, strings.TrimSpace(cache)) {
			return nil, fmt.Errorf("-module %s: the go command lays nothing over its module cache: name a folder with "+
				"the module's source in a replace directive, or run `go mod vendor`", m.path)
		}
		if !slices.Contains(modules, m) {
			modules = append(modules, m)
		}
	}
	return modules, nil
}

// list returns the modules that `go list -m` finds for paths, or the main modules if there are no paths. The dir of a
// module whose source is missing or in vendor is "".
func (r request) list(ctx context.Context, dir string, paths ...string) ([]module, error) {
	args := append([]string{"list", "-m", "-f", "{{.Path}}\t{{.Dir}}"}, r.modFlags()...)
	out, err := goOutput(ctx, dir, append(append(args, "--"), paths...)...)
	if err != nil {
		return nil, err
	}
	var modules []module
	for line := range strings.Lines(out) {
		name, source, found := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !found || source == "" && len(paths) == 0 {
			return nil, fmt.Errorf("%s is in no module", dir)
		}
		modules = append(modules, module{name, source})
	}
	return modules, nil
}

// goOutput returns what the go command prints, and as its error what it prints as such.
func goOutput(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return "", fmt.Errorf("go %s: %s", strings.Join(args[:2], " "), strings.TrimSpace(string(exit.Stderr)))
	}
	if err != nil {
		return "", fmt.Errorf("the go command did not run: %w", err)
	}
	return string(out), nil
}

// vendored is the folder of a module's source in the vendor folder of a main module, "" if there is none.
func vendored(modulePath string, mains []module) string {
	for _, m := range mains {
		dir := filepath.Join(m.dir, "vendor", filepath.FromSlash(modulePath))
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
	}
	return ""
}

// inside reports whether a folder is below another.
func inside(dir, root string) bool {
	rel, err := filepath.Rel(root, dir)
	return err == nil && filepath.IsLocal(rel)
}
