package sim

import (
	"testing"
	"time"

	"ordeal/host"
)

func TestAMachineThatBeginsWithFiles(t *testing.T) {
	w := New(1, Config{})
	addProbe(t, w, "n1")
	must(t, w.Fill("n1", map[string][]byte{"a": []byte("x")}))
	if err := w.Fill("n1", nil); err == nil {
		t.Error("a disk that has files is filled")
	}
	run(w, time.Second)
	must(t, w.Crash("n1"))
	run(w, time.Second)
	list, err := w.Files("n1")
	if err != nil || len(list) != 1 || string(list["a"]) != "x" {
		t.Errorf("%q, %v", list, err)
	}
	if _, err := w.Files(host.Addr("n2")); err == nil {
		t.Error("there is no n2")
	}
}
