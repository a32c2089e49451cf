package wal

import (
	"github.com/pingcap/failpoint"

	"ordeal/host"
)

// mark is a point at which a crash is worth trying. Each has its name written out: one that was put together at every call
// would cost more than the call.
type mark func(self host.Addr)

func beforeWrite(self host.Addr)   { failpoint.InjectCall("walBeforeWrite", self) }
func beforeSync(self host.Addr)    { failpoint.InjectCall("walBeforeSync", self) }
func afterSync(self host.Addr)     { failpoint.InjectCall("walAfterSync", self) }
func beforePiece(self host.Addr)   { failpoint.InjectCall("walBeforePiece", self) }
func beforeRename(self host.Addr)  { failpoint.InjectCall("walBeforeRename", self) }
func afterRename(self host.Addr)   { failpoint.InjectCall("walAfterRename", self) }
func beforeCompact(self host.Addr) { failpoint.InjectCall("walBeforeCompact", self) }
