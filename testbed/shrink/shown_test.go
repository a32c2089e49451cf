package shrink

import (
	"strings"
	"testing"
)

func TestShown(t *testing.T) {
	short := "ordeal/2 seed=1 workload=queue"
	if got := Shown(short); got != short {
		t.Errorf("got %q", got)
	}
	long := short + ` plan="` + strings.Repeat("at 1s crash leader; ", 200) + `"`
	got := Shown(long)
	if len(got) > 260 || !strings.HasPrefix(got, short) || !strings.HasSuffix(got, " … (4038 bytes in all)") {
		t.Errorf("got %q", got)
	}
	if got := Shown(strings.Repeat("x", 5000)); len(got) > LineMax+40 {
		t.Errorf("got %d bytes", len(got))
	}
}
