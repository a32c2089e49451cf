package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

func main() { os.Exit(run(".", os.Args[1:], os.Stdout, os.Stderr)) }

// run is the command, in a working directory. It returns the exit status.
func run(dir string, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("rename-module", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: rename-module [-force] PATH, with a module path such as example.org/you/ordeal")
	}
	force := flags.Bool("force", false, "rename although there are changes that are not committed")
	if flags.Parse(args) != nil {
		return 2
	}
	if flags.NArg() != 1 {
		flags.Usage()
		return 2
	}
	c, err := changeTo(dir, flags.Arg(0))
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	changed, err := c.apply(dir, *force)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	fmt.Fprintf(stdout, "%s is %s now: %d files changed\n", c.from, c.to, changed)
	return 0
}

// changeTo reads the path that the module in dir has, and checks the one that it is to have.
func changeTo(dir, to string) (change, error) {
	name := filepath.Join(dir, "go.mod")
	data, err := os.ReadFile(name)
	if err != nil {
		return change{}, fmt.Errorf("there is no module here: %w", err)
	}
	f, err := modfile.Parse(name, data, nil)
	if err != nil {
		return change{}, err
	}
	if f.Module == nil {
		return change{}, fmt.Errorf("%s does not name its module", name)
	}
	return newChange(f.Module.Mod.Path, to), checkPath(f, to)
}

// apply renames the module in dir, and returns how many files that changed.
func (c change) apply(dir string, force bool) (changed int, err error) {
	if !force && uncommitted(dir) {
		return 0, errors.New("there are changes that are not committed: commit them first, or give -force")
	}
	files, err := c.files(dir)
	if err != nil {
		return 0, err
	}
	for _, f := range files {
		if err := os.WriteFile(f.name, f.text, f.mode); err != nil {
			return 0, err
		}
	}
	return len(files), nil
}

// uncommitted reports whether git knows of changes in dir. A tree without git has none to lose.
func uncommitted(dir string) bool {
	cmd := exec.Command("git", "status", "--porcelain", ".")
	cmd.Dir = dir
	out, err := cmd.Output()
	return err == nil && len(out) > 0
}
