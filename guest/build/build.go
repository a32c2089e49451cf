// Package build compiles ordinary Go programs for the simulator: for wasip1, with a small overlay of the standard
// library that lays sockets, syncs and the order of goroutines into the hands of the simulated machine.
//
// There is an overlay for each minor version of Go that is supported. It says which texts of the standard library it
// replaces, and a library that has them otherwise is refused.
package build

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Options say how a program is compiled. The zero value will do.
type Options struct {
	// Dir is the folder that the package's path is relative to, and whose module it belongs to; "" is the present one.
	Dir string
	// Flags are more flags for go build, such as -tags or -modfile.
	Flags []string
}

// Compile compiles the main package of a path, such as "./server", and returns the file of the program. Nothing is
// compiled that go build has in its cache. The error of a package that does not compile for wasip1 says what is to
// blame.
func Compile(pkg string, o Options) (file string, err error) {
	version, root, err := goEnv(o.Dir)
	if err != nil {
		return "", err
	}
	over, err := find(version)
	if err != nil {
		return "", err
	}
	dir, err := cacheDir(version, root, over)
	if err != nil {
		return "", err
	}
	overlayFile, err := over.write(filepath.Join(root, "src"), dir)
	if err != nil {
		return "", err
	}
	return compile(pkg, o, overlayFile, dir)
}

// goEnv asks the go command in a folder for its version and its root.
func goEnv(dir string) (version, root string, err error) {
	out, err := command(dir, "env", "GOVERSION", "GOROOT").Output()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err != nil || len(lines) != 2 {
		return "", "", fmt.Errorf("can't ask the go command for its version: %w", err)
	}
	return lines[0], lines[1], nil
}

// command is the go command, with the target that guests are compiled for.
func command(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOWASM=", "CGO_ENABLED=0")
	return cmd
}

// Cache is the folder of what is made once: overlays, programs, and what the engine makes of them.
func Cache() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(dir, "ordeal-guest")
	return dir, os.MkdirAll(dir, 0o700)
}

// cacheDir is the folder for an overlay of one standard library. Its files are the same whoever writes them, so that go
// build finds what it has compiled with them.
func cacheDir(version, root string, o overlay) (string, error) {
	cache, err := Cache()
	if err != nil {
		return "", err
	}
	texts, err := o.apply(filepath.Join(root, "src"))
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "overlay-"+version+"-"+hash(fmt.Sprint(texts, root)))
	return dir, os.MkdirAll(dir, 0o700)
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// compile runs go build. The program's file is named by what it is made of, so that several may be written at once.
func compile(pkg string, o Options, overlayFile, dir string) (string, error) {
	temp, err := os.CreateTemp(dir, "building-*")
	if err != nil {
		return "", err
	}
	_ = temp.Close()
	defer os.Remove(temp.Name())
	args := append([]string{"build", "-overlay=" + overlayFile, "-ldflags=-w", "-o", temp.Name()}, o.Flags...)
	cmd := command(o.Dir, append(args, pkg)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		return "", blame(pkg, o, stderr.String())
	}
	b, err := os.ReadFile(temp.Name())
	if err != nil {
		return "", err
	}
	if !bytes.HasPrefix(b, []byte("\x00asm")) {
		return "", fmt.Errorf("%s is no main package: there is nothing to run", pkg)
	}
	return keepImproved(b, dir)
}
