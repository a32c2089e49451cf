package checker

import (
	"os"
	"path/filepath"
	"testing"

	"ordeal/history/formats"
)

// TestRealHistories judges histories that Jepsen recorded against real databases. The verdicts are their publishers'.
func TestRealHistories(t *testing.T) {
	tests := []struct {
		file, model string
		want        Outcome
	}{
		{"etcd_000.log", "cas-register", Invalid},
		{"etcd_001.log", "cas-register", Invalid},
		{"etcd_002.log", "cas-register", Valid},
		{"etcd_005.log", "cas-register", Valid},
		{"cas-register-bug.edn", "cas-register", Valid},
		{"memstress3-33.edn", "cas-register", Valid},
		{"cas-failure.edn", "cas-register", Invalid},
		{"rethink-fail-minimal.edn", "cas-register", Invalid},
		{"mutex-etcd.edn", "mutex", Invalid},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", "real", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			h, err := formats.Read(tt.file, data)
			if err != nil {
				t.Fatal(err)
			}
			c, err := ForModel(tt.model)
			if err != nil {
				t.Fatal(err)
			}
			v := c.Check(h)
			if v.Outcome != tt.want {
				t.Errorf("%s, want %s: %s", v.Outcome, tt.want, v.Reason)
			}
			if v.HasPage() != (tt.want == Invalid) {
				t.Errorf("has a page: %v", v.HasPage())
			}
			t.Log(v.Reason)
		})
	}
}
