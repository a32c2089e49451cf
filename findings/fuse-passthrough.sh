#!/usr/bin/env bash
# github.com/hanwen/go-fuse/v2 v2.12.1: a handle that wraps a LoopbackFile sees its writes when a user mounts it, and none as root.
#
# Who wants a folder that counts, delays or fails what programs do embeds fs.LoopbackFile in a type of his own and writes a Write
# for it. Go takes that in the place of the embedded one. But what is embedded has another method besides, PassthroughFd, and by it
# the library hands the file below to the kernel, if the kernel is 6.9 or newer and the program may do so, which root alone may:
# then reads and writes never come to the program. Open, fsync and close do, and the files are right, so a self-test that reads what
# it wrote passes; a test of faults injects none, under root alone, and is green. So have the counter move before it is believed, or
# take CAP_PASSTHROUGH away, or give the type a PassthroughFd that says no.
#
# Needs Linux 6.9 or newer, root, /dev/fuse, Go and a module proxy. Seen on linux/amd64 6.18 with go1.26, twice the same:
#
#   100 writes, as it is                  Write was called 0 times, 100 bytes are in the file
#   100 writes, without CAP_PASSTHROUGH   Write was called 100 times, 100 bytes are in the file
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat > main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

var writes int

// file counts its writes.
type file struct{ *fs.LoopbackFile }

func (f file) Write(ctx context.Context, data []byte, at int64) (uint32, syscall.Errno) {
	writes++
	return f.LoopbackFile.Write(ctx, data, at)
}

// folder has such files.
type folder struct{ fs.LoopbackNode }

func (f *folder) Create(ctx context.Context, name string, flags, mode uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle,
	uint32, syscall.Errno) {
	node, handle, flags, errno := f.LoopbackNode.Create(ctx, name, flags, mode, out)
	if errno == 0 {
		handle = file{handle.(*fs.LoopbackFile)}
	}
	return node, handle, flags, errno
}

// try writes a hundred bytes, one by one.
func try(what string, without uint64) {
	check(os.RemoveAll("below"))
	check(os.MkdirAll("below", 0o755))
	check(os.MkdirAll("above", 0o755))
	top := &folder{fs.LoopbackNode{RootData: &fs.LoopbackRoot{Path: "below"}}}
	s, err := fs.Mount("above", top, &fs.Options{MountOptions: fuse.MountOptions{DirectMount: true, DisabledCapabilities: without}})
	check(err)
	writes = 0
	f, err := os.Create("above/file")
	check(err)
	for range 100 {
		_, err = f.Write([]byte("x"))
		check(err)
	}
	check(f.Close())
	check(s.Unmount())
	b, err := os.ReadFile("below/file")
	check(err)
	fmt.Printf("%s: %d calls, %d bytes\n", what, writes, len(b))
}

func main() {
	try("as it is", 0)
	try("without CAP_PASSTHROUGH", fuse.CAP_PASSTHROUGH)
}
GO

go mod init finding 2>/dev/null
go get github.com/hanwen/go-fuse/v2@v2.12.1 2>/dev/null
go run -mod=mod . | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
as it is: 0 calls, 100 bytes
without CAP_PASSTHROUGH: 100 calls, 100 bytes
END
