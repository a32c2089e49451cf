#!/usr/bin/env bash
# Three real servers on loopback, each a process of its own, for clients that are not ours.
#
#   ensemble.sh start            starts all, and waits until they serve
#   ensemble.sh start N          starts server N again, on the data it had
#   ensemble.sh kill-leader      ends the leader at once (SIGKILL), and prints its number
#   ensemble.sh stop             ends all in good order
#   ensemble.sh addresses        prints where clients connect
#   ensemble.sh secure-addresses prints where they connect over TLS, for which DIR has ca.pem, client.pem, client.key,
#                                and client-both.pem with both of the client's
#
# ORDEAL is the program, DIR the folder for data and logs.
set -euo pipefail
: "${ORDEAL:?the program}" "${DIR:?a folder for data and logs}"
servers=(1 2 3)
patience=300 # tenths of a second: many times what anything here takes

fail() { echo "ensemble.sh: $*" >&2; exit 1; }
client_port() { cat "$DIR/$1/port"; }

# say prints a server's answer to a four-letter word: nothing if the server is not there.
say() { (exec 3<>"/dev/tcp/127.0.0.1/$1" && printf %s "$2" >&3 && cat <&3) 2>/dev/null || true; }
mode() { say "$(client_port "$1")" srvr | sed -n 's/^Mode: //p'; }

# certify makes a key and a certificate that the authority of DIR signs.
certify() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$DIR/$1.key" -out "$DIR/$1.csr" \
        -subj "/CN=$1"
    openssl x509 -req -in "$DIR/$1.csr" -CA "$DIR/ca.pem" -CAkey "$DIR/ca.key" -CAcreateserial -days 2 \
        -out "$DIR/$1.pem" -extfile <(echo "subjectAltName=IP:127.0.0.1")
}

certify_all() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$DIR/ca.key" -out "$DIR/ca.pem" \
        -days 2 -subj "/CN=authority"
    certify server
    certify client
    for who in server client; do cat "$DIR/$who.key" "$DIR/$who.pem" >"$DIR/$who-both.pem"; done
}

configure() {
    certify_all >"$DIR/openssl.log" 2>&1 || { tail -3 "$DIR/openssl.log" >&2; fail "there are no certificates"; }
    # Ports that are free at this moment, four for each server. The third is for elections, which are held on the second
    # here; clients that read the configuration insist that there are two.
    # They lie below those of outgoing connections: a client that dials a server which is down could be given its port.
    mapfile -t ports < <(/usr/bin/python3 - <<'PYTHON'
import random, socket
held = []
while len(held) < 12:
    s = socket.socket()
    try:
        s.bind(("127.0.0.1", random.randrange(12000, 32000)))
    except OSError:
        continue
    held.append(s)
    print(s.getsockname()[1])
PYTHON
    )
    for n in "${servers[@]}"; do
        mkdir -p "$DIR/$n/data"
        echo "${ports[n - 1]}" >"$DIR/$n/port"
        echo "${ports[n + 8]}" >"$DIR/$n/secure"
        echo "$n" >"$DIR/$n/data/myid"
        {
            echo "tickTime=500"
            echo "dataDir=$DIR/$n/data"
            echo "secureClientPort=${ports[n + 8]}"
            echo "secureClientPortAddress=127.0.0.1"
            echo "ssl.keyStore.location=$DIR/server-both.pem"
            echo "ssl.trustStore.location=$DIR/ca.pem"
            echo "admin.enableServer=false"
            echo "4lw.commands.whitelist=*"
            for m in "${servers[@]}"; do
                echo "server.$m=127.0.0.1:${ports[m + 2]}:${ports[m + 5]};127.0.0.1:${ports[m - 1]}"
            done
        } >"$DIR/$n/zoo.cfg"
    done
}

start() {
    "$ORDEAL" serve "$DIR/$1/zoo.cfg" >>"$DIR/$1/log" 2>&1 &
    echo $! >"$DIR/$1/pid"
}

await_service() {
    for n in "${servers[@]}"; do
        for ((i = 0; ; i++)); do
            case "$(mode "$n")" in leader | follower) break ;; esac
            ((i < patience)) || { tail -5 "$DIR/$n/log" >&2; fail "server $n does not serve"; }
            sleep 0.1
        done
    done
}

kill_leader() {
    for ((i = 0; i < patience; i++)); do
        for n in "${servers[@]}"; do
            if [ -s "$DIR/$n/pid" ] && [ "$(mode "$n")" = leader ]; then
                kill -9 "$(cat "$DIR/$n/pid")"
                : >"$DIR/$n/pid"
                echo "$n"
                return
            fi
        done
        sleep 0.1
    done
    fail "there is no leader"
}

stop() {
    for n in "${servers[@]}"; do
        [ -s "$DIR/$n/pid" ] || continue
        pid=$(cat "$DIR/$n/pid")
        kill -TERM "$pid" 2>/dev/null || fail "server $n has ended by itself; its log: $(tail -3 "$DIR/$n/log")"
        for ((i = 0; i < patience; i++)); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
        : >"$DIR/$n/pid"
    done
}

case "${1:-}" in
start)
    if [ $# = 2 ]; then start "$2"; else configure; for n in "${servers[@]}"; do start "$n"; done; fi
    await_service
    ;;
kill-leader) kill_leader ;;
stop) stop ;;
secure-addresses) for n in "${servers[@]}"; do echo "127.0.0.1:$(cat "$DIR/$n/secure")"; done | paste -sd, ;;
addresses) for n in "${servers[@]}"; do echo "127.0.0.1:$(client_port "$n")"; done | paste -sd, ;;
*) fail "start [N], kill-leader, stop, addresses or secure-addresses is wanted" ;;
esac
