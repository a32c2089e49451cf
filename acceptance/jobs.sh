#!/usr/bin/env bash
# Has `ordeal schedule` carry out a job on the service, and on Apache ZooKeeper: three executors, of which one after the
# other is killed by kill -9 and started again. No instant may be missing, each must end once, no claim may be carried out
# twice, and none but the identity may change a job.
set -euo pipefail
: "${ORDEAL:?the program}" "${SERVERS:?where servers take clients}" "${DIR:?a folder for data and results}"
here=$(cd "$(dirname "$0")" && pwd)
export ORDEAL_JOBS_AUTH=digest:cron:secret

fail() { echo "jobs: $*" >&2; exit 1; }

try() { # NAME ADDRESSES
    local work=$DIR/jobs-$1 jobs=("$ORDEAL" jobs --server "$2" --path /acceptance-jobs) executors=()
    mkdir -p "$work"
    printf '#!/bin/sh\necho "$ORDEAL_FIRING" "$ORDEAL_FENCE" >>%s\nsleep 0.5\necho "$ORDEAL_FIRING" >>%s\n' \
        "$work/claims" "$work/noted" >"$work/note"
    chmod +x "$work/note"
    "${jobs[@]}" init >/dev/null
    "${jobs[@]}" add '{"name": "tick", "every": 250, "misfire": "all", "overlap": "allow", "retries": 20,
        "work": {"command": ["'"$work/note"'"]}}' >/dev/null
    if ORDEAL_JOBS_AUTH=digest:other:guess "${jobs[@]}" remove tick >/dev/null 2>&1; then
        fail "$1: another identity has removed a job"
    fi
    for n in 1 2 3; do executors[n]=$(execute "$2" "$work" $n); done
    for n in 1 2 3 1 2 3; do
        sleep 1.5
        kill -9 "${executors[n]}"
        executors[n]=$(execute "$2" "$work" $n)
    done
    # What the last victim had is another's when its session is over, unless its job is paused by then.
    over "$(date -u +%Y-%m-%dT%H:%M:%S)"
    "${jobs[@]}" pause tick >/dev/null
    over 9
    kill "${executors[@]}"
    for n in 1 2 3; do while kill -0 "${executors[n]}" 2>/dev/null; do sleep 0.1; done; done
    check "$1" "$work"
}

# Waits until all firings have ended that were due before an instant; the log is in the folder then. It has what it needs
# from try.
over() { # INSTANT
    local tries
    for ((tries = 0; tries < 60; tries++)); do
        "${jobs[@]}" log tick >"$work/log"
        awk -v at="$1" 'NR > 1 && $1 < at && $2 != "done" { open = 1 } END { exit open }' "$work/log" && return
        sleep 0.5
    done
    fail "not all firings end: see $work"
}

# Starts an executor, and prints its number as a process.
execute() { # ADDRESSES FOLDER NUMBER
    "$ORDEAL" schedule --server "$1" --path /acceptance-jobs --timeout 2s --allow-commands --program "$2/note" \
        >>"$2/$3.log" 2>&1 &
    echo $!
    disown
}

# Each instant of the log is 250 ms behind the one before it, and done, and its firing was noted; no claim was begun twice.
check() { # NAME FOLDER
    python3 - "$1" "$2" <<'PYTHON' || fail "$1: see $2"
import datetime, sys
name, folder = sys.argv[1:]
log, claims, noted = (open(f"{folder}/{file}").read().splitlines() for file in ("log", "claims", "noted"))
noted = set(noted)
last, count = None, 0
for line in filter(None, log[1:]):
    due, outcome = line.split()[:2]
    at = datetime.datetime.fromisoformat(due.replace("Z", "+00:00"))
    ms = round(at.timestamp() * 1000)
    if outcome != "done" or last is not None and ms - last != 250 or not any(f.endswith(f".{ms}.0") for f in noted):
        sys.exit(f"behind {last}: {line}")
    last, count = ms, count + 1
if count < 30:
    sys.exit(f"only {count} firings")
if len(claims) != len(set(claims)):
    sys.exit("a claim was carried out twice")
if len(claims) <= count:
    sys.exit("no kill has hit an execution")
print(f"   {name}: {count} firings, each done once, by {len(claims)} claims; an executor was killed six times")
PYTHON
}

try ours "$SERVERS"
mkdir -p "$DIR/zookeeper-jobs"
export ZOODIR=$DIR/zookeeper-jobs
"$here/zookeeper.sh" start 1
try zookeeper "$("$here/zookeeper.sh" addresses)"
"$here/zookeeper.sh" stop
