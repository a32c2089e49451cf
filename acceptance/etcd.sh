#!/usr/bin/env bash
# Drives unmodified clients of etcd through a real server of ours: etcdctl over its commands, curl over the gateway's
# paths, etcd's Go client with its recipes, python3-etcd3 and npm's etcd3; and sends the same requests to etcd itself, if
# ETCD names its program (3.6), and compares every answer. With names as arguments (etcdctl curl go python npm tls
# compare), only those.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."

need() { echo "make test-etcd wants Debian's packages etcd-client, curl, openssl, python3-etcd3, nodejs and npm: $1 is not there" >&2; exit 2; }
for program in etcdctl curl openssl npm node; do command -v "$program" >/dev/null || need "$program"; done
/usr/bin/python3 -c 'import etcd3' 2>/dev/null || need python3-etcd3

DIR=$(mktemp -d)
PORT=${PORT:-23790}
URL=http://127.0.0.1:$PORT
export ETCDCTL_API=3
pids=()
clean() {
    status=$?
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait
    if [ $status = 0 ]; then rm -rf "$DIR"; else echo "the servers' data and logs are in $DIR" >&2; fi
    exit $status
}
trap clean EXIT
go build -o "$DIR/ordeal" ./cmd/ordeal

# start runs a server of ours at a port, with more flags behind.
start() {
    local port=$1
    shift
    "$DIR/ordeal" etcd --name "s$port" --data-dir "$DIR/$port" --log-level warn \
        --listen-peer-urls "http://127.0.0.1:$((port + 1))" \
        --initial-advertise-peer-urls "http://127.0.0.1:$((port + 1))" "$@" >"$DIR/$port.log" 2>&1 &
    pids+=($!)
    for _ in $(seq 100); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return
        sleep 0.1
    done
    echo "the server on port $port does not come up" >&2
    exit 1
}
start "$PORT" --listen-client-urls "$URL" --advertise-client-urls "$URL"

etcdctl_() { "$here/etcdclients/etcdctl.sh" "$URL"; }
curl_() { "$here/etcdclients/curl.sh" "$URL"; }
go_() { go run ./acceptance/etcdclients "127.0.0.1:$PORT"; }
python_() { /usr/bin/python3 "$here/etcdclients/client.py" 127.0.0.1 "$PORT"; }
npm_() {
    mkdir "$DIR/npm"
    cp "$here/etcdclients/client.mjs" "$here/etcdclients/package.json" "$here/etcdclients/package-lock.json" "$DIR/npm/"
    (cd "$DIR/npm" && npm ci --silent --no-audit --no-fund && node client.mjs "$URL")
}
tls_() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$DIR/ca.key" -out "$DIR/ca.pem" \
        -days 2 -subj /CN=authority 2>/dev/null
    for who in server root; do
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$DIR/$who.key" -out "$DIR/$who.csr" \
            -subj "/CN=$who" 2>/dev/null
        openssl x509 -req -in "$DIR/$who.csr" -CA "$DIR/ca.pem" -CAkey "$DIR/ca.key" -CAcreateserial -days 2 \
            -out "$DIR/$who.pem" -extfile <(echo "subjectAltName=IP:127.0.0.1") 2>/dev/null
    done
    local port=$((PORT + 10))
    start "$port" --listen-client-urls "https://127.0.0.1:$port" --advertise-client-urls "https://127.0.0.1:$port" \
        --cert-file "$DIR/server.pem" --key-file "$DIR/server.key" --trusted-ca-file "$DIR/ca.pem" --client-cert-auth
    "$here/etcdclients/tls.sh" "https://127.0.0.1:$port" "$DIR"
}
compare_() {
    if [ -z "${ETCD:-}" ]; then echo "   ETCD names no etcd of 3.6: nothing is compared"; return; fi
    local ours=$((PORT + 20)) theirs=$((PORT + 30))
    start "$ours" --listen-client-urls "http://127.0.0.1:$ours"
    "$ETCD" --data-dir "$DIR/etcd" --log-level error --unsafe-no-fsync --listen-client-urls "http://127.0.0.1:$theirs" \
        --advertise-client-urls "http://127.0.0.1:$theirs" --listen-peer-urls "http://127.0.0.1:$((theirs + 1))" \
        --initial-advertise-peer-urls "http://127.0.0.1:$((theirs + 1))" \
        --initial-cluster "default=http://127.0.0.1:$((theirs + 1))" >"$DIR/etcd.log" 2>&1 &
    pids+=($!)
    sleep 3
    go run ./acceptance/etcdcompare --ordeal "127.0.0.1:$ours" --etcd "127.0.0.1:$theirs" --auth \
        --seed "${COMPARE_SEED:-1}" --requests "${COMPARE_REQUESTS:-20000}"
}

clients=("$@")
[ $# -gt 0 ] || clients=(etcdctl curl go python npm tls compare)
for client in "${clients[@]}"; do
    echo "== $client"
    "${client}_"
done
echo "all clients are served"
