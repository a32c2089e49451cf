package job

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
)

// Version is the commit that this program was built from.
func Version() string {
	info, _ := debug.ReadBuildInfo()
	revision, changed := "of no commit", ""
	if info == nil {
		return revision
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = " with changes"
		}
	}
	return revision + changed
}

// BuiltFrom is the commit that this program was built from, "" if it was built from none.
func BuiltFrom() string {
	if v := Version(); !strings.Contains(v, " ") {
		return v
	}
	return ""
}

// Build tells two programs apart: by the commit, or by the program's own bytes where they are not those of a commit.
func Build() (string, error) {
	if v := BuiltFrom(); v != "" {
		return v, nil
	}
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("can't find this program: %w", err)
	}
	file, err := os.Open(self)
	if err != nil {
		return "", fmt.Errorf("can't read this program: %w", err)
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", fmt.Errorf("can't read this program: %w", err)
	}
	return "program " + hex.EncodeToString(sum.Sum(nil))[:16], nil
}
