package files

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// stores are the files in which a stored test has its history, whether Jepsen, Maelstrom or ordeal stored it, the first
// that there is counts.
var stores = []string{
	"history.jsonl", "history.edn", "history.edn.gz", "test.jepsen", "test.fressian", "history.txt",
}

// Histories are the files of a folder that may hold a history, and how many hold something else by their names. Of a
// folder that is a stored test, its history is the only one.
func Histories(dir string) (files []string, others int, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if stored := Stored(path); stored != "" {
				files = append(files, stored)
				return fs.SkipDir
			}
			return nil
		}
		if d.Type().IsRegular() && mayBeHistory(path) {
			files = append(files, path)
		} else if d.Type().IsRegular() {
			others++
		}
		return nil
	})
	return files, others, err
}

// Stored is the history in a folder that is a stored test; "" in any other.
func Stored(dir string) string {
	for _, name := range stores {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
	}
	return ""
}

// mayBeHistory tells whether a file's name ends as those of histories do.
func mayBeHistory(path string) bool {
	name := strings.ToLower(filepath.Base(path))
	for _, packed := range []string{".gz", ".zst"} {
		name = strings.TrimSuffix(name, packed)
	}
	return slices.Contains([]string{".edn", ".json", ".jsonl", ".log", ".txt", ".csv", ".jepsen", ".fressian"},
		filepath.Ext(name))
}
