package guest

import (
	"fmt"
	"sync/atomic"
)

// busy is the instance that runs. There is one at most in a process that plays one trial at a time.
var busy atomic.Pointer[instance]

// Busy says which program runs at the moment, for whoever has waited for long, in another goroutine: a program that
// computes and asks its machine for nothing takes no virtual time, and can't be ended. It is "" while none runs.
func Busy() string {
	in := busy.Load()
	if in == nil {
		return ""
	}
	return fmt.Sprintf("the program of %s runs, and has asked its machine for nothing", in.name)
}
