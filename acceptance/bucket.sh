#!/usr/bin/env bash
# Shards hand their results on to a bucket of a real server of S3, which is killed meanwhile, and so are shards; what is
# merged from there is what one machine says, byte for byte. Wants ORDEAL, the program with its planted bugs, which
# `make test-bucket` builds, and Go, which builds the server: versitygw on a folder, as acceptance/bucket/go.mod has it.
set -euo pipefail
: "${ORDEAL:?the program}"
cd "$(dirname "${BASH_SOURCE[0]}")/bucket"
folder=$(mktemp -d)
server=
trap 'kill -9 $server 2> /dev/null || true; rm -rf "$folder"' EXIT
fail() { echo "bucket.sh: $*" >&2; exit 1; }

go build -o "$folder/versitygw" github.com/versity/versitygw/cmd/versitygw
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export AWS_ENDPOINT_URL_S3=http://127.0.0.1:$port AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=who AWS_SECRET_ACCESS_KEY=secret
mkdir -p "$folder/disk/nights" # a folder of the server's is a bucket
start() {
	ROOT_ACCESS_KEY_ID=who ROOT_SECRET_ACCESS_KEY=secret "$folder/versitygw" --quiet --port "127.0.0.1:$port" posix \
		"$folder/disk" >> "$folder/server.log" 2>&1 &
	server=$!
	disown
}
start
cd "$folder"

campaign=(run --seeds 1-16 --length 10s --nodes 3 --jobs 1 --require none --commit c1)
# shard NUMBER BUCKET FLAG...: plays one of four and hands it on.
shard() { "$ORDEAL" "${campaign[@]}" --shard "$1/4" --out "$folder/$1" --upload "s3://$2" "${@:3}" > "$folder/$1.log" 2>&1; }
# refused CODE TEXT COMMAND...: the command ends with that code and says that.
refused() {
	local code=0
	"${@:3}" > "$folder/refused.log" 2>&1 || code=$?
	if [ "$3" = shard ]; then cat "$folder/$4.log" >> "$folder/refused.log"; fi
	{ [ "$code" = "$1" ] && grep -qF -- "$2" "$folder/refused.log"; } ||
		{ cat "$folder/refused.log" >&2; fail "${*:3}: exit code $code, and $1 was wanted with: $2"; }
}

echo "== four shards at once, while the server is killed and starts again"
"$ORDEAL" "${campaign[@]}" --out one > /dev/null
shards=()
for i in 1 2 3 4; do
	shard "$i" nights/17 &
	shards+=($!)
done
until [ -e disk/nights/17/campaign.json ]; do sleep 0.01; done
kill -9 "$server"
sleep 2
start
for i in "${shards[@]}"; do
	wait "$i" || { cat "$folder"/[0-9].log >&2; fail "a shard ended with $?"; }
done
"$ORDEAL" merge s3://nights/17 --out all --summary all.md > all.log
cmp one/summary.json all/summary.json || fail "the shards have another summary than one machine"

echo "== a shard that is killed is missing, and is played again"
for i in 1 2 3; do shard "$i" nights/18; done
"$ORDEAL" "${campaign[@]}" --shard 4/4 --out 4 --upload s3://nights/18 > 4.log 2>&1 &
until pgrep -P $! > workers; do sleep 0.01; done # it plays
kill -9 $!
{ wait $! || true; } 2> /dev/null
refused 254 "shard 4 of 4 is missing" "$ORDEAL" merge s3://nights/18 --out all
shard 4 nights/18
"$ORDEAL" merge s3://nights/18 --out all > all.log
cmp one/summary.json all/summary.json

echo "== what is refused, before a trial is played"
refused 254 "it has another campaign: they were told different things" shard 2 nights/17 --rate 50
refused 254 "it has another campaign: they are of different commits" shard 2 nights/17 --commit c2
refused 254 "there is no bucket days" shard 1 days/17
AWS_SECRET_ACCESS_KEY=hidden refused 254 "the credentials do not do" shard 1 nights/17
AWS_ACCESS_KEY_ID=you refused 254 "No user exists with the provided access key" "$ORDEAL" merge s3://nights/17 --out all
refused 254 "has no folder with a shard.json" "$ORDEAL" merge s3://nights/1 --out all

echo "== of two campaigns that begin at once one has the place"
"$ORDEAL" "${campaign[@]}" --shard 1/4 --out a --upload s3://nights/19 > a.log 2>&1 & a=$!
"$ORDEAL" "${campaign[@]}" --shard 1/4 --out b --upload s3://nights/19 --rate 50 > b.log 2>&1 & b=$!
codes=()
for i in "$a" "$b"; do
	code=0
	wait "$i" || code=$?
	codes+=("$code")
done
case "${codes[*]}" in "0 254" | "254 0") ;; *) fail "they ended with ${codes[*]}" ;; esac

echo "== among more folders than one answer lists"
for i in $(seq 1100); do
	mkdir -p "disk/nights/20/a-$i"
	: > "disk/nights/20/a-$i/other"
done
for i in 1 2 3 4; do shard "$i" nights/20; done
"$ORDEAL" merge s3://nights/20 --out all > all.log
cmp one/summary.json all/summary.json

echo "== one trial's files, and the price list of planted bugs"
kept=$(cd disk/nights/17/shard-1-of-4 && ls -d ./*/ | head -1)
"$ORDEAL" bucket get "s3://nights/17/shard-1-of-4/$(basename "$kept")" trial > /dev/null
diff -r "disk/nights/17/shard-1-of-4/$kept" trial
prices=(bugs run bugAckBeforeSync bugLocalClockInApply --seeds 1)
for i in 1 2; do "$ORDEAL" "${prices[@]}" --shard "$i/2" --out "p$i" --upload s3://nights/prices > /dev/null; done
"$ORDEAL" merge p1 p2 > disk.txt
"$ORDEAL" merge s3://nights/prices > bucket.txt
cmp disk.txt bucket.txt
grep -q "2 of them caught" bucket.txt
refused 254 "it has a search for planted bugs, and this is a campaign" shard 1 nights/prices
echo "bucket.sh: all as it has to be"
