#!/usr/bin/env bash
# Apache ZooKeeper 3.8.0: the snapshot that a new server begins with is never synced, with forceSync=yes too.
#
# A new server writes the empty tree into data/version-2/snapshot.0, and serves. Every write that it acknowledges from then on is
# synced into its log (log.1), so one expects that a power loss takes nothing that was acknowledged. But the log alone is not
# enough: at its next start the server wants a snapshot too, and refuses to start where there are log entries without one. That
# first snapshot it wrote and never synced, neither the file nor the folder, so the power loss may leave it empty or not there.
#
# The server runs under strace, a client creates a znode and has its answer, and the server is killed. Then the snapshot is taken
# away, as a power loss may take what no sync has asked for, and the server is started again.
#
# Needs Debian 12 with java (default-jre-headless), strace, python3 and its package mirror. Seen on linux/amd64, twice the same:
#
#   fsync or fdatasync of log.1         1 or more
#   fsync or fdatasync of snapshot.0    0
#   fsync of the folder version-2       0
#   the next start                      "No snapshot found, but there are log entries. Something is broken!", exit 1
set -euo pipefail

version=3.8.0-11+deb12u2
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"

apt-get download -q "libzookeeper-java=$version" libcommons-cli-java libcommons-io-java libdropwizard-metrics-java \
	libjackson2-annotations-java libjackson2-core-java libjackson2-databind-java libnetty-java libslf4j-java libsnappy-java \
	>/dev/null 2>&1
for package in *.deb; do dpkg -x "$package" packages; done
find packages/usr/share/java -name 'slf4j-*' ! -name 'slf4j-api*' ! -name 'slf4j-simple*' -delete # it is to say what is wrong

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf 'tickTime=2000\ndataDir=%s/data\nclientPort=%s\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n' \
	"$dir" "$port" > zoo.cfg
mkdir data
run=(java -cp "$dir/packages/usr/share/java/*" -Dzookeeper.forceSync=yes -Dzookeeper.jmx.log4j.disable=true
	org.apache.zookeeper.server.quorum.QuorumPeerMain zoo.cfg)

strace -f -y -qq -e trace=openat,fsync,fdatasync,msync,sync_file_range -o trace "${run[@]}" > first.out 2>&1 &
server=$!

python3 - "$port" <<'PY'
import socket, struct, sys, time
end = time.time() + 60
while True:  # until it serves
    try:
        s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5)
        s.settimeout(10)
        s.sendall(struct.pack(">iiqiqi16s", 44, 0, 0, 10000, 0, 16, bytes(16)))
        if s.recv(4096):
            break
    except OSError:
        pass
    if time.time() > end:
        sys.exit("it did not serve within a minute")
    time.sleep(0.2)
text = lambda b: struct.pack(">i", len(b)) + b
body = struct.pack(">ii", 1, 1) + text(b"/a") + text(b"x") + struct.pack(">ii", 1, 31) + text(b"world") + text(b"anyone")
body += struct.pack(">i", 0)
s.sendall(text(body))
answer = s.recv(4096)
if struct.unpack(">i", answer[16:20])[0] != 0:
    sys.exit("the create was refused")
PY
pkill -KILL -P "$server" || kill -KILL "$server"
wait "$server" 2>/dev/null || true
server=

count() { grep -cE "^[0-9]+ +(fsync|fdatasync|msync|sync_file_range)\([0-9]+<[^>]*$1>" trace || true; }
logs=$(count 'version-2/log\.1') snapshots=$(count 'version-2/snapshot\.0') folders=$(count 'version-2')
echo "syncs of log.1: $logs; of snapshot.0: $snapshots; of its folder: $folders"

rm data/version-2/snapshot.0
status=0
timeout 60 "${run[@]}" > second.out 2>&1 || status=$?
said=$(grep -o 'No snapshot found, but there are log entries. Something is broken!' second.out | head -1 || true)
echo "the next start: exit $status, \"$said\""

if [ -n "$said" ] && [ "$logs" -ge 1 ] && [ "$snapshots" = 0 ] && [ "$folders" = 0 ] && [ "$status" != 0 ] && [ "$status" != 124 ]; then
	echo "as described"
else
	echo "not as described" >&2
	exit 1
fi
