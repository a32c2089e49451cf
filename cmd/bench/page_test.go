package main

import (
	"io"
	"strings"
	"testing"
	"time"
)

// Of trials together counts what they cost together, and a page that costs too much says so.
func TestFiguresOfPages(t *testing.T) {
	all := []pageCosts{
		{plain: 100 * time.Millisecond, collected: 105 * time.Millisecond, page: 115 * time.Millisecond},
		{plain: 300 * time.Millisecond, collected: 312 * time.Millisecond, page: 324 * time.Millisecond},
	}
	figures := pageFigures(all)
	for i, want := range []string{"200ms", "+4.2 %", "+9.7 %"} {
		if figures[i].measured != want {
			t.Errorf("%s: %s, not %s", figures[i].name, figures[i].measured, want)
		}
	}
	if figures[2].verdict != reached {
		t.Errorf("%+v", figures[2])
	}
	all[1].page += 2 * time.Millisecond
	if f := pageFigures(all)[2]; f.verdict != missed {
		t.Errorf("too much: %+v", f)
	}
}

func TestPagesOfNoTrialsAreRefused(t *testing.T) {
	for _, f := range []pageFlags{{rounds: 1}, {trials: 1}} {
		if err := f.measure(t.Context(), io.Discard); err == nil || !strings.Contains(err.Error(), "must be 1 at least") {
			t.Errorf("%+v: %v", f, err)
		}
	}
}
