package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"ordeal/history/formats"
	"ordeal/testbed/command"
	"ordeal/testbed/recorded/files"
)

// convertFlags are what `convert` is told.
type convertFlags struct{ from, to, model string }

// Convert is the command `convert`.
func Convert() *cobra.Command {
	var f convertFlags
	c := &cobra.Command{
		Use:   "convert FILE|DIR --to jsonl|edn",
		Short: "writes a recorded history in another format",
		Long: `convert reads a history as check does and writes it to standard output: jsonl is ordeal's own
format, JSON lines behind a head; edn is for Jepsen's tools. FILE is - for standard input, DIR a folder that Jepsen or
Maelstrom stored a test in. A file of any length takes no more memory than its longest event. What was passed over is
said on standard error.

Formats that are read: ` + strings.Join(formats.Names, ", ") + `.`,
		Args: command.ExactArgs(1, "one file or stored test"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.convert(cmd, args[0])
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.to, "to", "", "jsonl or edn")
	flags.StringVar(&f.from, "format", "", "what the file is in, where the guess is wrong")
	flags.StringVar(&f.model, "model", "", "the model that the head of jsonl names; default what the file says")
	return c
}

func (f convertFlags) convert(cmd *cobra.Command, name string) error {
	if f.to != "jsonl" && f.to != "edn" {
		return command.Usage(fmt.Errorf("--to is jsonl or edn, and not %q", f.to))
	}
	if f.to == "edn" && f.model != "" {
		return command.Usage(errors.New("--model is for the head of jsonl, and edn has none"))
	}
	if stored := files.Stored(name); stored != "" {
		name = stored
	}
	in, err := files.Open(name, cmd.InOrStdin(), cmd.ErrOrStderr())
	if err != nil {
		return command.Usage(err)
	}
	defer in.Close()
	file, err := formats.Open(in.Name, in, f.from)
	if err != nil {
		return command.Usage(err)
	}
	if err := files.Convert(file, cmd.OutOrStdout(), f.to, f.model); err != nil {
		return command.Usage(err)
	}
	for _, note := range file.Notes() {
		fmt.Fprintf(cmd.ErrOrStderr(), "note: %s\n", note)
	}
	return nil
}
