package guest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/tetratelabs/wazero"

	"ordeal/guest/build"
)

// Program is a guest's program, ready to run on any number of machines.
type Program struct {
	name     string
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
}

// engine is what runs guests. There is one in a process: what it compiles is shared by all programs, and kept in the
// build's cache for other processes.
var engine = struct {
	sync.Mutex
	runtime  wazero.Runtime
	programs map[string]*Program
}{programs: map[string]*Program{}}

// memoryPages is how much memory a guest may have, in pages of 64 KiB.
const memoryPages = 512 << 20 / (64 << 10)

// Load makes a program of a file that build.Compile has made.
func Load(file string) (*Program, error) {
	engine.Lock()
	defer engine.Unlock()
	if p := engine.programs[file]; p != nil {
		return p, nil
	}
	code, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if err := start(); err != nil {
		return nil, err
	}
	compiled, err := engine.runtime.CompileModule(context.Background(), code)
	if err != nil {
		return nil, fmt.Errorf("%s is no program that can run here: %w", file, err)
	}
	p := &Program{filepath.Base(file), engine.runtime, compiled}
	engine.programs[file] = p
	return p, nil
}

// start starts the engine, unless it runs.
func start() error {
	if engine.runtime != nil {
		return nil
	}
	dir, err := build.Cache()
	if err != nil {
		return err
	}
	cache, err := wazero.NewCompilationCacheWithDir(filepath.Join(dir, "compiled"))
	if err != nil {
		return err
	}
	engine.runtime, err = newRuntime(wazero.NewRuntimeConfig().WithCompilationCache(cache))
	return err
}

// newRuntime makes what runs programs, with all functions that they import.
func newRuntime(config wazero.RuntimeConfig) (wazero.Runtime, error) {
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, config.WithMemoryLimitPages(memoryPages))
	var failed []error
	for module, functions := range imports {
		b := r.NewHostModuleBuilder(module)
		for _, f := range functions {
			f.export(b)
		}
		_, err := b.Instantiate(ctx)
		failed = append(failed, err)
	}
	return r, errors.Join(failed...)
}
