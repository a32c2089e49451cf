// Package cron reads cron expressions (Parse), and says which instants they name (Expression.Next).
package cron

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Expression has five or six fields: [second] minute hour day-of-month month day-of-week. docs/RECIPES.md has the
// table of what it says at both ends of daylight saving, and where fields can be read in two ways.
//
// A field is *, ? (the same), or items with commas between them: n, a-b, */n, a-b/n and a/n (from a on). A month may
// be JAN to DEC, a day of the week SUN to SAT, 0 to 6, or 7 for Sunday. A day of the month may also be L (the last),
// L-n (n days before it), nW (the day from Monday to Friday that is nearest to n, in the same month) and LW; a day of
// the week nL (the last of the month) and n#k (the k-th).
type Expression struct {
	second, minute, hour, month, day, weekday uint64 // a bit for each value
	// Whether the field is * or ?, and whether hours follow each other evenly.
	anyDay, anyWeekday, everyHour bool
	last                          []int  // so many days before the last of the month
	nearest                       []int  // the nearest weekday to this day; 0 is the last of the month
	nth                           []nth  // of weekdays
	text                          string // as it was given
}

// nth is the k-th such weekday of a month; 0 is the last.
type nth struct{ weekday, k int }

const (
	cronFieldsMax = 6
	cronMax       = 500 // bytes
)

// Parse reads an expression. The error says which field means nothing.
func Parse(text string) (Expression, error) {
	c := Expression{text: text}
	if len(text) > cronMax {
		return Expression{}, fmt.Errorf("cron %.20q… has %d bytes, and %d are more than any needs", text, len(text),
			cronMax)
	}
	fields := strings.Fields(text)
	switch len(fields) {
	case cronFieldsMax - 1:
		fields = append([]string{"0"}, fields...)
	case cronFieldsMax:
	default:
		return Expression{}, fmt.Errorf("cron %q has %d fields: [second] minute hour day month weekday are wanted", text,
			len(fields))
	}
	for i, parse := range []func(string) error{
		plain(&c.second, 0, 59, nil), plain(&c.minute, 0, 59, nil), plain(&c.hour, 0, 23, nil), c.parseDay,
		plain(&c.month, 1, 12, monthNames), c.parseWeekday,
	} {
		if err := parse(fields[i]); err != nil {
			name := [...]string{"second", "minute", "hour", "day of the month", "month", "day of the week"}[i]
			return Expression{}, fmt.Errorf("cron %q: the %s %q: %w", text, name, fields[i], err)
		}
	}
	c.everyHour = strings.HasPrefix(fields[2], "*") || fields[2] == "?"
	if _, ok := c.nextWall(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Unix()); !ok {
		return Expression{}, fmt.Errorf("cron %q matches no day that there is", text)
	}
	return c, nil
}

// String is the expression as it was given.
func (c Expression) String() string { return c.text }

var (
	monthNames   = []string{"", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}
	weekdayNames = []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}
)

func plain(set *uint64, least, most int, names []string) func(string) error {
	return func(field string) error {
		for item := range strings.SplitSeq(field, ",") {
			one, err := cronRange(item, least, most, names)
			if err != nil {
				return err
			}
			*set |= one
		}
		return nil
	}
}

// cronRange reads one item: *, n, a-b, and these with /step.
func cronRange(item string, least, most int, names []string) (set uint64, err error) {
	span, stepText, stepped := strings.Cut(item, "/")
	step := 1
	if stepped {
		if step, err = strconv.Atoi(stepText); err != nil || step < 1 || step > most {
			return 0, fmt.Errorf("the step %q is no number from 1 to %d", stepText, most)
		}
	}
	from, to := least, most
	if span != "*" && span != "?" {
		first, last, isRange := strings.Cut(span, "-")
		if from, err = cronValue(first, least, most, names); err != nil {
			return 0, err
		}
		if isRange {
			if to, err = cronValue(last, least, most, names); err != nil {
				return 0, err
			}
		} else if !stepped {
			to = from
		}
		if to < from {
			return 0, fmt.Errorf("%d comes before %d", to, from)
		}
	}
	for n := from; n <= to; n += step {
		set |= 1 << n
	}
	return set, nil
}

func cronValue(text string, least, most int, names []string) (int, error) {
	if i := slices.Index(names, strings.ToUpper(text)); i >= 0 && text != "" {
		return i, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%q is no value from %d to %d", text, least, most)
	}
	return n, nil
}

var errNearest = errors.New("W belongs behind a day from 1 to 31, or behind L")

func (c *Expression) parseDay(field string) error {
	c.anyDay = field == "*" || field == "?"
	for item := range strings.SplitSeq(strings.ToUpper(field), ",") {
		before, isNearest := strings.CutSuffix(item, "W")
		switch {
		case item == "L":
			c.last = append(c.last, 0)
		case item == "LW":
			c.nearest = append(c.nearest, 0)
		case strings.HasPrefix(item, "L-"):
			n, err := strconv.Atoi(item[2:])
			if err != nil || n < 0 || n > 30 {
				return fmt.Errorf("%q is not from L-0 to L-30", item)
			}
			c.last = append(c.last, n)
		case isNearest:
			n, err := strconv.Atoi(before)
			if err != nil || n < 1 || n > 31 {
				return errNearest
			}
			c.nearest = append(c.nearest, n)
		default:
			set, err := cronRange(item, 1, 31, nil)
			if err != nil {
				return err
			}
			c.day |= set
		}
	}
	return nil
}

func (c *Expression) parseWeekday(field string) error {
	c.anyWeekday = field == "*" || field == "?"
	for item := range strings.SplitSeq(strings.ToUpper(field), ",") {
		name, kText, isNth := strings.Cut(item, "#")
		before, isLast := strings.CutSuffix(item, "L")
		switch {
		case isNth:
			day, err := cronValue(name, 0, 7, weekdayNames)
			if err != nil {
				return err
			}
			k, err := strconv.Atoi(kText)
			if err != nil || k < 1 || k > 5 {
				return fmt.Errorf("%q is no number from 1 to 5", kText)
			}
			c.nth = append(c.nth, nth{day % 7, k})
		case isLast:
			day, err := cronValue(before, 0, 7, weekdayNames)
			if err != nil {
				return err
			}
			c.nth = append(c.nth, nth{day % 7, 0})
		default:
			set, err := cronRange(item, 0, 7, weekdayNames)
			if err != nil {
				return err
			}
			c.weekday |= set
		}
	}
	if c.weekday&(1<<7) != 0 {
		c.weekday |= 1
	}
	return nil
}

// least is the least value of a set from n on.
func least(set uint64, n int) (value int, ok bool) {
	if n > 63 {
		return 0, false
	}
	set &= ^uint64(0) << n
	return bits.TrailingZeros64(set), set != 0
}
