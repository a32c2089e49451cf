#!/usr/bin/env bash
# Looks at the page of `ordeal jobs --http` in headless Chromium, while three real servers and two executors are at work:
# what it shows, keys, doors, contrast, that nothing is said on the console or fetched from elsewhere; and takes
# screenshots at two sizes, light and dark.
#
#     acceptance/jobs-page.sh            the screenshots go to a folder that is removed
#     acceptance/jobs-page.sh DIR        they go to DIR
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."

fail() { echo "jobs-page: $*" >&2; exit 1; }
need() { echo "make test-jobs-page wants Debian's packages chromium, nodejs, npm and openssl: $1 is not there" >&2; exit 2; }
chromium=$(command -v chromium) || need chromium
command -v node >/dev/null || need nodejs
command -v npm >/dev/null || need npm
command -v openssl >/dev/null || need openssl

work=$(mktemp -d)
started=()
finish() {
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    "$here/ensemble.sh" stop || true
    rm -rf "$work"
}
trap finish EXIT
shots=${1:-$work/shots}
mkdir -p "$shots"
cp "$here"/pages/* "$work"
(cd "$work" && npm ci --silent --no-audit --no-fund)
go run ./cmd/failpoint-build -o "$work/ordeal" ./cmd/ordeal

export ORDEAL=$work/ordeal DIR=$work/servers ORDEAL_JOBS_AUTH=digest:cron:secret
mkdir "$DIR"
"$here/ensemble.sh" start
servers=$("$here/ensemble.sh" addresses)
jobs=("$ORDEAL" jobs --server "$servers" --path /apps/jobs)

"${jobs[@]}" init >/dev/null
"${jobs[@]}" add - >/dev/null <<'JOBS'
{"name": "tick", "every": 1000, "work": {"command": ["/bin/sh", "-c", "echo told-in-secret"]}}
{"name": "slow", "every": 5000, "work": {"command": ["/bin/sleep", "3"]}}
{"name": "broken", "every": 10000, "retries": 2, "backoff": 500, "work": {"command": ["/bin/false"]}}
{"name": "nightly-backup", "cron": "0 30 3 * * MON-FRI", "zone": "Europe/Berlin", "work": {"command": ["/bin/true"]}}
{"name": "bill", "after": ["nightly-backup"], "work": {"http": {"url": "http://billing.example/run"}}}
{"name": "by-hand", "work": {"command": ["/bin/true"]}}
{"name": "a-name-that-is-as-long-as-names-of-jobs-are-in-some-places.where-they-say-all.of-what-they-do.in-one-word", "at": 4102444800000, "work": {"command": ["/bin/true"]}}
JOBS
# Another program's znodes, with a name that would be a script.
"$ORDEAL" zk --server "$servers" >/dev/null <<'LINES' || fail "no other program's znode was made"
addauth digest cron:secret
create "/apps/jobs/jobs/0000/<script>alert(0)" other
LINES
for n in 1 2; do
    "$ORDEAL" schedule --server "$servers" --path /apps/jobs --timeout 4s --allow-commands --program /bin/sh \
        --program /bin/sleep --program /bin/false --program /bin/true >"$work/executor-$n.log" 2>&1 &
    started+=($!)
done
"${jobs[@]}" --http :0 >"$work/page.log" 2>&1 &
started+=($!)
for ((i = 0; i < 300; i++)); do
    if grep -q '^the token' "$work/page.log"; then break; fi
    sleep 0.1
done
at=$(sed -n 's/^showing jobs at //p' "$work/page.log")
token=$(sed -n 's/^the token: //p' "$work/page.log")
[ -n "$token" ] || { cat "$work/page.log" >&2; fail "there is no page"; }
sleep 15 # some firings of each job

CHROMIUM=$chromium SHOTS=$shots node "$work/jobs.mjs" "$at" "$token"
