#!/usr/bin/env bash
# etcd 3.6's JSON gateway: a comparison whose word is misspelt is carried out as another comparison, and the write goes through.
#
# A transaction's comparison says EQUAL, GREATER, LESS or NOT_EQUAL. etcd 3.6 takes a word that is none of these for the first of
# them, as if nothing had been said, and answers 200: unknown words pass, as unknown fields do. So "only if the version is
# NOT_EQUALS 1" is carried out as "only if the version is 1": what the transaction was to prevent is what it does. etcd 3.4 refuses
# such a word (400; looked at with 3.4.23), so an upgrade turns an error that everybody saw into writes that no one asked for.
#
# Needs Go and a module proxy; etcd runs in the same process. Seen on linux/amd64 with go1.26 and v3.6.16, twice the same, for a
# key of version 1 whose value is "guarded"; and once with v3.7.3:
#
#   if version NOT_EQUAL 1, put     200, succeeded: false, value guarded
#   if version NOT_EQUALS 1, put    200, succeeded: true,  value written
set -euo pipefail

version=v3.6.16
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat > main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"

	"go.etcd.io/etcd/server/v3/embed"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// serve starts an etcd of one server and is where its gateway is.
func serve() string {
	free, err := net.Listen("tcp", "127.0.0.1:0") // the gateway does not find a port that is chosen by the kernel
	check(err)
	at := free.Addr().String()
	check(free.Close())
	c := embed.NewConfig()
	c.Dir, c.LogLevel = "data", "fatal"
	c.ListenClientUrls = []url.URL{{Scheme: "http", Host: at}}
	c.ListenPeerUrls = []url.URL{{Scheme: "http", Host: "127.0.0.1:0"}}
	e, err := embed.StartEtcd(c)
	check(err)
	<-e.Server.ReadyNotify()
	return "http://" + at
}

// answer has what of an answer is looked at. Bytes are in base64 there, as in the requests.
type answer struct {
	Succeeded bool
	KVs       []struct{ Value []byte }
}

func main() {
	at := serve()
	ask := func(path, body string) (a answer) {
		r, err := http.Post(at+path, "application/json", strings.NewReader(body))
		check(err)
		if r.StatusCode != http.StatusOK {
			fmt.Println(r.Status)
			return a
		}
		check(json.NewDecoder(r.Body).Decode(&a))
		return a
	}
	ask("/v3/kv/put", `{"key": "aw==", "value": "Z3VhcmRlZA=="}`) // guarded
	for _, word := range []string{"NOT_EQUAL", "NOT_EQUALS"} {
		a := ask("/v3/kv/txn", `{"compare": [{"key": "aw==", "target": "VERSION", "result": "`+word+`", "version": "1"}],
			"success": [{"request_put": {"key": "aw==", "value": "d3JpdHRlbg=="}}]}`) // written
		fmt.Printf("%s: succeeded %v, value %s\n", word, a.Succeeded, ask("/v3/kv/range", `{"key": "aw=="}`).KVs[0].Value)
	}
	os.Exit(0) // the server ends with the process
}
GO

go mod init finding 2>/dev/null
go get "go.etcd.io/etcd/server/v3@$version" 2>/dev/null
go run -mod=mod . | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
NOT_EQUAL: succeeded false, value guarded
NOT_EQUALS: succeeded true, value written
END
