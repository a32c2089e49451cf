#!/usr/bin/env bash
# Has ordeal's own clients and checkers work on the service, and on Apache ZooKeeper: one server, one that has
# everything switched on, and three. Nothing may be found on any.
#
# LENGTH is how long each workload is on each, RATE how many operations begin in a second.
set -euo pipefail
: "${ORDEAL:?the program}" "${SERVERS:?where servers take clients}" "${DIR:?a folder for data and results}"
here=$(cd "$(dirname "$0")" && pwd)
seed=$RANDOM

try() { # NAME ADDRESSES
    if "$ORDEAL" run --target "$2" --length "${LENGTH:-8s}" --rate "${RATE:-300}" --seed "$seed" \
        --out "$DIR/targets-$1" >"$DIR/targets-$1.log" 2>&1; then
        count=$(grep ' operations in ' "$DIR/targets-$1.log" | awk '{sub(",", "", $1); n += $1} END {print n}')
        echo "   $1: $count operations, all right"
    else
        grep -v "^on trial" "$DIR/targets-$1.log" >&2
        echo "targets: something was found on $1" >&2
        exit 1
    fi
}

zookeeper() { # NAME SERVERS PROPERTIES
    mkdir -p "$DIR/zookeeper-$1"
    export ZOODIR="$DIR/zookeeper-$1"
    PROPERTIES=${3:-} "$here/zookeeper.sh" start "$2"
    try "zookeeper-$1" "$("$here/zookeeper.sh" addresses)"
    "$here/zookeeper.sh" stop
}

try ours "$SERVERS"
zookeeper one 1
zookeeper whole 1 "-Dzookeeper.extendedTypesEnabled=true -Dznode.container.checkIntervalMs=1000"
zookeeper three 3
