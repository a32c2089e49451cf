package real

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"ordeal/testbed/real/build"
)

// pick makes a product run other programs than its description says. NAME=PATH names one, NAME@VERSION has it built
// from the product's public module at that version; and of several, with commas between them, a server runs one after
// the other, and then back. A last path that is left out is the usual program.
func (p *Product) pick(paths, versions string) error {
	switch {
	case paths != "" && p.Binary == "":
		return fmt.Errorf("%s has no one program that a path could name", p.Name)
	case versions != "" && p.Module == "":
		return fmt.Errorf("%s is not built from a module, so no version of it can be asked for", p.Name)
	case versions != "":
		p.asked = strings.Split(versions, ",")
		for _, v := range p.asked {
			if !versionForm.MatchString(v) {
				return fmt.Errorf("%q is no version of a module, such as v3.6.16", v)
			}
		}
		return nil
	case paths == "":
		return nil
	}
	all := strings.Split(paths, ",")
	for i, path := range all {
		if path == "" && i == len(all)-1 && i > 0 {
			p.programs = append(p.programs, p.Binary)
			continue
		}
		path, err := filepath.Abs(path)
		if err == nil {
			_, err = os.Stat(path)
		}
		if err != nil {
			return err
		}
		p.programs = append(p.programs, path)
	}
	p.Binary = p.programs[0]
	return nil
}

// itself is, in a description, the program that reads it.
const itself = "self"

var versionForm = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+[-.0-9A-Za-z]*$`)

// Fetch builds the versions of the program that are asked for, unless they were built before. That takes Go, and what
// it takes of public modules; about a minute for each. A product of which no version is asked for is left as it is.
func (p *Product) Fetch(ctx context.Context, say func(format string, args ...any)) error {
	if len(p.asked) == 0 {
		return nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	p.programs = nil
	for _, version := range p.asked {
		program := filepath.Join(cache, "ordeal", p.Name+"-"+version)
		if _, err := os.Stat(program); err != nil {
			say("building %s %s from %s", p.Name, version, p.Module)
			if err := build.Module(ctx, p.Module, version, program); err != nil {
				return fmt.Errorf("%s %s can't be built: %w", p.Name, version, err)
			}
		}
		p.programs = append(p.programs, program)
	}
	p.Binary = p.programs[0]
	return nil
}

// checkVersions says whether the programs are of the versions that were asked for, by what they say themselves.
func (p *Product) checkVersions(said []string) error {
	for i, asked := range p.asked {
		if !strings.Contains(said[i], strings.TrimPrefix(asked, "v")) {
			return fmt.Errorf("%s is to be of version %s, and says: %s", p.Name, asked, said[i])
		}
	}
	return nil
}
