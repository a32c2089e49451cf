#!/usr/bin/env bash
# github.com/hashicorp/raft v1.8.0: a snapshot's files are synced, and their names are not.
#
# When a snapshot is done, raft cuts its log: from then on the snapshot is all that there is of what came before. FileSnapshotStore
# takes care: it syncs state.bin and meta.json, renames the folder that they are in, and syncs the folder above, so that the new
# name is durable. What it leaves out is the renamed folder itself, which has the names of the two files, and at its first start the
# folder in which it makes "snapshots". POSIX promises neither name after a power loss. File systems that put a new file's name down
# with its first sync (ext4, XFS, Btrfs) are kinder than that; one that is not leaves a server with a log that begins behind a
# snapshot which is not there, and it does not start again.
#
# Needs Linux, strace, Go and a module proxy. One snapshot in a new store. Seen on linux/amd64 with go1.26, twice the same:
#
#   fsync of state.bin and meta.json     3
#   fsync of the folder snapshots        1
#   fsync of the snapshot's own folder   0, under either name
#   fsync of the store's folder          0
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat > main.go <<'GO'
package main

import (
	"io"

	"github.com/hashicorp/raft"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	store, err := raft.NewFileSnapshotStore("store", 2, io.Discard)
	check(err)
	_, transport := raft.NewInmemTransport("")
	sink, err := store.Create(raft.SnapshotVersionMax, 10, 1, raft.Configuration{}, 1, transport)
	check(err)
	_, err = sink.Write([]byte("state"))
	check(err)
	check(sink.Close())
	list, err := store.List()
	check(err)
	if len(list) != 1 {
		panic("the snapshot is not there")
	}
}
GO

go mod init finding 2>/dev/null
go get github.com/hashicorp/raft@v1.8.0 2>/dev/null
go build -mod=mod -o snapshot .
mkdir store
strace -f -y -qq -e trace=fsync,fdatasync,sync,syncfs,sync_file_range -o trace ./snapshot

count() { grep -cE "(fsync|fdatasync|syncfs|sync_file_range)\([0-9]+<[^>]*/$1>" trace || true; }
{
	echo "files: $(count '(state\.bin|meta\.json)')"
	echo "folder snapshots: $(count 'store/snapshots')"
	echo "the snapshot's folder: $(count 'snapshots/[^/]+')"
	echo "the store's folder: $(count store)"
} | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
files: 3
folder snapshots: 1
the snapshot's folder: 0
the store's folder: 0
END
