package build

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// overlay is what is laid over the standard library of one minor version of Go: files that it has not, by their paths
// in its folder src, each with the name of its text here; and patches.
type overlay struct {
	added   map[string]string
	patches []patch
}

// patch replaces a text that a file has so many times.
type patch struct {
	file     string
	times    int
	old, new string
}

// Supported lists the minor versions of Go, as "1.26", that guests can be compiled with.
func Supported() []string { return slices.Sorted(maps.Keys(overlays)) }

// find is the overlay for a version as `go env GOVERSION` has it.
func find(version string) (overlay, error) {
	parts := strings.Split(strings.TrimPrefix(version, "go"), ".")
	if len(parts) >= 2 {
		minor := strings.FieldsFunc(parts[1], func(r rune) bool { return r < '0' || r > '9' })
		if len(minor) > 0 {
			if o, ok := overlays[parts[0]+"."+minor[0]]; ok {
				return o, nil
			}
		}
	}
	return overlay{}, fmt.Errorf("guests can't be compiled with %s: the standard libraries that are known are those "+
		"of Go %s. Set GOTOOLCHAIN to one of them", version, strings.Join(Supported(), ", "))
}

// apply patches the files of the standard library in the folder src, and returns all texts by their paths in it.
func (o overlay) apply(src string) (map[string]string, error) {
	texts := map[string]string{}
	for _, p := range o.patches {
		text, known := texts[p.file]
		if !known {
			b, err := os.ReadFile(filepath.Join(src, filepath.FromSlash(p.file)))
			if err != nil {
				return nil, fmt.Errorf("the standard library is not as it should be: %w", err)
			}
			text = string(b)
		}
		if n := strings.Count(text, p.old); n != p.times {
			return nil, fmt.Errorf("the standard library is not as it should be: %s has %d times, and not %d times, "+
				"the text that a guest needs otherwise:\n%s", p.file, n, p.times, p.old)
		}
		texts[p.file] = strings.ReplaceAll(text, p.old, p.new)
	}
	for path, name := range o.added {
		if _, err := os.Stat(filepath.Join(src, filepath.FromSlash(path))); err == nil {
			return nil, fmt.Errorf("the standard library is not as it should be: it has a file %s", path)
		}
		b, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		texts[path] = string(b)
	}
	return texts, nil
}

// write puts the overlay for the standard library in src into a folder, and returns the file that go build wants.
func (o overlay) write(src, dir string) (string, error) {
	texts, err := o.apply(src)
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for path, text := range texts {
		file := filepath.Join(dir, strings.ReplaceAll(path, "/", "_"))
		if err := put(file, []byte(text)); err != nil {
			return "", err
		}
		replace[filepath.Join(src, filepath.FromSlash(path))] = file
	}
	b, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "overlay.json")
	return name, put(name, b)
}

// put writes a file at once, unless it is as it should be: others may be reading it.
func put(name string, b []byte) error {
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, b) {
		return nil
	}
	temp, err := os.CreateTemp(filepath.Dir(name), "writing-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(b)
	if err = errors.Join(err, temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), name)
}
