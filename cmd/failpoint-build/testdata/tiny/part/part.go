// Package part has marks where they are easily missed.
package part

import (
	"fmt"

	"github.com/pingcap/failpoint"
)

// Work goes through its marks.
func Work(who string) {
	later(func() {
		failpoint.InjectCall("place", who)
	})
	failpoint.Inject("planted", func(_ failpoint.Value) {
		fmt.Println("the bug is in")
	})
}

func later(f func()) { f() }

// Each goes through marks that a variable names.
func Each(who string) {
	for _, name := range []string{"first", "second"} {
		failpoint.InjectCall(name, who)
	}
}
