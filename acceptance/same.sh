#!/usr/bin/env bash
# Trials of the examples that are guests, each played twice: by one build with one processor and a collector that runs
# often, and by another with four processors, another collector setting and, where the processor has it, other
# instructions. Every trial must have the same hash. TRIALS says how many of each example (5), LENGTH how long (5s), FIRST the
# first seed (1), EXAMPLES which.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
level=v1
grep -qw avx2 /proc/cpuinfo 2>/dev/null && level=v3
first=${FIRST:-1} last=$((${FIRST:-1} + ${TRIALS:-5} - 1))

# play PROGRAM: a line for each trial, with its seed, its outcome and its hash. A trial that is invalid, or unknown, is one, too.
play() {
    local status=0
    "$1" run --seeds "$first-$last" --length "${LENGTH:-5s}" --jobs 1 --json --require none --out "$work/out" > "$work/json" || status=$?
    [ "$status" -le 2 ] || { echo "$1 ends with code $status" >&2; exit 1; }
    local trial part words
    while IFS= read -r trial; do
        words=
        for part in 'seed=[0-9]+' '"outcome":"[a-z]+"' '"hash":"[0-9a-f]+"'; do
            [[ $trial =~ $part ]] || { echo "$1 tells of a trial without $part" >&2; exit 1; }
            words+="${BASH_REMATCH[0]} "
        done
        echo "$words"
    done < "$work/json" | sort
}

all=0
for example in ${EXAMPLES:-election hashiraft zkclient etcdclient nats}; do
    cd "examples/$example"
    GOAMD64=v1 go build -o "$work/one" .
    GOAMD64=$level go build -o "$work/other" .
    GOMAXPROCS=1 GOGC=50 play "$work/one" > "$work/first"
    GOMAXPROCS=4 GOGC=400 play "$work/other" > "$work/second"
    cd ../..
    diff "$work/first" "$work/second" || { echo "$example: trials are not the same" >&2; exit 1; }
    n=$(wc -l < "$work/first")
    [ "$n" -eq $((last - first + 1)) ] || { echo "$example: $n trials in place of $((last - first + 1))" >&2; exit 1; }
    echo "$example: $n trials are the same twice"
    all=$((all + n))
done
echo "$all trials are the same with other processors, collectors and instructions (GOAMD64 v1 and $level)"
