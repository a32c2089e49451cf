package command

import (
	"fmt"
	"os"
	"path/filepath"

	"ordeal/testbed/campaign"
)

// readScenarios reads the file of --scenario, if there is one: from then on the service has them too.
func (f *runFlags) readScenarios() (*campaign.File, error) {
	if f.scenario == "" {
		return nil, nil
	}
	text, err := os.ReadFile(f.scenario)
	if err != nil {
		return nil, fmt.Errorf("the scenarios can't be read: %w", err)
	}
	file := &campaign.File{Name: filepath.Base(f.scenario), Text: string(text)}
	more, err := f.app.service.WithScenarios(file.Name, text)
	if err != nil {
		return nil, err
	}
	own := *f.app
	own.service, f.app = more, &own
	return file, nil
}
