package real

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestClocksTellWhatTheyWereSetTo has the offset that is written go together with the rate that counts from the
// beginning.
func TestClocksTellWhatTheyWereSetTo(t *testing.T) {
	begun := time.Unix(1_000_000, 0)
	c := &wallClock{file: filepath.Join(t.TempDir(), "clock"), since: begun}
	if _, err := c.begin(begun); err != nil {
		t.Fatal(err)
	}
	step := func(after time.Duration, want string, change func()) {
		t.Helper()
		c.settle(begun.Add(after))
		change()
		if got := strings.TrimSpace(c.text()); got != want {
			t.Errorf("after %v libfaketime is told %q, want %q", after, got, want)
		}
	}
	step(0, "+0.000000 x1.000000", func() {})
	step(10*time.Second, "-2.000000 x1.000000", func() { c.ahead -= 2 * time.Second })
	// It goes on from where it was: what the rate would have gained before is taken off.
	step(100*time.Second, "-2.500000 x1.005000", func() { c.ppm = 5000 })
	step(200*time.Second, "-1.500000 x1.000000", func() { c.ppm = 0 })
	_, err := c.begin(begun.Add(300 * time.Second))
	if err != nil || strings.TrimSpace(c.text()) != "-1.500000 x1.000000" {
		t.Errorf("another start is told %q, %v", c.text(), err)
	}
}

// TestAProgramSeesItsClock asks date, if libfaketime is there.
func TestAProgramSeesItsClock(t *testing.T) {
	library, why := faketime(&Product{Clock: clockByFaketime})
	if why != "" {
		t.Skip(why)
	}
	c := &wallClock{library: library, file: filepath.Join(t.TempDir(), "clock"), since: time.Now(), ahead: -time.Hour}
	environment, err := c.begin(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	date := exec.Command("date", "+%s")
	date.Env = append(os.Environ(), environment...)
	out, err := date.Output()
	if err != nil {
		t.Fatal(err)
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	if behind := time.Since(time.Unix(seconds, 0)); err != nil || behind < 59*time.Minute || behind > 61*time.Minute {
		t.Errorf("a clock that was set back an hour is %v behind: %v", behind, err)
	}
}

func TestStaticProgramsKeepTheirClocks(t *testing.T) {
	p, err := Named("ours")
	if err != nil {
		t.Fatal(err)
	}
	if _, why := faketime(p); !strings.Contains(why, "ask the kernel for the time themselves") {
		t.Error(why)
	}
}
