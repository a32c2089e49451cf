#!/usr/bin/env bash
# Apache ZooKeeper on loopback, to compare with: one server that stands alone, or three.
#
#   zookeeper.sh start N      starts N servers, and waits until they serve
#   zookeeper.sh restart M    ends server M at once (SIGKILL), and starts it again on the data it had
#   zookeeper.sh stop         ends all
#   zookeeper.sh addresses    prints where clients connect
#
# ZOODIR is the folder for data and logs. Debian's packages zookeeper and default-jdk-headless have what it takes.
set -euo pipefail
: "${ZOODIR:?a folder for data and logs}"
jars=/usr/share/java
patience=600 # tenths of a second

fail() { echo "zookeeper.sh: $*" >&2; exit 1; }
say() { (exec 3<>"/dev/tcp/127.0.0.1/$1" && printf %s "$2" >&3 && cat <&3) 2>/dev/null || true; }
mode() { say "$(cat "$ZOODIR/$1/port")" srvr | sed -n 's/^Mode: //p'; }
servers() { (cd "$ZOODIR" && ls -d [0-9]*); }

configure() {
    mapfile -t ports < <(/usr/bin/python3 - "$1" <<'PYTHON'
import random, socket, sys
held = []
while len(held) < 3 * int(sys.argv[1]):
    s = socket.socket()
    try:
        s.bind(("127.0.0.1", random.randrange(12000, 32000)))
    except OSError:
        continue
    held.append(s)
    print(s.getsockname()[1])
PYTHON
    )
    for ((n = 1; n <= $1; n++)); do
        mkdir -p "$ZOODIR/$n/data"
        echo "$n" >"$ZOODIR/$n/data/myid"
        echo "${ports[3 * n - 3]}" >"$ZOODIR/$n/port"
        {
            echo "tickTime=1000"
            echo "initLimit=10"
            echo "syncLimit=5"
            echo "dataDir=$ZOODIR/$n/data"
            echo "clientPort=${ports[3 * n - 3]}"
            echo "clientPortAddress=127.0.0.1"
            echo "admin.enableServer=false"
            if (($1 > 1)); then
                for ((m = 1; m <= $1; m++)); do echo "server.$m=127.0.0.1:${ports[3 * m - 2]}:${ports[3 * m - 1]}"; done
            fi
        } >"$ZOODIR/$n/zoo.cfg"
    done
}

# One server: a heap of its own size would not matter here, so a small one does.
start() {
    # PROPERTIES are more of Java's, such as those that switch on what ZooKeeper has switched off.
    # shellcheck disable=SC2086
    java -cp "$jars/zookeeper.jar" -Xmx300m -Dzookeeper.jmx.log4j.disable=true ${PROPERTIES:-} \
        org.apache.zookeeper.server.quorum.QuorumPeerMain "$ZOODIR/$1/zoo.cfg" >>"$ZOODIR/$1/log" 2>&1 &
    echo $! >"$ZOODIR/$1/pid"
}

await_service() {
    for n in $(servers); do
        for ((i = 0; ; i++)); do
            [ -n "$(mode "$n")" ] && break
            ((i < patience)) || { tail -5 "$ZOODIR/$n/log" >&2; fail "server $n does not serve"; }
            sleep 0.1
        done
    done
}

case "${1:-}" in
start)
    configure "${2:?how many servers}"
    for n in $(servers); do start "$n"; done
    await_service
    ;;
restart)
    kill -9 "$(cat "$ZOODIR/${2:?which server}/pid")"
    start "$2"
    ;;
stop)
    for n in $(servers); do
        pid=$(cat "$ZOODIR/$n/pid")
        kill -TERM "$pid" 2>/dev/null || continue
        for ((i = 0; i < patience; i++)); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    done
    ;;
addresses) for n in $(servers); do echo "127.0.0.1:$(cat "$ZOODIR/$n/port")"; done | paste -sd, ;;
*) fail "start N, restart M, stop or addresses is wanted" ;;
esac
