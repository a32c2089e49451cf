#!/usr/bin/env bash
# TRIALS=100 trials of the swarm on clusters of real processes, ours, one after the other, leave nothing behind: no
# process, network or mount namespace, mount, interface, port, nor file outside of --out. Every tenth run is ended by
# SIGINT, and every tenth by SIGKILL. It wants Linux and root, and sees nothing of what else the machine does.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(uname)" = Linux ] && [ "$(id -u)" = 0 ] || { echo "make test-leaves wants Linux and root" >&2; exit 2; }
if [ -z "${INSIDE:-}" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    if [ -n "${ORDEAL:-}" ]; then cp "$ORDEAL" "$work/ordeal"; else go run ./cmd/failpoint-build -o "$work/ordeal" ./cmd/ordeal; fi
    INSIDE=$work unshare --pid --net --mount --fork --mount-proc --kill-child "$0"
    exit
fi
work=$INSIDE
mkdir -p "$work/tmp"
export TMPDIR=$work/tmp
# counts PREFIX: what there is, a line each. The processes that count are not there any more when they are told of.
counts() {
    local all=(/proc/[0-9]*) listed=0 n
    for n in "${all[@]}"; do [ ! -e "$n/exe" ] || listed=$((listed + 1)); done
    echo "processes $listed"
    echo "namespaces $(readlink /proc/[0-9]*/ns/net /proc/[0-9]*/ns/mnt 2>/dev/null | sort -u | wc -l)"
    echo "mounts $(sort -u /proc/[0-9]*/mountinfo 2>/dev/null | cut -d' ' -f5- | sort -u | wc -l)"
    echo "interfaces $(wc -l </proc/net/dev)"
    echo "ports $(awk '$4 == "0A"' /proc/net/tcp /proc/net/tcp6 | wc -l)"
    echo "files $(find "$TMPDIR" | wc -l)"
}
# settle has after be what there is, once that is what there was or three seconds have gone by.
settle() {
    for _ in {1..30}; do
        after=$(counts)
        [ "$after" != "$before" ] || break
        sleep 0.1
    done
}
before=$(counts)
echo "before: ${before//$'\n'/, }"
trials=${TRIALS:-100} valid=0 other=0
for seed in $(seq "$trials"); do
    run=("$work/ordeal" run --cluster ours --nodes 3 --workloads register --length 3s --seed "$seed" --out "$work/out")
    status=0
    case $((seed % 10)) in
    8) timeout --signal=INT 4 "${run[@]}" >/dev/null 2>&1 || status=$? ;;
    9) (timeout --signal=KILL 4 "${run[@]}"; exit $?) >/dev/null 2>&1 || status=$? ;;
    *) "${run[@]}" >"$work/last" 2>&1 || status=$? ;;
    esac
    if [ "$status" = 0 ]; then valid=$((valid + 1)); else other=$((other + 1)); fi
    [ "$status" != 1 ] || { cat "$work/last" >&2; exit 1; }
    rm -rf "$work/out"
    settle
    if [ "$after" != "$before" ]; then
        echo "behind trial $seed there is more than before: ${after//$'\n'/, }" >&2
        ps -ef >&2 || true
        find "$TMPDIR" >&2
        exit 1
    fi
done
echo "after:  ${after//$'\n'/, }"
echo "$trials trials left nothing behind; $valid were valid, $other were cut short or unknown"
