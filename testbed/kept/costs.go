package kept

import (
	"fmt"
	"os"

	"ordeal/testbed/costs"
)

// Costs is what a file says of what things cost in a trial's world, as the trial's line has it; "" without a file.
func Costs(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("--costs: %w", err)
	}
	text, err := costs.FromFile(content)
	if err != nil {
		return "", fmt.Errorf("--costs %s: %w", file, err)
	}
	return text, nil
}
