#!/usr/bin/env bash
# Apache ZooKeeper 3.8.0: numbers of sequential znodes begin anew below a container, so as fencing tokens they repeat within minutes.
#
# The number of a sequential znode grows for as long as its parent lives, and is used as a fencing token: what a lock protects
# refuses a lower one. A parent that is a container is removed by the server when its last child is gone, which is what containers
# are for: Curator makes the parents of its locks so, without being asked. The next client makes the parent anew, and is number 0:
# lower than all before, so that it is refused for ever, or the same as a late write of an earlier holder, which then passes. It
# takes one quiet minute (znode.container.checkIntervalMs; five seconds below). The creation's zxid always grows.
#
# Needs Debian 12 with java (default-jre-headless), python3 and its package mirror. Seen on linux/amd64, twice the same:
#
#   children of a container, one after the other   lock-0000000000 lock-0000000001
#   after a rest without a child                   lock-0000000000
set -euo pipefail

version=3.8.0-11+deb12u2
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill -KILL "$server"; wait "$server"; } 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"

apt-get download -q "libzookeeper-java=$version" libcommons-cli-java libcommons-io-java libdropwizard-metrics-java \
	libjackson2-annotations-java libjackson2-core-java libjackson2-databind-java libnetty-java libslf4j-java libsnappy-java \
	>/dev/null 2>&1
for package in *.deb; do dpkg -x "$package" packages; done

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf 'tickTime=2000\ndataDir=%s/data\nclientPort=%s\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n' \
	"$dir" "$port" > zoo.cfg
java -cp "$dir/packages/usr/share/java/*" -Dznode.container.checkIntervalMs=5000 -Dzookeeper.jmx.log4j.disable=true \
	org.apache.zookeeper.server.quorum.QuorumPeerMain zoo.cfg > server.out 2>&1 &
server=$!

python3 - "$port" <<'PY' | tee out
import socket, struct, sys, time

CREATE, DELETE, EXISTS, GET, SET, SYNC, CONTAINER, ADD_WATCH = 1, 2, 3, 4, 5, 9, 19, 106


def text(b):
    return struct.pack(">i", len(b)) + b


class Client:
    """A session; events are what it was told of, in order."""

    def __init__(self, port):
        end = time.time() + 60
        while True:  # until it serves
            try:
                self.s = socket.create_connection(("127.0.0.1", port), 10)
                self.s.sendall(struct.pack(">iiqiqi16s", 44, 0, 0, 10000, 0, 16, bytes(16)))
                self.frame()
                break
            except OSError:
                if time.time() > end:
                    raise
                time.sleep(0.2)
        self.events = []

    def read(self, n):
        b = b""
        while len(b) < n:
            more = self.s.recv(n - len(b))
            if not more:
                raise OSError("the connection has ended")
            b += more
        return b

    def frame(self):
        return self.read(struct.unpack(">i", self.read(4))[0])

    def ask(self, op, body):
        self.s.sendall(text(struct.pack(">ii", 1, op) + body))
        while True:
            f = self.frame()
            xid, _, code = struct.unpack(">iqi", f[:16])
            if xid != -1:
                return code, f[16:]
            self.events.append(f[28:].decode())

    def must(self, op, body):
        code, answer = self.ask(op, body)
        if code:
            sys.exit(f"the operation {op} was refused: {code}")
        return answer

    def create(self, path, flags=0, op=CREATE):
        acl = struct.pack(">ii", 1, 31) + text(b"world") + text(b"anyone")
        answer = self.must(op, text(path) + text(b"") + acl + struct.pack(">i", flags))
        return answer[4:4 + struct.unpack(">i", answer[:4])[0]].decode()

    def told(self):
        self.must(SYNC, text(b"/"))  # what came before this is there now
        events, self.events = self.events, []
        return " ".join(events) or "nothing"


client = Client(int(sys.argv[1]))


def lock():
    """Takes a lock and releases it, and is its name."""
    if client.ask(EXISTS, text(b"/lock") + b"\x00")[0]:
        client.create(b"/lock", 4, CONTAINER)
    name = client.create(b"/lock/lock-", 3)
    client.must(DELETE, text(name.encode()) + struct.pack(">i", -1))
    return name


print(lock(), lock())
end = time.time() + 30
while client.ask(EXISTS, text(b"/lock") + b"\x00")[0] == 0 and time.time() < end:
    time.sleep(0.2)
print(lock())
PY

diff - out <<'END' || { echo "changed" >&2; exit 1; }
/lock/lock-0000000000 /lock/lock-0000000001
/lock/lock-0000000000
END
