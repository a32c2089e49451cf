package bugs

import (
	"maps"

	"github.com/pingcap/failpoint"

	"ordeal/cluster"
)

// Marks are the places in the service's code at which a plan can crash a machine, and their packages.
func Marks() map[string]string { return maps.Clone(marks) }

var marks = map[string]string{
	"walBeforeWrite":     inWAL,
	"walBeforeSync":      inWAL,
	"walAfterSync":       inWAL,
	"walBeforePiece":     inWAL,
	"walBeforeRename":    inWAL,
	"walAfterRename":     inWAL,
	"walBeforeCompact":   inWAL,
	"snapshotBeforeSave": inNode,
}

// Marked reports whether failpoint marks do anything in this build. To try it switches a mark of the whole process on
// and off: ask once, before any trial.
func Marked() bool {
	const mark = inNode + "/marked"
	if failpoint.Enable(mark, "return(true)") != nil {
		return false
	}
	defer func() { _ = failpoint.Disable(mark) }()
	return cluster.Marked()
}
