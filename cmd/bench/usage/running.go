// Package usage is what processes have taken of a machine: CPU time and memory, as the operating system counts them.
package usage

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// clockTick is the unit of Linux's process times. It is 10 ms on every machine that Go runs on.
const clockTick = 10 * time.Millisecond

// CPU is the CPU time that a running process took so far, user and system. It needs /proc.
func CPU(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	return parseStat(string(text))
}

// parseStat takes the times out of a line of /proc/PID/stat. The program's name, in parentheses, may hold anything.
func parseStat(line string) (time.Duration, error) {
	fields := strings.Fields(line[strings.LastIndexByte(line, ')')+1:])
	const user, system = 11, 12 // from the state on
	if len(fields) <= system {
		return 0, fmt.Errorf("a process's stat has %d fields", len(fields))
	}
	var total time.Duration
	for _, f := range []string{fields[user], fields[system]} {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, err
		}
		total += time.Duration(n) * clockTick
	}
	return total, nil
}

// Memory is the resident memory of a running process in bytes: now, and at its peak. It needs /proc.
func Memory(pid int) (now, peak int64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, err
	}
	return parseStatus(string(text))
}

// parseStatus takes the memory out of /proc/PID/status.
func parseStatus(text string) (now, peak int64, err error) {
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(line, ":")
		at := map[string]*int64{"VmRSS": &now, "VmHWM": &peak}[key]
		if at == nil {
			continue
		}
		kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		if err != nil {
			return 0, 0, err
		}
		*at = kib << 10
	}
	if now == 0 || peak == 0 {
		return 0, 0, fmt.Errorf("a process's status says nothing of its memory")
	}
	return now, peak, nil
}
