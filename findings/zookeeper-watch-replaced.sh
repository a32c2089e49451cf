#!/usr/bin/env bash
# Apache ZooKeeper 3.8.0: a read with a watch takes away the watch that was to stay, with all that it watched below.
#
# A watch of addWatch stays until it is removed, and a recursive one tells of the whole tree below its path. A read with a watch
# (getData, exists) has one that fires once. One client may have both on a path: a cache with a recursive watch, say, and a program
# beside it that reads its root with a watch. In 3.8.0 they are one entry of one table, and the second takes the first one's place.
# So at the next change of that path the client is told once, and then of nothing any more, neither of the path nor of what is below
# it; no error says so. Published as ZOOKEEPER-4466, mended in 3.9. Nor does the order matter: the other way round, what was to fire
# once stays.
#
# Needs Debian 12 with java (default-jre-headless), python3 and its package mirror. Seen on linux/amd64, twice the same. A client has
# a recursive watch on /a, and on /b, which it reads with a watch besides; another changes each, and makes a child, and again:
#
#   of /a   told of each change
#   of /b   told of the first change, and of nothing then
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
java -cp "$dir/packages/usr/share/java/*" -Dzookeeper.jmx.log4j.disable=true \
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


port = int(sys.argv[1])
watcher, other = Client(port), Client(port)
for path in b"/a", b"/b":
    watcher.create(path)
    watcher.must(ADD_WATCH, text(path) + struct.pack(">i", 1))  # recursive
    if path == b"/b":
        watcher.must(GET, text(path) + b"\x01")
    for child in b"/1", b"/2":
        other.must(SET, text(path) + text(b"new") + struct.pack(">i", -1))
        other.create(path + child)
        print(path.decode() + ", told of:", watcher.told())
PY

diff - out <<'END' || { echo "changed" >&2; exit 1; }
/a, told of: /a /a/1
/a, told of: /a /a/2
/b, told of: /b
/b, told of: nothing
END
