package build

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// What improves programs takes some seconds for a large one, so what came out is kept, by what went in and by the
// sources of the improvement itself.

//go:embed *.go
var sources embed.FS

// improvement stands for how this version improves programs.
var improvement = sync.OnceValue(func() string {
	files, err := sources.ReadDir(".")
	if err != nil {
		panic(err) // they are in the program
	}
	text := ""
	for _, f := range files {
		b, err := sources.ReadFile(f.Name())
		if err != nil {
			panic(err)
		}
		text += fmt.Sprintf("%s %d\n%s", f.Name(), len(b), b)
	}
	return hash(text)
})

// keepImproved improves a program, unless it was improved before, and returns the file that it is in.
func keepImproved(program []byte, dir string) (string, error) {
	name := filepath.Join(dir, hash(hash(string(program))+improvement())+".wasm")
	if _, err := os.Stat(name); err == nil {
		return name, nil
	}
	b, err := improve(program)
	if err != nil {
		return "", err
	}
	return name, put(name, b)
}
