package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/mod/modfile"

	"ordeal/testbed/scaffold"
)

// newCommand writes a module of one's own.
func newCommand() *cobra.Command {
	var kind, source string
	long := "Writes the folder NAME with a module that puts something on trial and runs at once: a server, a client, a " +
		"test with a campaign of some seconds, and a workflow file. --kind says what is on trial:\n\n"
	for _, k := range scaffold.Kinds() {
		long += fmt.Sprintf("  %-8s %s\n", k[0], k[1])
	}
	cmd := &cobra.Command{
		Use: "new NAME", Short: "write a module of your own that puts a system on trial", Long: long,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := writeModule(args[0], scaffold.Kind(kind), source); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s is there. Try:\n  cd %s\n  go test .\n  go run . run --seeds 1-10\n", args[0],
				args[0])
			return nil
		},
	}
	cmd.Flags().StringVar(&kind, "kind", string(scaffold.Guest), "what is on trial")
	cmd.Flags().StringVar(&source, "ordeal", "", "the folder of ordeal's source; by default it is looked for above the "+
		"present folder, and above that of this program")
	return cmd
}

// writeModule writes the module's folder into the present one.
func writeModule(name string, kind scaffold.Kind, source string) error {
	if source == "" {
		source = findSource()
	}
	from, err := readSource(source, name)
	if err != nil {
		return fmt.Errorf("ordeal's source is not in %q (see --ordeal): %w", source, err)
	}
	files, err := scaffold.Module(name, kind, from)
	if err != nil {
		return err
	}
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already", name)
	}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(name, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(files[file]), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// findSource is the nearest folder above the present one, or above this program, that has ordeal's go.mod; "" for none.
func findSource() string {
	var starts []string
	if dir, err := os.Getwd(); err == nil {
		starts = append(starts, dir)
	}
	if program, err := os.Executable(); err == nil {
		starts = append(starts, filepath.Dir(program))
	}
	for _, dir := range starts {
		for ; ; dir = filepath.Dir(dir) {
			text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
			if err == nil && modfile.ModulePath(text) == ownModule() {
				return dir
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return ""
}

// ownModule is the path of the module that this program is built from.
func ownModule() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Path != "" {
		return info.Main.Path
	}
	return "ordeal"
}

// readSource reads what there is to know of ordeal's source for a module in the folder to.
func readSource(source, to string) (from scaffold.Ordeal, err error) {
	for _, module := range []string{".", "guest"} {
		mod, errMod := os.ReadFile(filepath.Join(source, module, "go.mod"))
		sum, errSum := os.ReadFile(filepath.Join(source, module, "go.sum"))
		if err := errors.Join(errMod, errSum); err != nil {
			return from, err
		}
		from.Mods, from.Sum = append(from.Mods, string(mod)), append(from.Sum, string(sum))
	}
	if source, err = filepath.Abs(source); err != nil {
		return from, err
	}
	if to, err = filepath.Abs(to); err != nil {
		return from, err
	}
	if from.Dir, err = filepath.Rel(to, source); err != nil {
		return from, err
	}
	if from.Dir = filepath.ToSlash(from.Dir); !strings.HasPrefix(from.Dir, "../") && from.Dir != ".." {
		from.Dir = "./" + from.Dir
	}
	return from, nil
}
