#!/usr/bin/env bash
# Trials of the swarm on clusters of real processes: our own, and Apache ZooKeeper's of Debian's packages zookeeper and
# default-jre-headless. It wants Linux and root. TRIALS says how many of each (5), FIRST the first seed (1).
set -euo pipefail
cd "$(dirname "$0")/.."
need() { echo "make test-clusters wants $1" >&2; exit 2; }
[ "$(uname)" = Linux ] && [ "$(id -u)" = 0 ] || need "Linux and root"
[ -c /dev/net/tun ] || need "/dev/net/tun"
[ -e /usr/share/java/zookeeper.jar ] || need "Debian's package zookeeper"
command -v java >/dev/null || need "Debian's package default-jre-headless"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go run ./cmd/failpoint-build -o "$work/ordeal" ./cmd/ordeal
first=${FIRST:-1} last=$((${FIRST:-1} + ${TRIALS:-5} - 1))
before=$(ip link 2>/dev/null | wc -l)
for cluster in ours zookeeper; do
    "$work/ordeal" run --cluster "$cluster" --nodes 3 --workloads lock,tree --length 20s --seeds "$first-$last" --out "$work/$cluster"
done
if pgrep -f "$work/ours/" || pgrep -f "$work/zookeeper/"; then
    echo "processes were left behind" >&2
    exit 1
fi
[ "$(ip link 2>/dev/null | wc -l)" = "$before" ] || { echo "an interface was left behind" >&2; exit 1; }
