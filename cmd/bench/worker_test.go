package main

import (
	"strings"
	"testing"
	"time"

	"ordeal/testbed/play"
)

func TestAnswersOfAWorker(t *testing.T) {
	played, err := readAnswers(strings.NewReader(`{"summary":{"line":"a","traceHash":"1","operations":3,"virtualMs":1500}}
{"summary":{"line":"b","traceHash":"2","operations":4,"virtualMs":500}}
`))
	if err != nil {
		t.Fatal(err)
	}
	b := batch{trials: played}
	if b.operations() != 7 || b.virtual() != 2*time.Second {
		t.Errorf("%d operations in %v, not 7 in 2s", b.operations(), b.virtual())
	}
	if _, err := readAnswers(strings.NewReader(`{"error":"the trial could not be played"}`)); err == nil {
		t.Error("a worker's error was not told")
	}
	if _, err := readAnswers(strings.NewReader(`{"summary":`)); err == nil {
		t.Error("half an answer was taken")
	}
}

func TestDifferentHashesAreSeen(t *testing.T) {
	batchOf := func(hashes ...string) batch {
		var b batch
		for i, h := range hashes {
			b.trials = append(b.trials, play.Summary{Line: string(rune('a' + i)), TraceHash: h})
		}
		return b
	}
	if n, first := batchOf("1", "2").differences(batchOf("1", "2", "3")); n != 0 {
		t.Errorf("%d of equal trials differ, %s first", n, first)
	}
	if n, first := batchOf("1", "9", "8").differences(batchOf("1", "2", "3")); n != 2 || first != "b" {
		t.Errorf("%d differ, %s first; not 2, b", n, first)
	}
}
