#!/usr/bin/env bash
# github.com/netresearch/go-cron v0.9.1: what its documentation says of nights on which clocks change is not what it does.
#
# The library is chosen for those nights: a fork of robfig/cron that is kept up, with a page of its own about them. That promises:
# where an hour comes twice, a job runs in the first of the two alone; where an hour is left out, a job of that hour runs right
# behind it (2:30 at 3:00); where midnight is left out, as in Chile, a job of midnight runs at the first time there is. In fact a
# daily job runs in both hours, 2:30 runs at 3:30, and a job of midnight does not run on the day without midnight.
#
# Needs Go and a module proxy. Seen on linux/amd64 with go1.26, twice the same (* is the second of the two hours):
#
#   America/New_York, back, 30 1 * * *      01:30, 01:30*, and 01:30 the next day
#   America/New_York, forward, 30 2 * * *   03:30, and 02:30 the next day
#   America/Santiago, forward, 0 0 * * *    nothing on September 6, the day itself; 00:00 before and behind it
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

	"github.com/netresearch/go-cron"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// show is when a daily job runs, from noon of a day on.
func show(zone, expression string, year int, month time.Month, day, times int) {
	at, err := time.LoadLocation(zone)
	check(err)
	schedule, err := cron.ParseStandard(expression)
	check(err)
	now := time.Date(year, month, day, 12, 0, 0, 0, at)
	fmt.Print(zone, " ", expression, ":")
	for range times {
		now = schedule.Next(now)
		fmt.Print(now.Format(" Jan2 15:04 -07"))
	}
	fmt.Println()
}

func main() {
	show("America/New_York", "30 1 * * *", 2026, time.October, 31, 3)
	show("America/New_York", "30 2 * * *", 2026, time.March, 7, 2)
	show("America/Santiago", "0 0 * * *", 2026, time.September, 4, 3)
}
GO

go mod init finding 2>/dev/null
go get github.com/netresearch/go-cron@v0.9.1 2>/dev/null
go run -mod=mod . | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
America/New_York 30 1 * * *: Nov1 01:30 -04 Nov1 01:30 -05 Nov2 01:30 -05
America/New_York 30 2 * * *: Mar8 03:30 -04 Mar9 02:30 -04
America/Santiago 0 0 * * *: Sep5 00:00 -04 Sep7 00:00 -03 Sep8 00:00 -03
END
