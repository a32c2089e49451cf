package recorded

import (
	"fmt"
	"io"
	"strings"

	"ordeal/checker"
)

// ListModels says of each model, or of one unless only is "", by what it is judged and how its operations are written
// down.
func ListModels(out io.Writer, only string) error {
	found := false
	for _, m := range checker.Catalog() {
		names := append([]string{m.Name}, m.Others...)
		if only != "" && !strings.Contains(" "+strings.Join(names, " ")+" ", " "+only+" ") {
			continue
		}
		found = true
		fmt.Fprintf(out, "%s\n  rule   %s\n", strings.Join(names, ", "), m.Rule)
		for i, form := range m.Operations {
			name := "forms"
			if i > 0 {
				name = ""
			}
			fmt.Fprintf(out, "  %-6s %s\n", name, form)
		}
		fmt.Fprintf(out, "  start  %s\n  nil    %s\n  cost   %s\n\n", m.Start, m.Nil, m.Cost)
	}
	if !found {
		return fmt.Errorf("there is no model %q: there are %s", only, ModelNames())
	}
	if only == "" {
		fmt.Fprint(out, "forms: F argument -> ok result. Objects are independent, and key names them.\n"+
			"cost: n is the number of operations; steps are of one object. docs/MODELS.md says more.\n")
	}
	return nil
}
