package cli

import (
	"bytes"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"ordeal/testbed/command"
	"ordeal/testbed/real/truth"
)

// score plays the other half of each pair of a file, and says how far the halves agree.
func (f truthFlags) score(cmd *cobra.Command, file, costs string) error {
	all, err := truth.Read(file)
	if err != nil {
		return command.Usage(err)
	}
	for i := range all {
		if err := all[i].Simulate(f.service, costs); err != nil {
			return err
		}
	}
	var again []truth.Pair
	if f.again != "" {
		if again, err = truth.Read(f.again); err == nil && len(again) == 0 {
			err = fmt.Errorf("--again %s: it has no pair", f.again)
		}
		if err != nil {
			return command.Usage(err)
		}
	}
	text := []byte("the simulator's own\n")
	if f.costs != "" {
		if text, err = os.ReadFile(f.costs); err != nil {
			return err
		}
	}
	var page bytes.Buffer
	if err := truth.Write(&page, all, again, string(text)); err != nil {
		return command.Usage(fmt.Errorf("%s: %w", file, err))
	}
	if f.page == "" {
		_, err = cmd.OutOrStdout().Write(page.Bytes())
		return err
	}
	return os.WriteFile(f.page, page.Bytes(), 0o644)
}
