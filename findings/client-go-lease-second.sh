#!/usr/bin/env bash
# k8s.io/client-go v0.37.2, leaderelection: all renewals within one second of the clock count as the first of them.
#
# A candidate waits until the Lease has not changed for as long as the lease lasts. What it compares is a text in which the time of
# the renewal has whole seconds, though the Lease itself has microseconds. So a renewal in the same second as the last is none, and
# a holder that renewed at .9 is taken for one that renewed at .0. The holder counts from the renewal that succeeded. With a
# LeaseDuration of 3 s and a RenewDeadline of 2.8 s, which NewLeaderElector takes, two lead at once if the holder is cut off at the
# end of a second, and not at its beginning. Nothing says that the two times must lie a second and more apart; in the defaults, 15 s
# and 10 s, they do.
#
# The Lease is kept in memory here (client-go-lease.go.txt). Both have the same configuration and the same clock.
#
# Needs Go and a module proxy; client-go takes some minutes to compile. Seen on linux/amd64 with go1.26, twice the same:
#
#   cut off at .95 of a second: b leads while a still does
#   cut off at .15 of a second: b leads when a does no more
set -euo pipefail

version=v0.37.2
program=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/client-go-lease.go.txt
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cp "$program" main.go
go mod init finding 2>/dev/null
go get "k8s.io/client-go@$version" 2>/dev/null
go build -mod=mod -o elect .
for at in 950ms 150ms; do ./elect -lease 3s -deadline 2.8s -cut $at; done | tee out

grep LeaseDuration out | diff - <(cat <<'END'
LeaseDuration 3s, RenewDeadline 2.8s: the Lease says 3 s; b leads while a still does
LeaseDuration 3s, RenewDeadline 2.8s: the Lease says 3 s; b leads when a does no more
END
) || { echo "changed" >&2; exit 1; }
