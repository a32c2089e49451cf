package main

import (
	"fmt"
	"go/build"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// checkPath says why the module of f can't have a path.
func checkPath(f *modfile.File, to string) error {
	if to == f.Module.Mod.Path {
		return fmt.Errorf("%s is the module's path already", to)
	}
	if err := wellFormed(to); err != nil {
		return err
	}
	for _, r := range f.Require {
		if below(r.Mod.Path, to) || below(to, r.Mod.Path) {
			return fmt.Errorf("%s and %s, which go.mod requires, would be the same packages' paths", to, r.Mod.Path)
		}
	}
	return nil
}

// wellFormed refuses what the go command would not take for a module's path. One word without a dot is fine, though it
// can't be fetched from anywhere, as long as no standard package has it for a name.
func wellFormed(path string) error {
	if strings.ContainsAny(path, "./") {
		return module.CheckPath(path)
	}
	if err := module.CheckImportPath(path); err != nil {
		return err
	}
	if p, err := build.Import(path, "", build.FindOnly); err == nil && p.Goroot {
		return fmt.Errorf("%s is a package of the standard library", path)
	}
	return nil
}

// below reports whether an import path is that of a module or begins with it.
func below(path, modulePath string) bool {
	return path == modulePath || strings.HasPrefix(path, modulePath+"/")
}
