package wal

import "github.com/pingcap/failpoint"

// mark is a point at which a crash is worth trying. Each has its name written out: one that was put together at every
// call would cost more than the call. self is the node's host.Addr, made an argument of a mark once and for all.
type mark func(self any)

func beforeWrite(self any)   { failpoint.InjectCall("walBeforeWrite", self) }
func beforeSync(self any)    { failpoint.InjectCall("walBeforeSync", self) }
func afterSync(self any)     { failpoint.InjectCall("walAfterSync", self) }
func beforePiece(self any)   { failpoint.InjectCall("walBeforePiece", self) }
func beforeRename(self any)  { failpoint.InjectCall("walBeforeRename", self) }
func afterRename(self any)   { failpoint.InjectCall("walAfterRename", self) }
func beforeCompact(self any) { failpoint.InjectCall("walBeforeCompact", self) }
