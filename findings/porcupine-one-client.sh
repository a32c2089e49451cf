#!/usr/bin/env bash
# github.com/anishathalye/porcupine v1.3.0: the history of a single client, in which nothing is to be decided, takes memory that
# grows with the square of its length.
#
# What makes a history hard to judge is how many operations overlap. Where none does there is one order, each operation is tried
# once, and one expects a pass over the history. That pass is made, but for each operation Porcupine remembers which operations were
# done before it, as a bit for every operation of the history, so that it can tell later whether it has been there. So each of n
# operations takes n/8 bytes which are kept until the end: 20 MB for ten thousand, 1.3 GB for a hundred thousand, and 5 GB for
# two hundred thousand, however simple they are. Histories have to be cut (by key, or where nothing is under way) to be judged.
#
# Needs Go and a module proxy. Seen on linux/amd64 with go1.26, twice the same: allocated for a register, by one client that writes
#
#    5,000 operations   1.6 KB each
#   10,000              2.4
#   20,000              3.8
#   40,000              6.5, of them 5 KB bits: 262 MB
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"runtime"

	"github.com/anishathalye/porcupine"
)

// register is one that only takes writes.
var register = porcupine.Model{
	Init: func() any { return 0 },
	Step: func(_, input, _ any) (bool, any) { return true, input },
}

// each is how many bytes are allocated for an operation, of so many.
func each(operations int) int {
	history := make([]porcupine.Operation, operations)
	for i := range history {
		history[i] = porcupine.Operation{Input: i, Call: int64(2 * i), Return: int64(2*i + 1)}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if !porcupine.CheckOperations(register, history) {
		panic("a history that is right is found wrong")
	}
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc-before.TotalAlloc) / operations
}

func main() {
	few, many := 0, 0
	for _, n := range []int{5_000, 10_000, 20_000, 40_000} {
		few, many = many, each(n)
		fmt.Printf("%d operations: %d bytes each\n", n, many)
	}
	// With a bit for every other operation, 20,000 more operations are 2,500 bytes more for each.
	if many-few < 2_000 {
		fmt.Println("changed")
		os.Exit(1)
	}
}
GO

go mod init finding 2>/dev/null
go get github.com/anishathalye/porcupine@v1.3.0 2>/dev/null
go run -mod=mod .
