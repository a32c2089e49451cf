#!/usr/bin/env bash
# curl over the gateway's paths, on the server at the URL: what comes has in it what is expected.
set -euo pipefail
URL=$1
ask() { # PATH BODY WANT: the status and the body have WANT in them
    local got
    got=$(curl -sS -m 10 -w '%{http_code} ' -X POST "$URL$1" -d "$2")
    got=${got//, /,}
    [[ $got == *"$3"* ]] || { printf 'curl %s %s\n gets %s\n without %s\n' "$1" "$2" "$got" "$3" >&2; exit 1; }
}
k=Y3VybA== # curl
ask /v3/kv/put "{\"key\":\"$k\",\"value\":\"djE=\"}" '"revision"'
ask /v3/kv/range "{\"key\":\"$k\"}" '"value":"djE="'
ask /v3/kv/range "{\"key\":\"Y3VybA\"}" '"value":"djE="'
ask /v3beta/kv/range "{\"key\":\"$k\"}" '"value":"djE="'
ask /v3/kv/range '{}' '"message":"etcdserver: key is not provided"'
ask /v3/kv/txn "{\"compare\":[{\"key\":\"$k\",\"target\":\"VERSION\",\"version\":\"1\"}],\"success\":[{\"requestRange\":{\"key\":\"$k\"}}]}" '"succeeded":true'
ask /v3/kv/txn "{\"compare\":[{\"key\":\"$k\",\"result\":\"EQUALS\"}]}" '"code":3'
ask /v3/kv/deleterange "{\"key\":\"$k\"}" '"deleted":"1"'
ask /v3/kv/compaction '{"revision":"99999"}' '"message":"etcdserver: mvcc: required revision is a future revision"'
ask /v3/lease/grant '{"TTL":"600","ID":"4711"}' '"ID":"4711"'
ask /v3/lease/keepalive '{"ID":4711}' '"TTL":"600"'
ask /v3/lease/timetolive '{"ID":4711.0}' '"grantedTTL":"600"'
ask /v3/lease/leases '{}' '"4711"'
ask /v3/lock/lock '{"name":"bG9jaw==","lease":4711}' '"key":"bG9jay8xMjY3"'
ask /v3/lock/unlock '{"key":"bG9jay8xMjY3"}' '"header"'
ask /v3/election/campaign '{"name":"ZQ==","lease":"4711","value":"bWU="}' '"leader"'
ask /v3/election/leader '{"name":"ZQ=="}' '"value":"bWU="'
ask /v3/election/leader '{"name":"eA=="}' '500'
ask /v3/election/proclaim '{}' 'field must be provided'
ask /v3/lease/revoke '{"ID":4711}' '"header"'
ask /v3/lease/revoke '{"ID":4711}' '404'
ask /v3/cluster/member/list '{}' '"members"'
ask /v3/maintenance/status '{}' '"version"'
ask /v3/maintenance/alarm '{}' '"header"'
ask /v3/maintenance/hash '{}' '"hash"'
ask /v3/maintenance/defragment '{}' '{}'
ask /v3/auth/status '{}' '"authRevision"'
ask /v3/auth/user/list '{}' '"header"'
ask /v3/auth/role/get '{"role":"none"}' '"code":9'
ask /v3/auth/enable '{}' 'root user does not exist'
ask /v3alpha/kv/range '{}' '404'
[ "$(curl -sS "$URL/health")" = '{"health":"true","reason":""}' ] || { echo "/health" >&2; exit 1; }
[[ $(curl -sS "$URL/version") == *etcdserver* ]] || { echo "/version" >&2; exit 1; }
[[ $(curl -sS "$URL/metrics") == *etcd_server_has_leader\ 1* ]] || { echo "/metrics" >&2; exit 1; }
[ "$(curl -sS "$URL/livez")" = ok ] && [ "$(curl -sS "$URL/readyz")" = ok ] || { echo "/livez" >&2; exit 1; }
[[ $(curl -sS -o /dev/null -w '%{http_code}' "$URL/v3/kv/range") == 501 ]] || { echo "GET" >&2; exit 1; }
echo "   curl: every path"
