package recipes

import (
	"github.com/pingcap/failpoint"

	"ordeal/cluster/wire"
)

// What only the planted bugs of the locks need: see planted.go.

// bendFromWriter returns from which of those ahead on a reader looks for writers, which is the first. With
// bugReaderOvertakes it looks at who stands right before it, and no further.
func bendFromWriter(ahead int) int {
	from := 0
	failpoint.Inject("bugReaderOvertakes", func(_ failpoint.Value) { from = max(0, ahead-1) })
	return from
}

// bendWriterWaits returns for whom a writer waits, which is whoever stands right before it: with
// bugWriterIgnoresReaders, the writer nearest before it.
func bendWriterWaits() (blocks func(ahead []member) string) {
	failpoint.Inject("bugWriterIgnoresReaders", func(_ failpoint.Value) { blocks = lastWriter })
	return blocks
}

// bendAhead returns how many stand before a contender for a permit: for bugSemaphoreOneMore, one fewer.
func bendAhead(n int) int {
	failpoint.Inject("bugSemaphoreOneMore", func(_ failpoint.Value) { n-- })
	return n
}

// bendConfirmed returns the error of a look whether the lock is still held: bugReentrantFromMemory does not mind it.
func bendConfirmed(err error) error {
	failpoint.Inject("bugReentrantFromMemory", func(_ failpoint.Value) { err = nil })
	return err
}

// bendInnerFrees reports whether the first release of a lock that was taken twice frees it.
func bendInnerFrees() bool {
	frees := false
	failpoint.Inject("bugInnerReleaseFrees", func(_ failpoint.Value) { frees = true })
	return frees
}

// bendPaths returns the paths that are locked and freed: for bugMultiLockFirstOnly, the first.
func (m *MultiLock) bendPaths() []string {
	paths := m.paths
	failpoint.Inject("bugMultiLockFirstOnly", func(_ failpoint.Value) { paths = paths[:1] })
	return paths
}

// bendReleased returns the deletes that free a lock; again says that they were sent before. With bugUnlockByName what
// stands on the first path then goes, by its fixed name.
func bendReleased(deletes []wire.Request, again bool) []wire.Request {
	failpoint.Inject("bugUnlockByName", func(_ failpoint.Value) {
		if again {
			deletes = deletes[1:2]
		}
	})
	return deletes
}

// bendGuard returns the check of a lock on several paths: for bugGuardChecksVersionOnly, one of the znode of the fixed
// name, whose version is 0 in every lock's time.
func (m *MultiLock) bendGuard() wire.CheckRequest {
	check := wire.CheckRequest{Path: m.own, Version: wire.AnyVersion}
	failpoint.Inject("bugGuardChecksVersionOnly", func(_ failpoint.Value) {
		check = wire.CheckRequest{Path: m.paths[0] + heldName, Version: 0}
	})
	return check
}

// bendChecked returns the path that a guard checks: for bugGuardChecksFolder, the lock's, which is always there.
func (l *line) bendChecked() string {
	path := l.at(l.own)
	failpoint.Inject("bugGuardChecksFolder", func(_ failpoint.Value) { path = l.path })
	return path
}
