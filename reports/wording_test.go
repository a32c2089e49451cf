package reports

import (
	"testing"
	"time"

	"ordeal/reports/chart"
)

func TestWording(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{seconds(9_213_500_000), "9.214 s"}, {seconds(0), "0.000 s"}, {seconds(-1500 * time.Millisecond), "-1.500 s"},
		{millis(2_104_499), "2.104"}, {millis(999), "0.001"},
		{thousands(0), "0"}, {thousands(999), "999"}, {thousands(1000), "1,000"}, {thousands(1182233), "1,182,233"},
		{thousands(-1182233), "-1,182,233"}, {thousands(-100), "-100"}, {thousands(-1000), "-1,000"},
		{plural(1, "trial"), "1 trial"}, {plural(1204, "trial"), "1,204 trials"},
		{measured(Measure{"", 1500, "bytes"}), "1,500 bytes"}, {measured(Measure{"", 1, "ns"}), "0.000 s"},
		{valueText(nil), "nil"}, {valueText(true), "true"}, {valueText(int64(-4)), "-4"}, {valueText(""), `""`},
		{valueText([]any{"0x1a", int64(42), []any{}}), "[0x1a 42 []]"}, {valueText("a b"), `"a b"`},
		{chart.Decimal(1_500_000, 6), "1.5"}, {chart.Decimal(1000, 6), "0.001"},
		{chart.Decimal(-5, 1), "-0.5"}, {chart.Decimal(0, 9), "0"},
		{processText(3), "process 3"}, {processText(-1), "nemesis"}, {processText(-2), "service"},
		{chart.Clean("a\tb\x1b\x00é", 10), "a b��é"}, {chart.Clean("abcdef", 4), "abc…"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
