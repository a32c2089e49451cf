package cron_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // so that the zones are there on any machine

	"ordeal/cluster/recipes/schedule/cron"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	in, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// cronTable is what expressions name in a zone, from an instant on.
var cronTable = []struct{ zone, expression, from, want string }{
	// Fields, lists, ranges, steps, names.
	{"UTC", "0 0 12 * * *", "2026-01-01 00:00:00 UTC", "2026-01-01 12:00:00 UTC; 2026-01-02 12:00:00 UTC"},
	{"UTC", "*/20 * * * *", "2026-01-01 00:50:30 UTC", "2026-01-01 01:00:00 UTC; 2026-01-01 01:20:00 UTC"},
	{"UTC", "5-8/3,40 0 0 1 1 *", "2026-01-01 00:00:00 UTC",
		"2026-01-01 00:00:05 UTC; 2026-01-01 00:00:08 UTC; 2026-01-01 00:00:40 UTC; 2027-01-01 00:00:05 UTC"},
	{"UTC", "0 0 0 1 feb-MAR,dec ?", "2026-01-01 00:00:00 UTC",
		"2026-02-01 00:00:00 UTC; 2026-03-01 00:00:00 UTC; 2026-12-01 00:00:00 UTC"},
	{"UTC", "0 0 * * sun", "2026-01-01 00:00:00 UTC", "2026-01-04 00:00:00 UTC; 2026-01-11 00:00:00 UTC"},
	{"UTC", "0 0 * * 7", "2026-01-01 00:00:00 UTC", "2026-01-04 00:00:00 UTC"},
	// A step counts from the field's least value, and anew each time: 56 is followed by 0.
	{"UTC", "*/7 * * * *", "2026-01-01 00:48:00 UTC",
		"2026-01-01 00:49:00 UTC; 2026-01-01 00:56:00 UTC; 2026-01-01 01:00:00 UTC"},
	{"UTC", "10/25 * * * *", "2026-01-01 00:00:00 UTC",
		"2026-01-01 00:10:00 UTC; 2026-01-01 00:35:00 UTC; 2026-01-01 01:10:00 UTC"},
	// L, W, #.
	{"UTC", "0 0 0 L * *", "2028-01-31 00:00:00 UTC", "2028-02-29 00:00:00 UTC; 2028-03-31 00:00:00 UTC"},
	{"UTC", "0 0 0 L-2 * *", "2026-02-01 00:00:00 UTC", "2026-02-26 00:00:00 UTC; 2026-03-29 00:00:00 UTC"},
	{"UTC", "0 0 0 15W * *", "2026-01-01 00:00:00 UTC",
		"2026-01-15 00:00:00 UTC; 2026-02-16 00:00:00 UTC; 2026-03-16 00:00:00 UTC"},
	{"UTC", "0 0 0 1W * *", "2026-07-02 00:00:00 UTC", "2026-08-03 00:00:00 UTC"},
	{"UTC", "0 0 0 31W * *", "2026-05-01 00:00:00 UTC", "2026-05-29 00:00:00 UTC; 2026-07-31 00:00:00 UTC"},
	{"UTC", "0 0 0 LW * *", "2026-01-01 00:00:00 UTC", "2026-01-30 00:00:00 UTC; 2026-02-27 00:00:00 UTC"},
	{"UTC", "0 0 0 * * FRI#2", "2026-01-01 00:00:00 UTC", "2026-01-09 00:00:00 UTC; 2026-02-13 00:00:00 UTC"},
	{"UTC", "0 0 0 * * 5#5", "2026-01-31 00:00:00 UTC", "2026-05-29 00:00:00 UTC"},
	{"UTC", "0 0 0 * * 5L", "2026-01-01 00:00:00 UTC", "2026-01-30 00:00:00 UTC; 2026-02-27 00:00:00 UTC"},
	{"UTC", "0 0 29 2 *", "2096-03-01 00:00:00 UTC", "2104-02-29 00:00:00 UTC"},
	// Day of the month and of the week: either.
	{"UTC", "0 0 13 * FRI", "2026-02-07 00:00:00 UTC",
		"2026-02-13 00:00:00 UTC; 2026-02-20 00:00:00 UTC; 2026-02-27 00:00:00 UTC; 2026-03-06 00:00:00 UTC; " +
			"2026-03-13 00:00:00 UTC"},
	// The clock goes forward: what is left out takes place at once, and once.
	{"America/New_York", "0 30 2 * * *", "2026-03-07 12:00:00 EST", "2026-03-08 03:00:00 EDT; 2026-03-09 02:30:00 EDT"},
	{"America/New_York", "0 0,30 2,3 * * *", "2026-03-07 12:00:00 EST",
		"2026-03-08 03:00:00 EDT; 2026-03-08 03:30:00 EDT; 2026-03-09 02:00:00 EDT"},
	{"America/New_York", "0 */30 * * * *", "2026-03-08 01:15:00 EST",
		"2026-03-08 01:30:00 EST; 2026-03-08 03:00:00 EDT; 2026-03-08 03:30:00 EDT"},
	{"America/New_York", "0 0 */2 * * *", "2026-03-08 00:30:00 EST",
		"2026-03-08 04:00:00 EDT; 2026-03-08 06:00:00 EDT"},
	// The clock goes back: a time of day that is there twice takes place the first time.
	{"America/New_York", "0 30 1 * * *", "2026-10-31 12:00:00 EDT", "2026-11-01 01:30:00 EDT; 2026-11-02 01:30:00 EST"},
	{"America/New_York", "0 */30 * * * *", "2026-11-01 00:45:00 EDT",
		"2026-11-01 01:00:00 EDT; 2026-11-01 01:30:00 EDT; 2026-11-01 01:00:00 EST; 2026-11-01 01:30:00 EST; " +
			"2026-11-01 02:00:00 EST"},
	// Half an hour, and a day without midnight.
	{"Australia/Lord_Howe", "0 15 2 * * *", "2026-10-03 12:00:00 +1030",
		"2026-10-04 02:30:00 +11; 2026-10-05 02:15:00 +11"},
	{"America/Asuncion", "0 0 0 * * *", "2023-09-30 12:00:00 -04", "2023-10-01 01:00:00 -03; 2023-10-02 00:00:00 -03"},
}

