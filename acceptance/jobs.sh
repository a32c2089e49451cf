#!/usr/bin/env bash
# Has `ordeal schedule` carry out a job on the service, and on Apache ZooKeeper: two executors, of which one is killed
# by kill -9. No instant may be missing, each must end once, and none but the identity may change a job.
set -euo pipefail
: "${ORDEAL:?the program}" "${SERVERS:?where servers take clients}" "${DIR:?a folder for data and results}"
here=$(cd "$(dirname "$0")" && pwd)
export ORDEAL_JOBS_AUTH=digest:cron:secret

fail() { echo "jobs: $*" >&2; exit 1; }

try() { # NAME ADDRESSES
    local work=$DIR/jobs-$1 jobs=("$ORDEAL" jobs --server "$2" --path /acceptance-jobs) executors=()
    mkdir -p "$work"
    printf '#!/bin/sh\necho "$ORDEAL_FIRING" >>%s\n' "$work/noted" >"$work/note"
    chmod +x "$work/note"
    "${jobs[@]}" init >/dev/null
    "${jobs[@]}" add '{"name": "tick", "every": 200, "misfire": "all", "overlap": "allow", "retries": 5,
        "work": {"command": ["'"$work/note"'"]}}' >/dev/null
    if ORDEAL_JOBS_AUTH=digest:other:guess "${jobs[@]}" remove tick >/dev/null 2>&1; then
        fail "$1: another identity has removed a job"
    fi
    for n in 1 2; do
        "$ORDEAL" schedule --server "$2" --path /acceptance-jobs --timeout 2s --allow-commands --program "$work/note" \
            >"$work/$n.log" 2>&1 &
        executors+=($!)
        disown
    done
    sleep 3
    kill -9 "${executors[0]}"
    sleep 6
    "${jobs[@]}" pause tick >/dev/null
    sleep 1
    kill "${executors[1]}"
    while kill -0 "${executors[1]}" 2>/dev/null; do sleep 0.1; done
    "${jobs[@]}" log tick >"$work/log"
    check "$1" "$work"
}

# Each instant of the log is 200 ms behind the one before it, and done, and its firing was noted.
check() { # NAME FOLDER
    python3 - "$1" "$2/log" "$2/noted" <<'PYTHON' || fail "$1: see $2"
import datetime, sys
name, log, noted = sys.argv[1], open(sys.argv[2]).read().split("\n")[1:], set(open(sys.argv[3]).read().split())
last, count = None, 0
for line in filter(None, log):
    due, outcome = line.split()[:2]
    at = datetime.datetime.fromisoformat(due.replace("Z", "+00:00"))
    ms = round(at.timestamp() * 1000)
    if outcome != "done" or last is not None and ms - last != 200 or not any(f.endswith(f".{ms}.0") for f in noted):
        sys.exit(f"behind {last}: {line}")
    last, count = ms, count + 1
if count < 30:
    sys.exit(f"only {count} firings")
print(f"   {name}: {count} firings, each done once, one executor killed")
PYTHON
}

try ours "$SERVERS"
mkdir -p "$DIR/zookeeper-jobs"
export ZOODIR=$DIR/zookeeper-jobs
"$here/zookeeper.sh" start 1
try zookeeper "$("$here/zookeeper.sh" addresses)"
"$here/zookeeper.sh" stop
