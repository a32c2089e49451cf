//go:build failpoints

package trial

// Marked says that this program was built by failpoint-build, so that the marks of its main module do something.
const Marked = true
