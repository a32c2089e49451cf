#!/usr/bin/env bash
# Looks at the pages of reports in headless Chromium: how fast they open, how large they are, what keys and links do, that
# nothing is said on the console; and takes screenshots at two sizes, light and dark.
#
#     acceptance/pages.sh            the screenshots go to a folder that is removed
#     acceptance/pages.sh DIR        they go to DIR; timeline.png among them is the picture in the README (docs/timeline.png)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."

need() { echo "make test-pages wants Debian's packages chromium, nodejs and npm: $1 is not there" >&2; exit 2; }
chromium=$(command -v chromium) || need chromium
command -v node >/dev/null || need nodejs
command -v npm >/dev/null || need npm

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
shots=${1:-$work/shots}
mkdir -p "$shots"
cp "$here"/pages/* "$work"
(cd "$work" && npm ci --silent --no-audit --no-fund)
go run ./cmd/failpoint-build -o "$work/ordeal" ./cmd/ordeal

# The finding of the README, of a minute with five servers, a clean trial, one of ten minutes, and a synthetic one of a
# million operations; from when on the first was inevitable, two runs side by side, with the bug and without, and what
# was measured of the service.
finding='ordeal/2 seed=18 workload=queue nodes=5 length=1m0s rate=100 faults=swarm bug=bugStaleSync'
"$work/ordeal" open "$finding" --file "$work/finding.html" >/dev/null
"$work/ordeal" cause "$finding" --branches 40 --file "$work/cause.html" >/dev/null || [ $? = 1 ]
"$work/ordeal" diff "${finding% bug=*}" "$finding" --file "$work/diff.html" >/dev/null || [ $? = 1 ]
"$work/ordeal" open 'ordeal/2 seed=99 workload=tree nodes=5 length=1m0s rate=100 faults=swarm' --file "$work/minute.html" >/dev/null
"$work/ordeal" open 'ordeal/2 seed=5 workload=lock nodes=5 length=10m0s rate=100 faults=swarm' --file "$work/long.html" >/dev/null
"$work/ordeal" bench --load production-mix --network uniform,jitter --seeds 1 --requests 400 --out "$work/bench" >/dev/null
cp "$work/bench/index.html" "$work/bench.html"
go run ./acceptance/pages --operations 1000000 > "$work/million.html"
go run ./acceptance/pages --operations 0 > "$work/empty.html"
go run ./acceptance/pages --hostile > "$work/hostile.html"

# What is left of a trial: a folder that another build has kept, and of which a file is missing.
"$work/ordeal" run --seeds 18 --workloads queue --nodes 5 --bug bugStaleSync --out "$work/kept" >/dev/null || [ $? = 1 ]
folder=$(echo "$work"/kept/queue-*)
rm "$folder/history.jsonl"
sed -i 's/"hash": *"[0-9a-f]*"/"hash": "0000000000000000"/' "$folder/verdict.json"
"$work/ordeal" open "$folder" --file "$work/rest.html" >/dev/null

CHROMIUM=$chromium SHOTS=$shots node "$work/look.mjs" "$work"
