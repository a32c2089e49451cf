//go:build !linux

package thread

import "os/exec"

func isFirst() bool { return false }

// dieWithThread can't be had there.
func dieWithThread(*exec.Cmd) {}
