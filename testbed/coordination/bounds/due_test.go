package bounds_test

import (
	"testing"
	"time"
)

// TestWhatIsDueIsRemoved: a znode whose time is over goes within a look of the leader's and a while.
func TestWhatIsDueIsRemoved(t *testing.T) {
	s := newStage()
	for range 5 {
		s.due = []string{"/a"}
		s.pass(3 * time.Second)
		s.due = nil
		s.pass(time.Second)
	}
	if s.broken() != "" {
		t.Error(s.breaches.List())
	}
	s.due = []string{"/a"}
	s.pass(5 * time.Second)
	if s.broken() != "what is due is removed" {
		t.Errorf("%q is broken", s.broken())
	}
}
