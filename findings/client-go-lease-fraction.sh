#!/usr/bin/env bash
# k8s.io/client-go v0.37.2, leaderelection: of a LeaseDuration the others hear the whole seconds, so two lead at once.
#
# A candidate writes how long its lease is good for into the Lease, in seconds, as an integer: 3.9 s become 3. Whoever else stands
# goes by what is written there, and not by its own configuration. The holder goes by RenewDeadline, which NewLeaderElector takes
# if it is below the LeaseDuration that was configured: with 3.9 s and 3.6 s a leader that reaches the API server no more leads for
# 3.6 s, and another may follow it after 3. NewLeaderElector refuses what is below a second, and says nothing of the rest. What
# helps is a LeaseDuration of whole seconds (see also client-go-lease-second.sh).
#
# The Lease is kept in memory here, with resource versions, behind client-go's own LeaseLock. "a" leads; right behind a renewal it is
# cut off from the Lease. Both have the same configuration and the same clock.
#
# Needs Go and a module proxy; client-go takes some minutes to compile. Seen on linux/amd64 with go1.26, twice the same:
#
#   LeaseDuration 3.9s, RenewDeadline 3.6s: the Lease says 3 s; b leads while a still does
#   LeaseDuration 4s, RenewDeadline 3.6s: the Lease says 4 s; b leads when a does no more
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
{ ./elect -lease 3.9s -deadline 3.6s -cut 150ms; ./elect -lease 4s -deadline 3.6s -cut 150ms; } | tee out

grep LeaseDuration out | diff - <(cat <<'END'
LeaseDuration 3.9s, RenewDeadline 3.6s: the Lease says 3 s; b leads while a still does
LeaseDuration 4s, RenewDeadline 3.6s: the Lease says 4 s; b leads when a does no more
END
) || { echo "changed" >&2; exit 1; }
