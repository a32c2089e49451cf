package kept

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// verdict is what has to be known of a folder's verdict.json to play its trial again.
type verdict struct {
	Line  string `json:"line"`
	Trace struct {
		Hash string `json:"hash"`
	} `json:"trace"`
}

// Real says whether a line is of a trial on real servers, which is never played again.
func Real(line string) bool {
	return strings.HasPrefix(line, "target=") || strings.HasPrefix(line, "cluster=")
}

// Trial is the line of a folder's trial, and the trace hash that it had. parses says whether a line is one of this
// version.
func Trial(dir string, parses func(line string) error) (line, hash string, err error) {
	path := filepath.Join(dir, "verdict.json")
	text, err := os.ReadFile(path)
	if err != nil {
		return "", "", fmt.Errorf("%s is not the folder of a trial: %w", dir, err)
	}
	var v verdict
	if err := json.Unmarshal(text, &v); err != nil {
		return "", "", fmt.Errorf("%s: %w", path, err)
	}
	if err := parses(v.Line); err != nil {
		return "", "", fmt.Errorf("%s: %w", path, err)
	}
	return v.Line, v.Trace.Hash, nil
}
