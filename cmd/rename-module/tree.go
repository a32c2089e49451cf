package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// file is one that a change gives another text.
type file struct {
	name string
	text []byte
	mode fs.FileMode
}

// leftAlone are folders that hold no source of the module.
var leftAlone = map[string]bool{".git": true, "bin": true, "ordeal-results": true, "testdata": true, "vendor": true}

// files returns the files below dir that the change alters, as they are to be. It changes nothing itself.
func (c change) files(dir string) ([]file, error) {
	var files []file
	back := newChange(c.to, c.from)
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != dir && leftAlone[entry.Name()]:
			return fs.SkipDir
		case !entry.Type().IsRegular():
			return nil
		}
		before, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		after, err := c.reversible(back, name, before)
		if err != nil || bytes.Equal(before, after) {
			return err
		}
		info, err := entry.Info()
		files = append(files, file{name, after, info.Mode()})
		return err
	})
	return files, err
}

// reversible is a file's text after the change, if the change back would make it what it was.
func (c change) reversible(back change, name string, before []byte) ([]byte, error) {
	after, err := c.text(name, before)
	if err != nil {
		return nil, err
	}
	again, err := back.text(name, after)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(before, again) {
		return nil, fmt.Errorf("%s: renaming back would not restore it: it has %s already, or is not as gofmt has it",
			name, c.to)
	}
	return after, nil
}

// text is what the change makes of a file, which is read by the kind that its name says it is.
func (c change) text(name string, before []byte) ([]byte, error) {
	switch {
	case !utf8.Valid(before) || !bytes.Contains(before, []byte(c.from)):
		return before, nil
	case strings.HasSuffix(name, ".go"):
		return c.source(name, before)
	case strings.HasSuffix(name, ".mod"):
		return c.modFile(name, before)
	}
	return c.prose(before), nil
}
