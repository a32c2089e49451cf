package target

import (
	"slices"
	"testing"
)

func TestServers(t *testing.T) {
	got, err := ParseServers("127.0.0.1:2181,[::1]:2182,zoo.example:2183")
	if want := []string{"127.0.0.1:2181", "[::1]:2182", "zoo.example:2183"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	for _, bad := range []string{"", "zoo", "zoo:", ":2181", "zoo:0", "zoo:65536", "zoo:-1", "zoo:x", "a:1,", "a:1,a:1",
		"a:1 b:2"} {
		if got, err := ParseServers(bad); err == nil {
			t.Errorf("%q gave %q", bad, got)
		}
	}
}
