#!/usr/bin/env bash
# github.com/go-co-op/gocron/v2 v2.21.2: a daily job of 2:30 runs at 1:30 on the day without 2:30 in New York, and at 3:30 in Berlin.
#
# A job "at 2:30 each day" has to run at another time on the day on which clocks go from 2:00 to 3:00. The library's word is that by
# default it runs behind the change, and so it does in Berlin. West of Greenwich it runs before it, an hour early: what is to run
# behind something else (a day's close, a window in which a database rests) runs ahead of it. The cause: DailyJob makes its instants
# by time.Date, which takes a time of day that does not exist as an hour later in one half of the world, and as an hour earlier in
# the other. The policy DaylightSavingsTimeRunAfterTransition, which by its words is what a daily job does anyway, is the cure.
#
# Needs Go and a module proxy. The library's own scheduler runs by a clock that the test sets on, a quarter of an hour at a time. Seen
# on linux/amd64 with go1.26, twice the same, when it ran on three days:
#
#   Europe/Berlin, from March 28 2026     03:30 02:30 02:30
#   America/New_York, from March 7 2026   01:30 02:30 02:30
#   the same, with that policy            03:30 02:30 02:30
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

	"github.com/go-co-op/gocron/v2"
	"github.com/jonboulle/clockwork"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// ran is when a daily job of 2:30 runs on the three nights behind noon of a day.
func ran(name string, day int, options ...gocron.JobOption) {
	zone, err := time.LoadLocation(name)
	check(err)
	clock := clockwork.NewFakeClockAt(time.Date(2026, time.March, day, 12, 0, 0, 0, zone))
	s, err := gocron.NewScheduler(gocron.WithLocation(zone), gocron.WithClock(clock))
	check(err)
	times := make(chan time.Time, 100)
	_, err = s.NewJob(gocron.DailyJob(1, gocron.NewAtTimes(gocron.NewAtTime(2, 30, 0))),
		gocron.NewTask(func() { times <- clock.Now().In(zone) }), options...)
	check(err)
	s.Start()
	for range 3 * 24 * 4 {
		time.Sleep(10 * time.Millisecond) // so that it does what is due, and waits for what comes next
		clock.Advance(15 * time.Minute)
	}
	time.Sleep(100 * time.Millisecond)
	check(s.Shutdown())
	fmt.Print(name)
	for range len(times) {
		fmt.Print((<-times).Format(" Jan2 15:04"))
	}
	fmt.Println()
}

func main() {
	ran("Europe/Berlin", 28)
	ran("America/New_York", 7)
	ran("America/New_York", 7, gocron.WithDaylightSavingsTimePolicy(gocron.DaylightSavingsTimeRunAfterTransition))
}
GO

go mod init finding 2>/dev/null
go get github.com/go-co-op/gocron/v2@v2.21.2 github.com/jonboulle/clockwork@v0.5.0 2>/dev/null
go run -mod=mod . | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
Europe/Berlin Mar29 03:30 Mar30 02:30 Mar31 02:30
America/New_York Mar8 01:30 Mar9 02:30 Mar10 02:30
America/New_York Mar8 03:30 Mar9 02:30 Mar10 02:30
END
