#!/usr/bin/env bash
# Clients with certificates: the server at the URL wants one, and a user is who the certificate names.
set -euo pipefail
URL=$1 DIR=$2
ctl() { "${ETCDCTL:-etcdctl}" --endpoints "$URL" --cacert "$DIR/ca.pem" --cert "$DIR/root.pem" --key "$DIR/root.key" "$@"; }
[ "$(ctl put a 1)" = OK ] || { echo "a put over TLS" >&2; exit 1; }
if etcdctl --endpoints "$URL" --cacert "$DIR/ca.pem" --dial-timeout 2s put a 1 >/dev/null 2>&1; then
    echo "a client without a certificate is served" >&2
    exit 1
fi
ctl user add --no-password root >/dev/null && ctl user grant-role root root >/dev/null && ctl auth enable >/dev/null
[ "$(ctl get --print-value-only a)" = 1 ] || { echo "the user of a certificate" >&2; exit 1; }
[[ $(curl -sS --cacert "$DIR/ca.pem" --cert "$DIR/root.pem" --key "$DIR/root.key" -X POST "$URL/v3/kv/range" \
    -d '{"key":"YQ=="}') == *"user name is empty"* ]] || { echo "a certificate counts for the gateway" >&2; exit 1; }
echo "   TLS: certificates, and the users they name"
