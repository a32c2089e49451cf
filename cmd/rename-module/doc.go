// Command rename-module gives the module in the working directory another path, for those who publish it as theirs:
//
//	rename-module [-force] PATH
//
// as `make module MODULE=PATH` runs it. It renames
//
//   - the module line of go.mod, and the lines of go.mod files below that require or replace this module;
//   - imports in every Go file, whatever its build constraints;
//   - import paths in string literals and comments of Go, and in every other text file: the path with a package behind
//     it, as in "PATH/sim"; the path alone where a line imports it, or a go.mod would name it;
//   - two literals that are the path alone: the value of a constant or variable called module, and the path with a dot
//     behind it, with which the names of the root package's functions begin.
//
// Everything else stays: the path's last word as the name of a package, a command or a folder, and lines such as
// "PATH/1 seed=7", since what follows is no package. So does everything in folders called testdata, vendor, bin and
// ordeal-results, and in files that are not text. A CPU profile for the compiler names packages and is not text: after
// a renaming it speeds nothing up until it is taken again.
//
// Renaming back gives the same bytes: a tree for which that does not hold, since it has the new path already, is left
// alone. So is one whose changes are not committed, unless -force is given: then git can't tell what the renaming did.
//
// The exit status is 0 if the module has the new path, 2 for bad arguments, and 1 for everything else.
package main
