package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

const traces = `File: ordeal
Type: cpu
Duration: 41.54s, Total samples = 15.96s (38.42%)
-----------+-------------------------------------------------------
      10ms   ordeal/cluster.(*Node).noteRole
             ordeal/cluster.(*Node).pump
-----------+-------------------------------------------------------
     1.50s   runtime.memclrNoHeapPointers
             runtime.mallocgc
             google.golang.org/protobuf/internal/impl.consumeBytes (inline)
             ordeal/cluster.(*Node).receive
             ordeal/sim.(*World).Step
-----------+-------------------------------------------------------
      20ms   aeshashbody
             ordeal/model.Spec[go.shape.struct { A string }].Step
             runtime.mallocgc
             ordeal.Run
-----------+-------------------------------------------------------
      30ms   runtime.mallocgc
             runtime.gcBgMarkWorker
-----------+-------------------------------------------------------
      10ms   runtime.mallocgc
             ordeal/cluster.(*Node).reply
`

func TestSharesGoToTheInnermostPart(t *testing.T) {
	got, err := sharesOf(strings.NewReader(traces))
	if err != nil {
		t.Fatal(err)
	}
	want := []share{
		{"raftwire, protobuf", 1500 * time.Millisecond, 1500 * time.Millisecond},
		{noPart, 30 * time.Millisecond, 0},
		{"cluster: the node", 20 * time.Millisecond, 10 * time.Millisecond},
		{"model", 20 * time.Millisecond, 0},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}
