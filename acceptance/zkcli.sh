#!/usr/bin/env bash
# Types at ZooKeeper's own shell, zkCli.sh, and compares what it prints with what it prints on ZooKeeper 3.8; then has
# the leader killed while it is open. Arguments are flags for Java. CERTIFICATE is the subject of the shell's
# certificate, if it has one.
set -euo pipefail
: "${SERVERS:?where servers take clients}" "${DIR:?a folder for what it says}"
: "${ENSEMBLE:?the script that kills a leader}"
export CLIENT_JVMFLAGS="$*"
shell() { timeout 180 /usr/share/zookeeper/bin/zkCli.sh -server "$SERVERS" -waitforconnection; }

# What is typed, and under it what is to be seen: lines with > are typed, with ! they are complaints (which come on
# standard error), with * they are events (which come at any time), and all others are output. 0x… and dates are put as
# ZXID and DATE, and the ports of servers as PORT.
cat >"$DIR/zkcli.expected" <<'END'
> create /cli data
!Created /cli
> get /cli
data
> set -s /cli newer
cZxid = ZXID
ctime = DATE
mZxid = ZXID
mtime = DATE
pZxid = ZXID
cversion = 0
dataVersion = 1
aclVersion = 0
ephemeralOwner = 0x0
dataLength = 5
numChildren = 0
> ls /zookeeper
[config, quota]
> addWatch /cli
> create -s /cli/n x
!Created /cli/n0000000000
*NodeCreated path:/cli/n0000000000
> create -e /cli/e x
!Created /cli/e
*NodeCreated path:/cli/e
> create -c /cli/c
!Created /cli/c
*NodeCreated path:/cli/c
> create /cli
!Node already exists: /cli
> set /cli/e y
*NodeDataChanged path:/cli/e
> set -v 7 /cli/e y
!version No is not valid : /cli/e
> create /cli/e/f
!Ephemerals cannot have children: /cli/e/f
> ls -R /cli
/cli
/cli/c
/cli/e
/cli/n0000000000
> getAcl /cli
'world,'anyone
: cdrwa
> addauth digest ada:secret
> create /cli/secret s auth::cdrwa
!Created /cli/secret
*NodeCreated path:/cli/secret
> getAcl /cli/secret
'digest,'ada:Yf9TQzC6vtfpqeeOqEVXNzBMUjk=
: cdrwa
> setAcl /cli/secret world:anyone:r
> set /cli/secret x
!Insufficient permission : /cli/secret
> whoami
Auth scheme: User
ip: 127.0.0.1
digest: ada
> getEphemerals /cli
[/cli/e]
> getAllChildrenNumber /cli
4
> sync /
Sync is OK
> delete /cli
!Node not empty: /cli
> get /none
!Node does not exist: /none
> config
server.1=127.0.0.1:PORT:PORT:participant;127.0.0.1:PORT
server.2=127.0.0.1:PORT:PORT:participant;127.0.0.1:PORT
server.3=127.0.0.1:PORT:PORT:participant;127.0.0.1:PORT
version=0
> setquota -n 10 /cli
> listquota /cli
!absolute path is /zookeeper/quota/cli/zookeeper_limits
Output quota for /cli count=10,bytes=-1=;byteHardLimit=-1;countHardLimit=-1
Output stat for /cli count=5,bytes=8
> deleteall /cli
*NodeDeleted path:/cli/secret
*NodeDeleted path:/cli/n0000000000
*NodeDeleted path:/cli/e
*NodeDeleted path:/cli/c
*NodeDeleted path:/cli
> stat /cli
!Node does not exist: /cli
END

if [ -n "${CERTIFICATE:-}" ]; then
    sed -i -e "s/^ip: 127.0.0.1$/&\nx509: $CERTIFICATE/" -e "s/^'digest,/'x509,'$CERTIFICATE\n: cdrwa\n&/" \
        "$DIR/zkcli.expected"
fi
digest=$(printf %s ada:secret | openssl dgst -sha1 -binary | base64)
sed -i "s|Yf9TQzC6vtfpqeeOqEVXNzBMUjk=|$digest|" "$DIR/zkcli.expected"
# It ends as its last command did, so that is one that can't fail.
(sed -n 's/^> //p' "$DIR/zkcli.expected"; echo version; echo quit) |
    shell >"$DIR/zkcli.out" 2>"$DIR/zkcli.err"

same() {
    diff "$DIR/want" "$DIR/got" && return
    echo "zkcli: $1 are not what they should be (<), but (>)" >&2
    exit 1
}
sed -E -e '1,/JLine support/d; /^WATCHER::$/d; /^WatchedEvent/d; /^ZooKeeper CLI version/d; /^$/d' \
    -e 's/^(.Zxid) = 0x.*/\1 = ZXID/; s/^(.time) = .*/\1 = DATE/' \
    "$DIR/zkcli.out" | sed -E '/^server/s/:[0-9]+/:PORT/g' >"$DIR/got"
grep -v '^[>!*]' "$DIR/zkcli.expected" >"$DIR/want"
same "its answers"
sed -n 's/^!//p' "$DIR/zkcli.expected" >"$DIR/want"
complaints='Created|Node |version No|Ephemerals|Insufficient|KeeperError|[a-z.A-Z]*Exception|Arguments|absolute path'
grep -E "^($complaints)" "$DIR/zkcli.err" >"$DIR/got" || true
same "its complaints"
sed -n 's/^\*/WatchedEvent state:SyncConnected type:/p' "$DIR/zkcli.expected" | sort >"$DIR/want"
grep '^WatchedEvent' "$DIR/zkcli.out" | grep -v type:None | sort >"$DIR/got" || true # children have no order
same "the events"
echo "   zkcli: $(grep -c '^>' "$DIR/zkcli.expected") commands${CERTIFICATE:+ over TLS}"

# failover types into a shell that stays open while the leader dies.
await() { # what is said in a file
    for ((i = 0; i < 900; i++)); do
        if grep -q "$1" "$2"; then return; fi
        sleep 0.1
    done
    echo "zkcli: \"$1\" was not said: $(tail -3 "$2")" >&2
    exit 1
}
mkfifo "$DIR/keys"
shell <"$DIR/keys" >"$DIR/failover.out" 2>"$DIR/failover.err" &
exec 3>"$DIR/keys"
rm "$DIR/keys"
echo "create -e /open before" >&3
await "^Created /open" "$DIR/failover.err"
killed=$("$ENSEMBLE" kill-leader)
for ((i = 0; i < 60; i++)); do # what was under way when the connection broke is lost, as the shell says
    echo "set /open after" >&3
    echo "get /open" >&3
    sleep 0.5
    if grep -q '^after$' "$DIR/failover.out"; then break; fi
done
await '^after$' "$DIR/failover.out"
echo "quit" >&3
exec 3>&-
wait || true # it ends as its last command did
"$ENSEMBLE" start "$killed"
echo "   zkcli: failover${CERTIFICATE:+ over TLS}"
