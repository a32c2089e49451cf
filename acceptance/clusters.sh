#!/usr/bin/env bash
# Trials of the swarm on clusters of real processes: our own, Apache ZooKeeper's of Debian's packages zookeeper and
# default-jre-headless, with clocks moved by libfaketime, and etcd's of Debian's package etcd-server. It wants Linux, root and FUSE. TRIALS says how many of each (5), FIRST the first seed (1).
set -euo pipefail
cd "$(dirname "$0")/.."
need() { echo "make test-clusters wants $1" >&2; exit 2; }
[ "$(uname)" = Linux ] && [ "$(id -u)" = 0 ] || need "Linux and root"
[ -c /dev/net/tun ] || need "/dev/net/tun"
[ -e /usr/share/java/zookeeper.jar ] || need "Debian's package zookeeper"
command -v etcd >/dev/null || need "Debian's package etcd-server"
command -v java >/dev/null || need "Debian's package default-jre-headless"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go run ./cmd/failpoint-build -o "$work/ordeal" ./cmd/ordeal
ldconfig -p | grep -q libfaketime || ls /usr/lib/*/faketime/libfaketime.so.1 >/dev/null 2>&1 || need "Debian's package libfaketime"
[ -c /dev/fuse ] || need "/dev/fuse"
first=${FIRST:-1} last=$((${FIRST:-1} + ${TRIALS:-5} - 1))
before=$(ip link 2>/dev/null | wc -l)
# swarm CLUSTER FAULTS: what no judge can tell (code 2) is counted, and is no failure.
untold=0
swarm() {
    local status=0
    "$work/ordeal" run --cluster "$1" --faults "$2" --nodes 3 --workloads lock,tree --length 20s --seeds "$first-$last" --out "$work/$1" || status=$?
    [ "$status" != 2 ] || { untold=$((untold + 1)) status=0; }
    return "$status"
}
swarm ours swarm
# Without power losses, after which ZooKeeper may not start again: see "Disks" in docs/CLUSTERS.md.
swarm zookeeper partition,packet,kill,pause,clock,membership
# What the swarm draws too rarely: clocks, disks and membership, and the network that wants no rights, as an ordinary user.
cat >"$work/plan.txt" <<'PLAN'
at 1s jump leader -2s
at 2s for 5s drift follower +5000ppm
at 3s replace follower
PLAN
# Likewise without power losses.
cp "$work/plan.txt" "$work/plan-zookeeper.txt"
cat >>"$work/plan.txt" <<'PLAN'
at 8s for 1s crash-in-sync leader
at 11s for 1s crash all
at 15s for 1s fail-sync leader
at 17s for 500ms crash all
PLAN
cat >"$work/proxy.txt" <<'PLAN'
at 1s for 2s partition isolate leader
at 4s for 1s kill leader
at 7s for 2s delay 20ms jitter 10ms all
at 10s for 2s corrupt 1% all
PLAN
chmod 755 "$work"
for cluster in ours zookeeper; do
    plan=$work/plan.txt
    [ "$cluster" = ours ] || plan=$work/plan-zookeeper.txt
    "$work/ordeal" run --cluster "$cluster" --nodes 3 --workloads register --length 20s --seed 1 --plan "$plan" --out "$work/$cluster-all"
    install -d -o 65534 "$work/$cluster-proxy"
    (cd "$work/$cluster-proxy" && setpriv --reuid 65534 --regid 65534 --clear-groups "$work/ordeal" run --cluster "$cluster" --nodes 3 \
        --workloads register --length 15s --seed 1 --plan "$work/proxy.txt" --out out)
done
# Without pauses and lost answers, by which etcd's leases and its client's mutex break: see docs/TRACK-RECORD.md.
"$work/ordeal" run --cluster etcd --faults partition,kill,stop --nodes 3 --workloads register,bank,rights --length 15s \
    --seeds "$first-$((first + 1))" --out "$work/etcd"
# What the swarm draws too rarely: its ensemble changes, and its leader hands over.
cat >"$work/plan-etcd.txt" <<'PLAN'
at 1s replace follower
at 6s transfer follower
at 9s remove leader
at 12s add
PLAN
"$work/ordeal" run --cluster etcd --nodes 3 --workloads keys --length 20s --seed "$first" --plan "$work/plan-etcd.txt" --out "$work/etcd-members"
if pgrep -f "$work/etcd/" || pgrep -f "$work/ours/" || pgrep -f "$work/zookeeper/"; then
    echo "processes were left behind" >&2
    exit 1
fi
if grep -q "$work" /proc/mounts; then
    echo "a mount was left behind" >&2
    exit 1
fi
[ "$(ip link 2>/dev/null | wc -l)" = "$before" ] || { echo "an interface was left behind" >&2; exit 1; }
echo "all is well; of the two swarms $untold had trials of which no judge could tell"
