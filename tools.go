//go:build tools

package ordeal

// Keeps the modules that the parts are being built on in go.mod until they import them.
import (
	_ "github.com/anishathalye/porcupine"
	_ "github.com/cockroachdb/datadriven"
	_ "github.com/google/btree"
	_ "github.com/pingcap/failpoint"
	_ "github.com/pingcap/failpoint/code"
	_ "github.com/schollz/progressbar/v3"
	_ "github.com/spf13/cobra"
	_ "go.etcd.io/raft/v3"
	_ "gonum.org/v1/plot"
	_ "gonum.org/v1/plot/vg/vgimg"
	_ "gonum.org/v1/plot/vg/vgsvg"
	_ "olympos.io/encoding/edn"
)
