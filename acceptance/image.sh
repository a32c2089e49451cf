#!/usr/bin/env bash
# Builds the image of deploy/kubernetes by its Dockerfile without a network, from vendored modules, and runs it as a pod does:
# without a network, as a user without rights, on a root that can't be written to. Wants root and Debian's buildah and
# debootstrap. The base image is no registry's: it is Debian with make, and the Go of this machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for program in buildah debootstrap; do
	command -v "$program" > /dev/null || { echo "image.sh wants $program: apt-get install buildah debootstrap" >&2; exit 2; }
done
[ "$(id -u)" = 0 ] || { echo "image.sh wants to be root" >&2; exit 2; }

folder=$(mktemp -d)
b() { buildah --storage-driver vfs --root "$folder/storage" --runroot "$folder/run" "$@"; }
# offline is b with a network in which there is nothing: buildah has --network none only where there is a runtime of containers.
offline() { unshare --net buildah --storage-driver vfs --root "$folder/storage" --runroot "$folder/run" "$@"; }
trap 'b rm --all > /dev/null 2>&1 || true; rm -rf "$folder"' EXIT

echo "== what is built: the commit, with vendored modules"
commit=$(git rev-parse HEAD)
mkdir "$folder/src"
git archive HEAD | tar -x -C "$folder/src"
(cd "$folder/src" && go mod vendor)

echo "== the base image"
base=$(sed -n 's/^FROM \(golang:[^ ]*\) AS build$/\1/p' deploy/kubernetes/Dockerfile)
go version | grep -qF "go${base#golang:}" || { echo "image.sh wants the Go of $base, and this is $(go version)" >&2; exit 2; }
debootstrap --variant=minbase --include=make bookworm "$folder/debian" > "$folder/debootstrap.log" ||
	{ tail -5 "$folder/debootstrap.log" >&2; exit 1; }
cp -r "$(go env GOROOT)" "$folder/debian/usr/local/go"
from=$(b from scratch)
b copy -q "$from" "$folder/debian" / > /dev/null
b config --env PATH=/usr/local/go/bin:/usr/bin:/bin:/usr/sbin:/sbin "$from"
b commit -q "$from" "docker.io/library/$base" > /dev/null
b rm "$from" > /dev/null
rm -rf "$folder/debian"

echo "== the image"
(cd "$folder/src" && offline build --isolation chroot --pull-never -f deploy/kubernetes/Dockerfile \
	--build-arg COMMIT="$commit" -t ordeal:latest .)
rm -rf "$folder/src"

echo "== what is in it"
image=$(b from ordeal:latest)
root=$(b mount "$image")
[ "$(cd "$root" && find . -type f)" = ./ordeal ] || { echo "there are other files than /ordeal:"; find "$root" -type f; exit 1; }
if readelf -l "$root/ordeal" | grep -q INTERP; then echo "/ordeal is not static"; exit 1; fi
[ "$(b inspect --format '{{.OCIv1.Config.User}}' "$image")" = 65532:65532 ]
ls -l "$root/ordeal"

echo "== two shards and their merge, as pods run them"
mkdir -p "$folder/results" "$folder/tmp"
chown 65532:65532 "$folder/results" "$folder/tmp"
pod() {
	offline run --isolation chroot --cap-drop all -v "$folder/results:/results" -v "$folder/tmp:/tmp" "$image" -- \
		/ordeal "$@"
}
shard() {
	b config --env JOB_COMPLETIONS=2 --env JOB_COMPLETION_INDEX="$1" "$image"
	pod run --seeds=1-4 --length=5s --nodes=3 --canary=cheap --jobs=1 --shard=auto --require=none \
		--findings=/results/findings --out="/results/shard-$1"
}
shard 0
shard 1
pod merge /results/shard-0 /results/shard-1 --out=/results/all --findings=/results/findings | tee "$folder/merged"
grep -q '^4 trials: 4 valid' "$folder/merged"
grep -q "\"commit\": \"$commit\"" "$folder/results/shard-0/shard.json"
echo "image.sh: all as it has to be"
