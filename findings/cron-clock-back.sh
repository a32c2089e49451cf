#!/usr/bin/env bash
# Cron libraries for Go when clocks go back: whether the hour that comes twice is skipped hangs on the zone's place on the globe.
#
# A job of every half hour is to run every half hour, and a job of 2:30 (or 1:30) once a day. Where clocks go back an hour comes
# twice. Two libraries make the next instant by time.Date of a time of day, which is one of two there, and which one it is differs
# east and west of Greenwich. So github.com/adhocore/gronx lets an hour and a half pass in Berlin, and half an hour in New York:
# whoever tests in one zone has tested nothing for the other. github.com/reugn/go-quartz lets as much pass in both, by leaving out
# the first of the two hours here and the second there. github.com/robfig/cron, which goes on in elapsed hours, leaves none out
# and has the daily job run twice in that night, of which its documentation, which tells of the other night, says nothing.
#
# Needs Go and a module proxy. Seen on linux/amd64 with go1.26, twice the same (* is the second of the two hours):
#
#   robfig/cron v3.0.1       Europe/Berlin     half-hourly 01:30 02:00 02:30 02:00* 02:30* 03:00   daily 25:02:30 25:02:30* 26:02:30
#   robfig/cron v3.0.1       America/New_York  half-hourly 00:30 01:00 01:30 01:00* 01:30* 02:00   daily 01:01:30 01:01:30* 02:01:30
#   gronx v1.20.4            Europe/Berlin     half-hourly 01:30 02:00* 02:30* 03:00 03:30 04:00   daily 25:02:30* 26:02:30 27:02:30
#   gronx v1.20.4            America/New_York  half-hourly 00:30 01:00 01:30 01:00* 01:30* 02:00   daily 01:01:30 02:01:30 03:01:30
#   go-quartz v0.15.2        Europe/Berlin     half-hourly 01:30 02:00* 02:30* 03:00 03:30 04:00   daily 25:02:30* 26:02:30 27:02:30
#   go-quartz v0.15.2        America/New_York  half-hourly 00:30 01:00 01:30 02:00 02:30 03:00   daily 01:01:30 02:01:30 03:01:30
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat > main.go <<'GO'
package main

import (
	"fmt"
	"time"
	_ "time/tzdata"

	"github.com/adhocore/gronx"
	"github.com/reugn/go-quartz/quartz"
	"github.com/robfig/cron/v3"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// next is the instant behind another at which a job runs: minute and hour are fields of its expression.
type next func(minute, hour string, behind time.Time) time.Time

func robfig(minute, hour string, behind time.Time) time.Time {
	s, err := cron.ParseStandard(minute + " " + hour + " * * *")
	check(err)
	return s.Next(behind)
}

func adhocore(minute, hour string, behind time.Time) time.Time {
	t, err := gronx.NextTickAfter(minute+" "+hour+" * * *", behind, false)
	check(err)
	return t
}

func reugn(minute, hour string, behind time.Time) time.Time {
	t, err := quartz.NewCronTriggerWithLoc("0 "+minute+" "+hour+" * * ?", behind.Location())
	check(err)
	n, err := t.NextFireTime(behind.UnixNano())
	check(err)
	return time.Unix(0, n).In(behind.Location())
}

// show is when a job runs next, so many times. A time that the clock shows for the second time has a star.
func show(n next, minute, hour string, from time.Time, times int, layout string) {
	for range times {
		from = n(minute, hour, from)
		fmt.Print(from.Format(layout))
		if from.Add(-time.Hour).Format("15:04") == from.Format("15:04") {
			fmt.Print("*")
		}
	}
}

func main() {
	for _, l := range []struct {
		name string
		next
	}{{"robfig/cron v3.0.1", robfig}, {"gronx v1.20.4", adhocore}, {"go-quartz v0.15.2", reugn}} {
		for _, z := range []struct {
			name, hour string // of the time of day that comes twice, at half past
			from       time.Time
		}{
			{"Europe/Berlin", "2", time.Date(2026, 10, 24, 23, 15, 0, 0, time.UTC)},
			{"America/New_York", "1", time.Date(2026, 11, 1, 4, 15, 0, 0, time.UTC)},
		} {
			zone, err := time.LoadLocation(z.name)
			check(err)
			fmt.Print(l.name, " ", z.name, " half-hourly")
			show(l.next, "*/30", "*", z.from.In(zone), 6, " 15:04")
			fmt.Print(" daily")
			show(l.next, "30", z.hour, z.from.In(zone), 3, " 02:15:04")
			fmt.Println()
		}
	}
}
GO

go mod init finding 2>/dev/null
go get github.com/robfig/cron/v3@v3.0.1 github.com/adhocore/gronx@v1.20.4 github.com/reugn/go-quartz@v0.15.2 2>/dev/null
go run -mod=mod . | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
robfig/cron v3.0.1 Europe/Berlin half-hourly 01:30 02:00 02:30 02:00* 02:30* 03:00 daily 25:02:30 25:02:30* 26:02:30
robfig/cron v3.0.1 America/New_York half-hourly 00:30 01:00 01:30 01:00* 01:30* 02:00 daily 01:01:30 01:01:30* 02:01:30
gronx v1.20.4 Europe/Berlin half-hourly 01:30 02:00* 02:30* 03:00 03:30 04:00 daily 25:02:30* 26:02:30 27:02:30
gronx v1.20.4 America/New_York half-hourly 00:30 01:00 01:30 01:00* 01:30* 02:00 daily 01:01:30 02:01:30 03:01:30
go-quartz v0.15.2 Europe/Berlin half-hourly 01:30 02:00* 02:30* 03:00 03:30 04:00 daily 25:02:30* 26:02:30 27:02:30
go-quartz v0.15.2 America/New_York half-hourly 00:30 01:00 01:30 02:00 02:30 03:00 daily 01:01:30 02:01:30 03:01:30
END
