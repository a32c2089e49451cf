// Command failpoint-build builds a program with its failpoint marks switched in.
//
// A mark, such as failpoint.InjectCall("walBeforeSync", self), does nothing in an ordinary build. This command has the
// marks of the module in the working directory rewritten into calls, in a folder of its own, and lets the go command
// build with that laid over the source. The work tree is not touched, no build cache of its own is needed, and two
// builds do not disturb each other. Errors of the compiler name the source as it was written.
//
// Usage:
//
//	failpoint-build [-module PATH,...] [arguments of go build]
//	failpoint-build [-module PATH,...] -test [arguments of go test]
//	failpoint-build [-module PATH,...] -overlay FILE
//
// as in
//
//	go run ./cmd/failpoint-build -o bin/ordeal ./cmd/ordeal
//	go run ./cmd/failpoint-build -test -run Crash ./cluster/wal
//
// The last form builds nothing: it writes FILE for the go command's flag -overlay, and beside it the folder FILE.d
// that FILE names. They describe the source as it is now.
//
// It works the same in a module that only requires this one:
//
//	go run ordeal/cmd/failpoint-build -o bin/service ./cmd/service
//
// or, after `go get -tool ordeal/cmd/failpoint-build`, as `go tool failpoint-build`. Marks in dependencies stay off
// there. -module names the modules, separated by commas, whose marks are switched in besides those of the main module;
// it takes -module ordeal to plant the bugs of ordeal's own service. Each must be one that `go list -m` finds, and its
// source must be in a folder of its own: one that a replace directive or go.work names, or vendor. The go command
// refuses overlays for its module cache.
//
// The exit status is the go command's. A mark that cannot be rewritten where it stands is an error.
//
// At run time a mark's name is its package's import path, a slash, and what the mark calls itself: that holds in
// package main too, and in the package of external tests, whose path ends in _test.
package main
