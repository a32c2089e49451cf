package build

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestOtherVersionsAreRefused(t *testing.T) {
	for version, ok := range map[string]bool{
		"go1.26": true, "go1.26.8": true, "go1.26rc1": true, "go1.25.3": false, "go1.27": false, "devel": false,
	} {
		if _, err := find(version); (err == nil) != ok {
			t.Errorf("%s: %v", version, err)
		}
	}
	if _, err := find("go1.99.1"); err == nil || !strings.Contains(err.Error(), "can't be compiled with go1.99.1") ||
		!strings.Contains(err.Error(), "Go 1.26") {
		t.Error(err)
	}
}

// TestTheOverlayFits: each patch finds its text in the standard library that compiles this test, if it is of a version
// that is supported.
func TestTheOverlayFits(t *testing.T) {
	o, err := find(runtime.Version())
	if err != nil {
		t.Skip(err)
	}
	_, root, err := goEnv("")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := o.apply(filepath.Join(root, "src"))
	if err != nil {
		t.Fatal(err)
	}
	if len(texts) < 10 || !strings.Contains(texts["runtime/proc.go"], "ordealPlace(pp, h, t)") {
		t.Errorf("%d files are laid over", len(texts))
	}
}

// TestAnotherLibraryIsRefused: where a text is otherwise, is missing, or a file of ours is there, nothing is compiled.
func TestAnotherLibraryIsRefused(t *testing.T) {
	o := overlay{patches: []patch{{"net/file.go", 1, "old", "new"}}}
	for text, want := range map[string]string{
		"old": "", "other": "net/file.go has 0 times, and not 1 times, the text", "old old": "has 2 times",
	} {
		src := t.TempDir()
		if err := os.MkdirAll(filepath.Join(src, "net"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(src, "net/file.go"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		texts, err := o.apply(src)
		switch {
		case want == "" && (err != nil || texts["net/file.go"] != "new"):
			t.Errorf("%s: %v, %v", text, texts, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, and not %q", text, err, want)
		}
	}
	if _, err := o.apply(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is not as it should be") {
		t.Error(err)
	}
}

// TestWhatIsToBlame: a package that can't be compiled for wasip1 is named, and so is what people did about it.
func TestWhatIsToBlame(t *testing.T) {
	for said, want := range map[string]string{
		"# a.org/store\n./lock.go:7:2: undefined: syscall.Flock": "because of a.org/store: it locks files",
		"# a.org/map\n./map.go:7:2: undefined: syscall.Mmap":     "because of a.org/map: it maps files",
		"package x\n\timports a.org/c: build constraints exclude all Go files in /c": "because of a.org/c: " +
			"it has no files",
		"# a.org/own\n./main.go:7:2: undefined: x": "because of a.org/own. The go command says:",
	} {
		if err := blame("./nothing", Options{Dir: t.TempDir()}, said); !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, and not %q", said, err, want)
		}
	}
}
