package campaign

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestAWorkerGivesTheProgramBack looks at how much of files is in this process's memory.
func TestAWorkerGivesTheProgramBack(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if !asLinked(program) {
		t.Skip("this test was built so that a loader has written to it")
	}
	before := residentFiles(t)
	giveBackProgram()
	if after := residentFiles(t); before <= after {
		t.Errorf("%d KiB of files are in memory, and were %d before", after, before)
	}
}

// residentFiles is how much of files is in this process's memory, in KiB.
func residentFiles(t *testing.T) (kib int) {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if n, _ := fmt.Sscanf(line, "RssFile: %d kB", &kib); n == 1 {
			return kib
		}
	}
	t.Skip("the kernel does not say")
	return 0
}

// TestProgramsThatALoaderHasWrittenToKeepTheirPages: those of a program that may lie anywhere hold addresses that are
// in no file.
func TestProgramsThatALoaderHasWrittenToKeepTheirPages(t *testing.T) {
	dir := t.TempDir()
	main := filepath.Join(dir, "main.go")
	if err := os.WriteFile(main, []byte("package main\n\nfunc main() {}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[string]bool{"exe": true, "pie": false} {
		program := filepath.Join(dir, mode)
		build := exec.Command("go", "build", "-buildmode", mode, "-o", program, main)
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if got := asLinked(program); got != want {
			t.Errorf("built as %s: in memory as it is in its file: %v", mode, got)
		}
	}
}

func TestOnlyWhatIsNotWrittenToIsGivenBack(t *testing.T) {
	for line, want := range map[string]uintptr{
		"00400000-01dd5000 r-xp 00000000 fe:00 1033 /bin/ordeal": 0x19d5000,
		"01dd5000-03856000 r--p 019d5000 fe:00 1033 /bin/ordeal": 0x1a81000,
		"03856000-03e19000 rw-p 03456000 fe:00 1033 /bin/ordeal": 0,
		"00400000-01dd5000 r-xp 00000000 fe:00 1033 /lib/other":  0,
		"c000000000-c000400000 rw-p 00000000 00:00 0":            0,
		"01dd5000-00400000 r-xp 00000000 fe:00 1033 /bin/ordeal": 0,
		"": 0,
	} {
		if _, size, _ := unwritten(line, "/bin/ordeal"); size != want {
			t.Errorf("%q: %#x bytes, want %#x", line, size, want)
		}
	}
}
