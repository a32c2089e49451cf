package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestKeepLine: what is printed to be pasted is never long.
func TestKeepLine(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "shrunk")
	long := strings.Repeat("x", 5000)
	for _, c := range []struct{ line, hash, want string }{
		{"short", "", "'short'"}, {"short", "1234", "'short'"}, {long, "1234", dir},
		{long, "", `"$(cat ` + filepath.Join(dir, "trial.txt") + `)"`},
	} {
		if got, err := keepLine(c.line, c.hash, dir); err != nil || got != c.want {
			t.Errorf("of %d bytes, trace %q: got %.80q, %v", len(c.line), c.hash, got, err)
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, "trial.txt")); err != nil || string(text) != long+"\n" {
		t.Errorf("the file has %d bytes, %v", len(text), err)
	}
}
