// Package cli has the commands `check` and `convert`, about histories that were recorded elsewhere.
package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ordeal/history/formats"
	"ordeal/testbed/command"
	"ordeal/testbed/recorded"
	"ordeal/testbed/recorded/files"
)

// checkFlags are what `check` is told.
type checkFlags struct {
	recorded.Request
	list bool
}

// Check is the command `check`.
func Check() *cobra.Command {
	var f checkFlags
	c := &cobra.Command{
		Use:   "check FILE|DIR --model MODEL | check --list",
		Short: "judges a recorded history",
		Long: `check reads a history and says whether it is possible by a model. FILE is - for standard input.
Of a folder that Jepsen or Maelstrom stored a test in, it judges the history; of any other folder, all there are, in a
table.

Models:  ` + recorded.ModelNames() + `
Formats: ` + strings.Join(formats.Names, ", ") + `; compressed by gzip or zstd as well`,
		Args: func(cmd *cobra.Command, args []string) error {
			if f.list && len(args) == 0 {
				return nil
			}
			if f.list {
				return command.Usage(errors.New("--list judges no file"))
			}
			return command.ExactArgs(1, "one file or folder")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.list {
				if err := recorded.ListModels(cmd.OutOrStdout(), f.Model); err != nil {
					return command.Usage(err)
				}
				return nil
			}
			if info, err := os.Stat(args[0]); err == nil && info.IsDir() {
				if stored := files.Stored(args[0]); stored != "" {
					args[0] = stored
				} else {
					return f.judgeFolder(cmd, args[0])
				}
			}
			if err := f.spares(args[0]); err != nil {
				return command.Usage(err)
			}
			judgement, err := f.judge(cmd, args[0])
			if err != nil {
				return command.Usage(err)
			}
			if err := f.show(cmd, args[0], judgement); err != nil {
				return command.Usage(err)
			}
			return command.ExitFor(judgement.Outcome)
		},
	}
	flags := c.Flags()
	flags.BoolVar(&f.list, "list", false, "tell of each model, or the one named, its rule, its operations and its cost")
	f.AddTo(flags)
	return c
}

// show prints a judgement, and writes the files that were asked for.
func (f *checkFlags) show(cmd *cobra.Command, file string, j recorded.Judgement) error {
	text := []byte(j.Text)
	if f.JSON {
		text = j.JSON
	}
	if _, err := cmd.OutOrStdout().Write(text); err != nil {
		return err
	}
	files := map[string][]byte{f.Page: j.Page, f.Minimize: j.Smallest, f.JUnit: j.JUnit(file)}
	for name, data := range files { //house:unordered files
		if name != "" && len(data) > 0 {
			if err := os.WriteFile(name, data, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// spares says whether the files that are to be written are none of the histories, nor each other. What is there and no
// file, as a terminal, takes everything.
func (f *checkFlags) spares(histories ...string) error {
	taken := map[string]string{} // what would be lost, by the file
	for _, name := range histories {
		taken[name] = "the history"
	}
	for _, out := range [][2]string{{"--page", f.Page}, {"--minimize", f.Minimize}, {"--junit", f.JUnit}} {
		flag, name := out[0], out[1]
		if name == "" {
			continue
		}
		for other, what := range taken { //house:unordered one of them is named
			if sameFile(name, other) {
				return fmt.Errorf("%s would write over %s in %s", flag, what, other)
			}
		}
		taken[name] = "what " + flag + " writes"
	}
	return nil
}

// sameFile tells whether two names are of one file, which may not be there yet.
func sameFile(a, b string) bool {
	there, err := os.Stat(a)
	other, errOther := os.Stat(b)
	if err != nil || errOther != nil {
		return filepath.Clean(a) == filepath.Clean(b)
	}
	return there.Mode().IsRegular() && os.SameFile(there, other)
}

// judgeFolder judges every history in a folder, prints a table, and ends as the worst of them.
func (f *checkFlags) judgeFolder(cmd *cobra.Command, dir string) error {
	for _, flag := range []string{"page", "minimize", "json"} {
		if cmd.Flags().Changed(flag) {
			return command.Usage(fmt.Errorf("--%s is of one file, and %s is a folder", flag, dir))
		}
	}
	f.Mixed = true
	paths, others, err := files.Histories(dir)
	if err != nil {
		return command.Usage(err)
	}
	if err := f.spares(paths...); err != nil {
		return command.Usage(err)
	}
	table := recorded.NewTable(cmd.OutOrStdout())
	table.Others = others
	for _, path := range paths {
		judgement, err := f.judge(cmd, path)
		table.Add(strings.TrimPrefix(strings.TrimPrefix(path, dir), "/"), path, judgement, err)
	}
	worst, err := table.Close()
	if f.JUnit != "" {
		err = errors.Join(err, os.WriteFile(f.JUnit, table.JUnit(), 0o644))
	}
	if err == nil && worst == recorded.Unread {
		return command.Usage(nil)
	}
	return errors.Join(err, command.ExitFor(worst))
}

// judge reads a file and judges it.
func (f *checkFlags) judge(cmd *cobra.Command, name string) (recorded.Judgement, error) {
	in, err := files.Open(name, cmd.InOrStdin(), cmd.ErrOrStderr())
	if err != nil {
		return recorded.Judgement{}, err
	}
	defer in.Close()
	f.CollectLate = files.CollectLate
	return f.Judge(in.Name, in, cmd.Flags())
}
