package part_test

import (
	"testing"
	"tiny/part"

	"github.com/pingcap/failpoint"
)

func TestTheMarksAreIn(t *testing.T) {
	if err := failpoint.Enable("tiny/part_test/marked", "return(true)"); err != nil {
		t.Fatal(err)
	}
	in := false
	failpoint.Inject("marked", func(_ failpoint.Value) { in = true })
	if !in {
		t.Fatal("the test was built without marks")
	}
	part.Work("n1")
}
