package command

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"ordeal/history/formats"
	"ordeal/testbed/play"
	"ordeal/testbed/recorded"
	"ordeal/testbed/recorded/files"
)

// checkFlags are what `check` is told.
type checkFlags struct {
	model, format, initial, nilReads string
}

func (a *app) checkCommand() *cobra.Command {
	var f checkFlags
	c := &cobra.Command{
		Use:   "check FILE|DIR --model MODEL",
		Short: "judges a recorded history",
		Long: `check reads a history and says whether it is possible by a model. FILE is - for standard input.
Of a folder that Jepsen or Maelstrom stored a test in, it judges the history; of any other folder, all there are, in a
table.

Models:  ` + recorded.ModelNames() + `
Formats: ` + strings.Join(formats.Names, ", ") + `; compressed by gzip or zstd as well`,
		Args: ExactArgs(1, "one file or folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if info, err := os.Stat(args[0]); err == nil && info.IsDir() {
				if stored := files.Stored(args[0]); stored != "" {
					args[0] = stored
				} else {
					return f.judgeFolder(cmd, args[0])
				}
			}
			judgement, err := f.judge(cmd, args[0])
			if err != nil {
				return Usage(err)
			}
			fmt.Fprint(cmd.OutOrStdout(), judgement.Text)
			return exitFor(judgement.Outcome)
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.model, "model", "", "what the history is of; default what the file says, if it is ordeal's")
	flags.StringVar(&f.format, "format", "", "what the file is in, where the guess is wrong: "+
		strings.Join(formats.Names, ", "))
	flags.StringVar(&f.initial, "initial", "", "what a register holds at the start, in EDN; default nil")
	flags.StringVar(&f.nilReads, "nil", "", "what an ok read of nil on a register saw: value (nothing written) or "+
		"unknown (anything); default what it means to the tools that write such files")
	return c
}

// judgeFolder judges every history in a folder, prints a table, and ends as the worst of them.
func (f checkFlags) judgeFolder(cmd *cobra.Command, dir string) error {
	paths, others, err := files.Histories(dir)
	if err != nil {
		return Usage(err)
	}
	table := recorded.NewTable(cmd.OutOrStdout())
	table.Others = others
	for _, path := range paths {
		judgement, err := f.judge(cmd, path)
		table.Add(strings.TrimPrefix(strings.TrimPrefix(path, dir), "/"), path, judgement, err)
	}
	worst, err := table.Close()
	if err == nil && worst == recorded.Unread {
		return exitError{Code: exitUsage}
	}
	return errors.Join(err, exitFor(worst))
}

// judge reads a file and judges it.
func (f checkFlags) judge(cmd *cobra.Command, name string) (recorded.Judgement, error) {
	initial, err := recorded.ParseValue(f.initial)
	if err != nil {
		return recorded.Judgement{}, fmt.Errorf("--initial: %w", err)
	}
	reading := recorded.Reading{Initial: initial, Nil: f.nilReads}
	return files.Judge(name, cmd.InOrStdin(), cmd.ErrOrStderr(), f.format, f.model, reading)
}

// exitFor turns an outcome into what the command ends with.
func exitFor(outcome string) error {
	switch outcome {
	case play.Valid:
		return nil
	case play.Unknown:
		return exitError{Code: exitUnknown}
	}
	return exitError{Code: exitInvalid}
}
