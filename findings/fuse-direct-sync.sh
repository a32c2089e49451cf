#!/usr/bin/env bash
# Linux 6.18 and file systems by FUSE: what was asked to be durable may never be said to the file system. With direct I/O that is
# every write with O_DSYNC or O_SYNC; and always sync, syncfs and sync -f, which succeed.
#
# A file system of one's own that loses what was not synced (to test a database), or keeps it elsewhere, goes by the request FSYNC.
# A file that is opened with O_DSYNC has each write followed by one, as long as the kernel's cache is between. Where the file system
# asks for direct I/O, as one does that wants to see each write as it is made, no FSYNC comes: the write's flags have O_DSYNC, and
# who does not look at them there loses what was promised. So it is with one write by pwritev2 and RWF_DSYNC. sync and syncfs send
# nothing at all (the request SYNCFS is for virtiofs), and say that all is well, so a script's sync does nothing for such a mount.
#
# Needs Linux, root, /dev/fuse, Go and a module proxy. Seen on linux/amd64 6.18 with go1.26 and go-fuse v2.12.1, twice the same:
#
#                                what comes, by the cache     what comes, with direct I/O
#   write, fsync                 WRITE FSYNC                  WRITE FSYNC
#   write, file with O_DSYNC     WRITE,O_DSYNC FSYNC          WRITE,O_DSYNC
#   pwritev2, RWF_DSYNC          WRITE,O_DSYNC FSYNC          WRITE,O_DSYNC
#   write, syncfs                WRITE                        WRITE
#   write, sync                  WRITE                        WRITE
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// heard is a file system of which it is noted what the kernel asks of it.
type heard struct {
	fuse.RawFileSystem
	words  string
	direct bool
}

func (h *heard) write(in *fuse.WriteIn) {
	h.words += " WRITE"
	if in.Flags&unix.O_DSYNC != 0 {
		h.words += ",O_DSYNC"
	}
}

func (h *heard) Write(cancel <-chan struct{}, in *fuse.WriteIn, data []byte) (uint32, fuse.Status) {
	h.write(in)
	return h.RawFileSystem.Write(cancel, in, data)
}

func (h *heard) Writev(cancel <-chan struct{}, in *fuse.WriteIn, data [][]byte) (uint32, fuse.Status) {
	return 0, fuse.ENOSYS // Write is asked then
}

func (h *heard) Fsync(cancel <-chan struct{}, in *fuse.FsyncIn) fuse.Status {
	h.words += " FSYNC"
	return h.RawFileSystem.Fsync(cancel, in)
}

func (h *heard) Create(cancel <-chan struct{}, in *fuse.CreateIn, name string, out *fuse.CreateOut) fuse.Status {
	status := h.RawFileSystem.Create(cancel, in, name, out)
	if h.direct {
		out.OpenFlags |= fuse.FOPEN_DIRECT_IO
	}
	return status
}

func try(direct bool) {
	check(os.RemoveAll("below"))
	check(os.MkdirAll("below", 0o755))
	check(os.MkdirAll("above", 0o755))
	top, err := fs.NewLoopbackRoot("below")
	check(err)
	h := &heard{RawFileSystem: fs.NewNodeFS(top, &fs.Options{}), direct: direct}
	s, err := fuse.NewServer(h, "above", &fuse.MountOptions{DirectMount: true, DisabledCapabilities: fuse.CAP_PASSTHROUGH})
	check(err)
	go s.Serve()
	check(s.WaitMount())
	fmt.Println("direct:", direct)
	note := func(what string, flags int, do func(f *os.File) error) {
		f, err := os.OpenFile("above/"+what, os.O_CREATE|os.O_WRONLY|flags, 0o644)
		check(err)
		h.words = ""
		check(do(f))
		fmt.Println(what + ":" + h.words)
		check(f.Close())
	}
	text := []byte("x")
	then := func(sync func(f *os.File) error) func(f *os.File) error {
		return func(f *os.File) error { _, err := f.Write(text); check(err); return sync(f) }
	}
	note("fsync", 0, then((*os.File).Sync))
	note("O_DSYNC", unix.O_DSYNC, func(f *os.File) error { _, err := f.Write(text); return err })
	note("RWF_DSYNC", 0, func(f *os.File) error {
		_, err := unix.Pwritev2(int(f.Fd()), [][]byte{text}, 0, unix.RWF_DSYNC)
		return err
	})
	note("syncfs", 0, then(func(f *os.File) error { return unix.Syncfs(int(f.Fd())) }))
	note("sync", 0, then(func(*os.File) error { unix.Sync(); return nil }))
	check(s.Unmount())
}

func main() {
	try(false)
	try(true)
}
GO

go mod init finding 2>/dev/null
go get github.com/hanwen/go-fuse/v2@v2.12.1 golang.org/x/sys@v0.50.0 2>/dev/null
go run -mod=mod . | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
direct: false
fsync: WRITE FSYNC
O_DSYNC: WRITE,O_DSYNC FSYNC
RWF_DSYNC: WRITE,O_DSYNC FSYNC
syncfs: WRITE
sync: WRITE
direct: true
fsync: WRITE FSYNC
O_DSYNC: WRITE,O_DSYNC
RWF_DSYNC: WRITE,O_DSYNC
syncfs: WRITE
sync: WRITE
END
