package real

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// pick makes a product run another program than its description says: NAME=PATH names it, NAME=PATH,PATH names two, of
// which servers change from the one to the other, and NAME@VERSION has it built from the product's public module at
// that version. A second path that is left out is the usual program.
func (p *Product) pick(path, version string) error {
	switch {
	case path != "" && p.Binary == "":
		return fmt.Errorf("%s has no one program that a path could name", p.Name)
	case path != "":
		before, after, two := strings.Cut(path, ",")
		usual := p.Binary
		if err := p.run(before); err != nil || !two {
			return err
		}
		p.other = p.Binary
		if p.Binary = usual; after != "" {
			if err := p.run(after); err != nil {
				return err
			}
		}
		p.Binary, p.other = p.other, p.Binary
	case version != "" && p.Module == "":
		return fmt.Errorf("%s is not built from a module, so no version of it can be asked for", p.Name)
	case version != "" && !versionForm.MatchString(version):
		return fmt.Errorf("%q is no version of a module, such as v3.6.16", version)
	case version != "":
		p.asked = version
	}
	return nil
}

// itself is, in a description, the program that reads it.
const itself = "self"

// run makes a product run the program at a path.
func (p *Product) run(path string) (err error) {
	if p.Binary, err = filepath.Abs(path); err == nil {
		_, err = os.Stat(p.Binary)
	}
	return err
}

var versionForm = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+[-.0-9A-Za-z]*$`)

// Fetch builds the version of the program that is asked for, unless it was built before. That takes Go, and what it
// takes of public modules; about a minute. A product of which no version is asked for is left as it is.
func (p *Product) Fetch(ctx context.Context, say func(format string, args ...any)) error {
	if p.asked == "" {
		return nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	p.Binary = filepath.Join(cache, "ordeal", p.Name+"-"+p.asked)
	if _, err := os.Stat(p.Binary); err == nil {
		return nil
	}
	say("building %s %s from %s", p.Name, p.asked, p.Module)
	if err := buildModule(ctx, p.Module, p.asked, p.Binary); err != nil {
		return fmt.Errorf("%s %s can't be built: %w", p.Name, p.asked, err)
	}
	return nil
}

// buildModule builds the program that a module is. A module of its own asks for it: `go install` takes no module that
// replaces others.
func buildModule(ctx context.Context, module, version, to string) error {
	dir, err := os.MkdirTemp("", "ordeal-build")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"mod", "init", "build"}, {"get", module + "@" + version}, {"build", "-trimpath", "-o", "built", module},
	} {
		c := exec.CommandContext(ctx, "go", args...)
		c.Dir, c.Env = dir, append(os.Environ(), "GOFLAGS=-mod=mod", "CGO_ENABLED=0", "GOWORK=off")
		if out, err := c.CombinedOutput(); err != nil {
			if missing(err) {
				return errors.New("the program go is not there")
			}
			return fmt.Errorf("go %s: %w: %s", args[0], err, lastLine(string(out)))
		}
	}
	built := filepath.Join(dir, "built")
	// Beside its place first: another folder may be another file system, and a half-written program must not be found.
	half := fmt.Sprintf("%s.%d", to, os.Getpid())
	text, err := os.ReadFile(built)
	if err != nil {
		return err
	}
	if err := os.WriteFile(half, text, 0o700); err != nil {
		return err
	}
	return os.Rename(half, to)
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// checkVersion says whether the program is of the version that was asked for, by what it says itself.
func (p *Product) checkVersion(says string) error {
	if p.asked == "" || strings.Contains(says, strings.TrimPrefix(p.asked, "v")) {
		return nil
	}
	return fmt.Errorf("%s is to be of version %s, and says: %s", p.Name, p.asked, says)
}
