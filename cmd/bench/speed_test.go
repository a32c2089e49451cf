package main

import (
	"io"
	"strings"
	"testing"
)

func TestNumbersThatMeasureNothingAreRefused(t *testing.T) {
	for _, f := range []speedFlags{{trials: 0, same: 1}, {trials: 1, same: 1, races: 2}, {trials: 1, same: -1},
		{trials: 1, races: -1}} {
		if err := f.measure(t.Context(), io.Discard); err == nil || !strings.Contains(err.Error(), "must be 1 at least") {
			t.Errorf("%+v: %v", f, err)
		}
	}
}
