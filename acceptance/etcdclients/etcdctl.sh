#!/usr/bin/env bash
# etcdctl, command by command, on the server at the URL; what it prints is looked at. The server is new.
set -euo pipefail
ctl() { "${ETCDCTL:-etcdctl}" --endpoints "$1" "${@:2}"; }
URL=$1
is() { # what the command prints is this
    local want=$1 got
    shift
    got=$(ctl "$URL" "$@" 2>&1) || true
    [ "$got" = "$want" ] || { printf 'etcdctl %s\n prints %s\n and not %s\n' "$*" "$got" "$want" >&2; exit 1; }
}
has() { # what the command prints has this in it
    local want=$1 got
    shift
    got=$(ctl "$URL" "$@" 2>&1) || true
    [[ $got == *"$want"* ]] || { printf 'etcdctl %s\n prints %s\n without %s\n' "$*" "$got" "$want" >&2; exit 1; }
}
is OK put foo one
is $'foo\none' get foo
is $'OK\nfoo\none' put --prev-kv foo two
is two get --print-value-only foo
is $'foo\none' get --rev 2 foo
is OK put fop three
is $'foo\n\nfop' get --prefix --keys-only fo
is $'fop\nthree' get --prefix --order DESCEND --limit 1 fo
is $'foo\ntwo\nfop\nthree' get --from-key foo
is 1 del fop
is $'1\nfoo\ntwo' del --prev-kv foo
is $'SUCCESS\n\nOK' txn <<<$'version("x") = "0"\n\nput x 1\n\nget x\n'
is $'FAILURE\n\nx\n1' txn <<<$'version("x") = "0"\n\nput x 1\n\nget x\n'
[ "$(timeout 2 "${ETCDCTL:-etcdctl}" --endpoints "$URL" watch --rev 2 foo || true)" = \
    $'PUT\nfoo\none\nPUT\nfoo\ntwo\nDELETE\nfoo' ] || { echo "a watch of the past is told something else" >&2; exit 1; }
id=$(ctl "$URL" lease grant 600 | sed 's/lease \(.*\) granted.*/\1/')
is OK put --lease "$id" leased v
has "attached keys([leased])" lease timetolive --keys "$id"
has "keepalived with TTL(600)" lease keep-alive --once "$id"
has "$id" lease list
is "lease $id revoked" lease revoke "$id"
is '' get leased
has 'compacted revision' compact 3
has 'required revision has been compacted' get --rev 2 foo
has hello lock name echo hello
has started member list
has 'is healthy' endpoint health
has '3.6' endpoint status
has "$(echo "$URL" | sed 's#http://##')" endpoint hashkv
has 'Finished defragmenting' defrag
is '' alarm list
is '' alarm disarm
has 'Snapshot saved' snapshot save "$(mktemp -u)"
is 'Role r created' role add r
has 'Role r updated' role grant-permission r readwrite a b
has '[a, b)' role get r
is r role list
has 'User u created' user add u:pass
has 'Role r is granted to user u' user grant-role u r
is $'User: u\nRoles: r' user get u
is u user list
has 'Password updated' user passwd --interactive=false u <<<other
is 'User root created' user add root:pass
has 'Role root is granted' user grant-role root root
is 'Authentication Enabled' auth enable
has 'user name is empty' put a 1
is OK --user u:other put a1 1
has 'permission denied' --user u:other put b 1
has 'invalid user ID or password' --user u:wrong put a 1
is 'Authentication Disabled' --user root:pass auth disable
has 'Role r is revoked from user u' user revoke-role u r
has 'Permission of range [a, b) is revoked from role r' role revoke-permission r a b
is 'User u deleted' user delete u
is 'User root deleted' user delete root
is 'Role r deleted' role delete r
echo "   etcdctl: every command"
