package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// request is what the arguments ask for.
type request struct {
	modules []string // paths of modules whose marks are switched in besides the main module's
	overlay string   // the file that the overlay is to be kept in; "" if the go command is to build with it
	verb    string   // the go command's: build or test
	rest    []string // the go command's other arguments
}

var errUsage = errors.New("usage: failpoint-build [-module PATH,...] [-test] [arguments of go build or go test], or " +
	"failpoint-build [-module PATH,...] -overlay FILE")

// parseArguments reads the flags of this command, which come first. What follows them is the go command's to read.
func parseArguments(args []string) (request, error) {
	r := request{verb: "build"}
	for len(args) > 0 {
		name, value, hasValue := strings.Cut(args[0], "=")
		name = strings.TrimPrefix(strings.TrimPrefix(name, "-"), "-")
		if !strings.HasPrefix(args[0], "-") || name != "module" && name != "overlay" && name != "test" {
			break
		}
		args = args[1:]
		if name == "test" {
			r.verb = "test"
			continue
		}
		if !hasValue {
			if len(args) == 0 {
				return r, fmt.Errorf("-%s wants a value", name)
			}
			value, args = args[0], args[1:]
		}
		if value == "" {
			return r, fmt.Errorf("-%s wants a value", name)
		}
		if name == "overlay" {
			r.overlay = value
		} else {
			r.modules = append(r.modules, strings.Split(value, ",")...)
		}
	}
	r.rest = args
	if len(r.rest) == 0 && r.overlay == "" || r.overlay != "" && (len(r.rest) > 0 || r.verb == "test") {
		return r, errUsage
	}
	return r, nil
}

// modFlags are the arguments of the go command that decide which modules it builds with.
func (r request) modFlags() []string {
	var flags []string
	for i, arg := range r.rest {
		name, _, hasValue := strings.Cut(strings.Replace(arg, "--", "-", 1), "=")
		switch {
		case name != "-mod" && name != "-modfile":
		case hasValue:
			flags = append(flags, arg)
		case i+1 < len(r.rest):
			flags = append(flags, arg, r.rest[i+1])
		}
	}
	return flags
}

// tag is the build tag of a build whose marks are switched in.
const tag = "failpoints"

// withTag adds the tag to those that the go command's arguments have.
func withTag(args []string) []string {
	args = slices.Clone(args)
	for i, arg := range args {
		name, _, hasValue := strings.Cut(strings.Replace(arg, "--", "-", 1), "=")
		switch {
		case name != "-tags":
		case hasValue:
			args[i] += "," + tag
			return args
		case i+1 < len(args):
			args[i+1] += "," + tag
			return args
		}
	}
	return append([]string{"-tags", tag}, args...)
}
