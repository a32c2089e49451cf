#!/usr/bin/env bash
# Drives unmodified foreign clients through the service: kazoo and ZooKeeper's own zkCli.sh. With names as
# arguments (kazoo zkcli), only those.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."

need() { echo "make test-clients wants Debian's packages python3-kazoo and zookeeper: $1 is not there" >&2; exit 2; }
/usr/bin/python3 -c 'import kazoo' 2>/dev/null || need python3-kazoo
[ -x /usr/share/zookeeper/bin/zkCli.sh ] || need zookeeper

DIR=$(mktemp -d)
ORDEAL=$DIR/ordeal
ENSEMBLE=$here/ensemble.sh
export DIR ORDEAL ENSEMBLE
clean() {
    status=$?
    "$ENSEMBLE" stop || status=1
    if [ $status = 0 ]; then rm -rf "$DIR"; else echo "the servers' data and logs are in $DIR" >&2; fi
    exit $status
}
go build -o "$ORDEAL" ./cmd/ordeal
trap clean EXIT
"$ENSEMBLE" start
SERVERS=$("$ENSEMBLE" addresses)
export SERVERS

kazoo() { /usr/bin/python3 "$here/kazoo_recipes.py"; }
zkcli() { "$here/zkcli.sh"; }
clients=("$@")
[ $# -gt 0 ] || clients=(kazoo zkcli)
for client in "${clients[@]}"; do
    echo "== $client"
    "$client"
done
echo "all clients are served"
