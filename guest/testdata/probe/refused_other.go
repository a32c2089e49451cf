//go:build !unix && !wasip1

package main

// refused has nothing to ask for.
func refused() {}
