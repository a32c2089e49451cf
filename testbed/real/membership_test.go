package real

import (
	"slices"
	"strings"
	"testing"

	"ordeal/workloads"
)

// TestTheOperatorIsNoClient: the user who may change the ensemble, and everything else, is the one whom the operator
// claims to be, and none whom clients do.
func TestTheOperatorIsNoClient(t *testing.T) {
	for name, text := range map[string]string{"ours": oursText, "zookeeper": zookeeperText} {
		if want := "superDigest=" + workloads.Digest(operatorSecret) + "\n"; !strings.Contains(text, want) {
			t.Errorf("%s: there is no %q", name, want)
		}
	}
	if slices.Contains(workloads.Users(), operatorSecret) {
		t.Errorf("clients claim to be %s", operatorSecret)
	}
}
