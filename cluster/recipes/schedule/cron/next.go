package cron

import "time"

const (
	secondsInDay = 24 * 60 * 60
	// cronDaysMax is for how many days an expression is looked for: the 29th of February is a Monday again after 28 or,
	// over a year like 2100, 40 years.
	cronDaysMax = 41 * 366
	// zonePeriodsMax bounds the changes of a zone that are looked past.
	zonePeriodsMax = 400
)

// Next is the first instant behind one that the expression names in the location. ok is false if there is none.
//
// Where hours are given one by one, the expression names times of day: what daylight saving leaves out takes place at
// the instant at which the clock goes forward, once; what it has twice takes place the first time. Where the hour is
// * or */n the expression names instants as the clock shows them: what is left out is not there, what is there twice
// takes place twice.
func (c Expression) Next(after time.Time, in *time.Location) (next time.Time, ok bool) {
	from := after.Unix() + 1
	for range zonePeriodsMax {
		at := time.Unix(from, 0).In(in)
		start, end := at.ZoneBounds()
		_, offset := at.Zone()
		lo := from
		if !c.everyHour && !start.IsZero() {
			_, before := time.Unix(start.Unix()-1, 0).In(in).Zone()
			if offset > before && from <= start.Unix() {
				first := start.Unix() + int64(before)
				if wall, ok := c.nextWall(first); ok && wall < start.Unix()+int64(offset) {
					return time.Unix(start.Unix(), 0).In(in), true
				}
			}
			if offset < before {
				lo = max(lo, start.Unix()+int64(before-offset))
			}
		}
		wall, ok := c.nextWall(lo + int64(offset))
		if !ok {
			return time.Time{}, false
		}
		if next := wall - int64(offset); end.IsZero() || next < end.Unix() {
			return time.Unix(next, 0).In(in), true
		}
		from = end.Unix()
	}
	return time.Time{}, false
}

// nextWall is the first second that the expression names from one on, as clocks on a wall show them: seconds since
// 1970 of a day that has 24 hours.
func (c Expression) nextWall(from int64) (wall int64, ok bool) {
	day := from - (from%secondsInDay+secondsInDay)%secondsInDay
	clock := int(from - day)
	for range cronDaysMax {
		if c.onDay(time.Unix(day, 0).UTC()) {
			if s, ok := c.nextClock(clock); ok {
				return day + int64(s), true
			}
		}
		day, clock = day+secondsInDay, 0
	}
	return 0, false
}

// nextClock is the first second of a day that the expression names from one on.
func (c Expression) nextClock(from int) (second int, ok bool) {
	h, m, s := from/3600, from/60%60, from%60
	for hour, ok := least(c.hour, h); ok; hour, ok = least(c.hour, hour+1) {
		if hour > h {
			m, s = 0, 0
		}
		for minute, ok := least(c.minute, m); ok; minute, ok = least(c.minute, minute+1) {
			if minute > m {
				s = 0
			}
			if second, ok := least(c.second, s); ok {
				return hour*3600 + minute*60 + second, true
			}
		}
	}
	return 0, false
}

// onDay says whether the expression names a day. Where both the day of the month and that of the week are given,
// either will do, as in cron since 1987.
func (c Expression) onDay(day time.Time) bool {
	if c.month&(1<<day.Month()) == 0 {
		return false
	}
	switch {
	case c.anyDay:
		return c.anyWeekday || c.onWeekday(day)
	case c.anyWeekday:
		return c.onMonthday(day)
	}
	return c.onMonthday(day) || c.onWeekday(day)
}

func (c Expression) onMonthday(day time.Time) bool {
	d, last := day.Day(), lastOfMonth(day)
	if c.day&(1<<d) != 0 {
		return true
	}
	for _, n := range c.last {
		if d == last-n {
			return true
		}
	}
	for _, n := range c.nearest {
		if n == 0 {
			n = last
		}
		if n <= last && d == nearestWeekday(day, n, last) {
			return true
		}
	}
	return false
}

func (c Expression) onWeekday(day time.Time) bool {
	w := int(day.Weekday())
	if c.weekday&(1<<w) != 0 {
		return true
	}
	for _, n := range c.nth {
		if n.weekday == w && (n.k == 0 && day.Day()+7 > lastOfMonth(day) || n.k == (day.Day()-1)/7+1) {
			return true
		}
	}
	return false
}

func lastOfMonth(day time.Time) int {
	return time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// nearestWeekday is the day from Monday to Friday that is nearest to the n-th, and in the same month.
func nearestWeekday(day time.Time, n, last int) int {
	switch time.Date(day.Year(), day.Month(), n, 0, 0, 0, 0, time.UTC).Weekday() {
	case time.Saturday:
		if n == 1 {
			return 3
		}
		return n - 1
	case time.Sunday:
		if n == last {
			return n - 2
		}
		return n + 1
	}
	return n
}
