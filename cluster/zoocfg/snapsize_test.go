package zoocfg

import (
	"math"
	"testing"
)

func TestSnapSize(t *testing.T) {
	for value, want := range map[string]int64{
		"1": 1 << 10, "4194304": 4 << 30, "0": math.MaxInt64, "-1": math.MaxInt64, "9223372036854775807": math.MaxInt64,
	} {
		c, err := Parse("zoo.cfg", []byte("dataDir=/d\nclientPort=1\nsnapSizeLimitInKb="+value))
		if err != nil || len(c.Warnings) != 0 || c.SnapBytes != want {
			t.Errorf("%s KiB: %d bytes, %q, %v; want %d", value, c.SnapBytes, c.Warnings, err, want)
		}
	}
	if _, err := Parse("zoo.cfg", []byte("dataDir=/d\nclientPort=1\nsnapSizeLimitInKb=4g")); err == nil {
		t.Error("4g is taken for a number of KiB")
	}
}
