package tree

import (
	"slices"
	"strings"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/wire"
)

const rootPath = "/"

// fixedPaths are the znodes that exist from the start and can't be deleted, parents first.
var fixedPaths = []string{rootPath, "/zookeeper", wire.ConfigPath, quotaPath}

func isFixed(path string) bool { return slices.Contains(fixedPaths, path) }

// parentOf cuts the last component off a path that has a slash. The root is its own parent.
func parentOf(path string) string {
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		return path[:i]
	}
	return rootPath
}

func nameOf(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// comparePaths is the order of a walk: a znode, then everything below it, children by name. It differs from the order
// of strings where a name has a byte below the slash: "/a", "/a/b", "/a-".
func comparePaths(a, b string) int {
	failpoint.Inject("bugWalkByBytes", func(_ failpoint.Value) { failpoint.Return(strings.Compare(a, b)) })
	for i := range min(len(a), len(b)) {
		x, y := a[i], b[i]
		switch {
		case x == y:
			continue
		case x == '/':
			return -1
		case y == '/':
			return 1
		}
		return int(x) - int(y)
	}
	return len(a) - len(b)
}