func TestCron(t *testing.T) {
	const layout = "2006-01-02 15:04:05 MST"
	for _, tt := range cronTable {
		c, err := cron.Parse(tt.expression)
		if err != nil {
			t.Errorf("%s: %v", tt.expression, err)
			continue
		}
		in := zone(t, tt.zone)
		at, err := time.ParseInLocation(time.DateTime, tt.from[:len(time.DateTime)], in)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for range strings.Count(tt.want, ";") + 1 {
			next, ok := c.Next(at, in)
			if !ok {
				break
			}
			got, at = append(got, next.Format(layout)), next
		}
		if g := strings.Join(got, "; "); g != tt.want {
			t.Errorf("%s in %s from %s:\n got %s\nwant %s", tt.expression, tt.zone, tt.from, g, tt.want)
		}
	}
}

// TestCronBySearch compares with a look at every second of five days, in which the clock goes forward.
func TestCronBySearch(t *testing.T) {
	in := zone(t, "Europe/Berlin")
	end := time.Date(2026, 4, 1, 0, 0, 0, 0, in)
	for expression, matches := range map[string]func(time.Time) bool{
		"0 */7 * * * *": func(u time.Time) bool { return u.Second() == 0 && u.Minute()%7 == 0 },
		"30 5,50 */3 L 3,10 *": func(u time.Time) bool {
			return u.Second() == 30 && (u.Minute() == 5 || u.Minute() == 50) && u.Hour()%3 == 0 && u.Day() == 31
		},
		"15 10 4-6 * 3,10 SUN#5": func(u time.Time) bool {
			return u.Second() == 15 && u.Minute() == 10 && u.Hour() >= 4 && u.Hour() <= 6 && u.Weekday() == 0 && u.Day() > 28
		},
	} {
		c, err := cron.Parse(expression)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Date(2026, 3, 27, 0, 0, 0, 0, in)
		next, found := c.Next(start, in)
		for at := start.Add(time.Second); at.Before(end); at = at.Add(time.Second) {
			if is := found && at.Equal(next); is != matches(at) {
				t.Fatalf("%s: at %v it is %v, and next comes %v", expression, at, matches(at), next)
			} else if is {
				next, found = c.Next(at, in)
			}
		}
	}
}

func TestCronThatMeansNothing(t *testing.T) {
	for expression, want := range map[string]string{
		"* * *":           "has 3 fields",
		"60 * * * * *":    `the second "60": "60" is no value from 0 to 59`,
		"* 5-3 * * * *":   `the minute "5-3": 3 comes before 5`,
		"*/0 * * * *":     `the step "0"`,
		"0 0 32 * *":      `the day of the month "32"`,
		"0 0 0W * *":      "W belongs behind",
		"0 0 L-31 * *":    "L-30",
		"0 0 * XYZ *":     `the month "XYZ"`,
		"0 0 * * MON#6":   `"6" is no number from 1 to 5`,
		"0 0 * * 8":       `the day of the week "8"`,
		"0 0 31 2 *":      "matches no day",
		"0 0 30W 2 *":     "matches no day",
		"0 0 0 1,,2 * *":  `"" is no value`,
		"0 0 0 * * L":     `"" is no value`,
		"0 0 0 * * FRI#":  `"" is no number`,
		"- - - - - -":     `"" is no value`,
		"1-2-3 * * * * *": `"2-3" is no value`,
	} {
		if _, err := cron.Parse(expression); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, where %q belongs", expression, err, want)
		}
	}
}

func FuzzCron(f *testing.F) {
	f.Add("0 */5 2 L-3,15W * FRI#2", int64(1772956800))
	f.Fuzz(func(t *testing.T, expression string, from int64) {
		c, err := cron.Parse(expression)
		if err != nil {
			return
		}
		at := time.Unix(from%(1<<33), 0)
		if next, ok := c.Next(at, time.UTC); ok && !next.After(at) {
			t.Errorf("behind %v comes %v", at, next)
		}
	})
}

func ExampleParse() {
	c, _ := cron.Parse("0 30 2 L * ?")
	_, err := cron.Parse("0 30 25 * * *")
	fmt.Println(c, "/", err)
	// Output: 0 30 2 L * ? / cron "0 30 25 * * *": the hour "25": "25" is no value from 0 to 23
}
