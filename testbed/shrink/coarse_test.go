package shrink

import (
	"testing"

	"ordeal/workloads/clients"
)

// TestTheLastClientIsTakenOut: a script without a client is a script too, and not the lack of one, which is a trial
// with all that clients draw.
func TestTheLastClientIsTakenOut(t *testing.T) {
	script, err := clients.ParseScript("c1 1@1s 2@2s", 10)
	if err != nil {
		t.Fatal(err)
	}
	c := cutting{}
	c.best.Script = script
	for _, smaller := range c.coarser(2) {
		if smaller.Script == nil {
			t.Errorf("%q became a trial without a script", script)
		}
	}
}
