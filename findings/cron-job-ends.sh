#!/usr/bin/env bash
# github.com/reugn/go-quartz v0.15.2: west of Greenwich, a job of every half hour ends for good when clocks go forward.
#
# A trigger of a cron expression is asked for the instant behind another one, and says that it has expired when there is none. In
# America/New_York, on the night on which 2:00 does not exist, "0 */30 * * * ?" says so after 1:30: the scheduler takes the job
# off its queue, and a job that was to run for ever has run for the last time. That is logged as information, since a trigger that
# has expired is a job that is done. In Europe/Berlin the same expression goes on at 3:00, so a test there shows nothing.
#
# The cause: of a time of day that does not exist, time.Date makes one an hour later in one half of the world and an hour earlier in
# the other (its documentation promises neither). What is not behind the instant that was asked about is tried twice
# (CronTrigger.tzPasses), and 2:00 and 2:30 are two. So jobs that run at least twice an hour end so.
#
# Needs Go and a module proxy. Seen on linux/amd64 with go1.26, twice the same:
#
#   Europe/Berlin      00:30 01:00 01:30 03:00 03:30 04:00
#   America/New_York   00:30 01:00 01:30 trigger has expired
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat > main.go <<'GO'
package main

import (
	"errors"
	"fmt"
	"time"
	_ "time/tzdata"

	"github.com/reugn/go-quartz/quartz"
)

// fires are the next six times of day at which a job of every half hour runs, or what the trigger says instead.
func fires(zone string, month time.Month, day int) string {
	at, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	trigger, err := quartz.NewCronTriggerWithLoc("0 */30 * * * ?", at)
	if err != nil {
		panic(err)
	}
	now, text := time.Date(2026, month, day, 0, 15, 0, 0, at).UnixNano(), zone
	for range 6 {
		next, err := trigger.NextFireTime(now)
		if errors.Is(err, quartz.ErrTriggerExpired) {
			return text + " " + err.Error()
		} else if err != nil {
			panic(err)
		}
		text += time.Unix(0, next).In(at).Format(" 15:04")
		now = next
	}
	return text
}

func main() {
	fmt.Println(fires("Europe/Berlin", time.March, 29))
	fmt.Println(fires("America/New_York", time.March, 8))
}
GO

go mod init finding 2>/dev/null
go get github.com/reugn/go-quartz@v0.15.2 2>/dev/null
go run -mod=mod . | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
Europe/Berlin 00:30 01:00 01:30 03:00 03:30 04:00
America/New_York 00:30 01:00 01:30 trigger has expired
END
