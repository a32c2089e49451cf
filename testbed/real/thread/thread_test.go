package thread

import (
	"errors"
	"os/exec"
	"runtime"
	"testing"
	"time"
)

// TestProgramsEndWithTheirThread on Linux.
func TestProgramsEndWithTheirThread(t *testing.T) {
	th, err := New(func() error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command("sleep", "60")
	if err := th.Start(c); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "linux" {
		defer c.Process.Kill()
	}
	th.Close()
	if runtime.GOOS != "linux" {
		return
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("it ended in good order")
		}
	case <-time.After(10 * time.Second):
		t.Error("it goes on")
		_ = c.Process.Kill() // so that Wait returns
	}
}

func TestAThreadThatCannotBegin(t *testing.T) {
	want := errors.New("no")
	if _, err := New(func() error { return want }); !errors.Is(err, want) {
		t.Error(err)
	}
}
