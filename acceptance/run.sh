#!/usr/bin/env bash
# Drives unmodified foreign clients through the service: kazoo, ZooKeeper's own zkCli.sh, and Curator; our own clients
# and checkers through Apache ZooKeeper (targets, and jobs that are due); and compares every answer with ZooKeeper's. With
# names as arguments (kazoo zkcli curator targets jobs compare), only those.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."

packages="openssl, python3-kazoo, zookeeper, libcurator-recipes-java, libnetty-java and default-jdk-headless"
need() { echo "make test-clients wants Debian's packages $packages: $1 is not there" >&2; exit 2; }
command -v openssl >/dev/null || need openssl
/usr/bin/python3 -c 'import kazoo' 2>/dev/null || need python3-kazoo
[ -x /usr/share/zookeeper/bin/zkCli.sh ] || need zookeeper
[ -e /usr/share/java/curator-recipes.jar ] || need libcurator-recipes-java
[ -e /usr/share/java/netty-resolver.jar ] || need libnetty-java
command -v javac >/dev/null || need default-jdk-headless

DIR=$(mktemp -d)
ORDEAL=$DIR/ordeal
ENSEMBLE=$here/ensemble.sh
export DIR ORDEAL ENSEMBLE
clean() {
    status=$?
    "$ENSEMBLE" stop || status=1
    for zoo in "$DIR"/zookeeper-*; do [ ! -d "$zoo" ] || ZOODIR=$zoo "$here/zookeeper.sh" stop || status=1; done
    if [ $status = 0 ]; then rm -rf "$DIR"; else echo "the servers' data and logs are in $DIR" >&2; fi
    exit $status
}
go build -o "$ORDEAL" ./cmd/ordeal
trap clean EXIT
"$ENSEMBLE" start
SERVERS=$("$ENSEMBLE" addresses)
SECURE_SERVERS=$("$ENSEMBLE" secure-addresses)
export SERVERS SECURE_SERVERS

kazoo() { /usr/bin/python3 "$here/kazoo_recipes.py"; }
# The properties by which Java's clients speak TLS, which they do through Netty.
netty=$(printf ':/usr/share/java/netty-%s.jar' buffer codec common handler resolver transport \
    transport-native-epoll transport-native-unix-common)
java_tls=(-Dzookeeper.clientCnxnSocket=org.apache.zookeeper.ClientCnxnSocketNetty -Dzookeeper.client.secure=true
    "-Dzookeeper.ssl.keyStore.location=$DIR/client-both.pem" -Dzookeeper.ssl.keyStore.type=PEM
    "-Dzookeeper.ssl.trustStore.location=$DIR/ca.pem" -Dzookeeper.ssl.trustStore.type=PEM)
zkcli() {
    "$here/zkcli.sh"
    CERTIFICATE=CN=client SERVERS=$SECURE_SERVERS \
        "$here/zkcli.sh" -cp "/usr/share/java/zookeeper.jar$netty" "${java_tls[@]}"
}
curator() {
    jars=/usr/share/java
    CLASSPATH=$DIR/classes$(printf ":$jars/%s.jar" curator-recipes curator-framework curator-client \
        zookeeper zookeeper-jute guava slf4j-api slf4j-nop)$netty
    export CLASSPATH
    mkdir -p "$DIR/classes"
    javac -d "$DIR/classes" "$here/curator/CuratorRecipes.java"
    java CuratorRecipes "$SERVERS" "$ENSEMBLE"
    echo "   the same over TLS, below a root of its own"
    "$ORDEAL" zk -server "$SERVERS" create /tls >/dev/null
    java "${java_tls[@]}" CuratorRecipes "$SECURE_SERVERS/tls" "$ENSEMBLE"
}
compare() {
    go run ./acceptance/compare --ordeal "$ORDEAL" --seed "${COMPARE_SEED:-1}" \
        --requests "${COMPARE_REQUESTS:-5000}"
}

targets() { "$here/targets.sh"; }
jobs() { "$here/jobs.sh"; }

clients=("$@")
[ $# -gt 0 ] || clients=(kazoo zkcli curator targets jobs compare)
for client in "${clients[@]}"; do
    echo "== $client"
    "$client"
done
echo "all clients are served"
