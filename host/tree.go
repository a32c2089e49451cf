package host

import "time"

// Tree is a machine's disk as a tree of directories and files. Paths are separated by slashes, and relative to its
// root.
//
// What was written to a file is on the disk for good once a Sync of the file is done, and that it has a name once one
// of the directory is: a crash before may keep it, lose it, or tear it. A rename is lost or kept as a whole.
type Tree interface {
	// Open opens what has a path: a missing one is fs.ErrNotExist, unless a file is to be made.
	Open(path string, how Opening) (Node, error)
	// Mkdir makes a directory; a path that there is already is fs.ErrExist.
	Mkdir(path string) error
	// Remove removes the name of a file, and Rmdir that of an empty directory. A file that is open stays what it is.
	Remove(path string) error
	Rmdir(path string) error
	// Rename gives another path to a file or directory. It replaces a file by a file, and an empty directory by a
	// directory.
	Rename(from, to string) error
	Stat(path string) (NodeInfo, error)
}

// Opening says how a path is to be opened. The zero value opens what there is.
type Opening struct {
	Create    bool // makes an empty file if there is none
	Exclusive bool // with Create: what is there already is fs.ErrExist
	Truncate  bool // cuts a file to nothing
	Directory bool // what is no directory is ErrNotDir
}

// Node is a file or a directory. On a directory the methods of files are ErrIsDir, and the other way ErrNotDir.
type Node interface {
	Info() NodeInfo
	// ReadAt reads what there is from offset on: 0 bytes behind the end.
	ReadAt(b []byte, offset int64) (n int, err error)
	// WriteAt writes from offset on. A gap behind the file's end is filled with zeros. On a full disk, ErrFull, it writes
	// a part.
	WriteAt(b []byte, offset int64) (n int, err error)
	// Truncate cuts the file, or makes it longer by zeros.
	Truncate(size int64) error
	// List is what a directory has, sorted by name.
	List() ([]NodeInfo, error)
	// Sync makes durable what the file has, or which names the directory has, at the time of the call. done is called
	// when it is, as an input of the machine, with ErrDisk if it failed: then it is unknown what the disk has.
	Sync(done func(error))
}

// NodeInfo is what there is to know of a node.
type NodeInfo struct {
	Name     string // the last part of its path; "" of the root
	ID       uint64 // no other node of the tree has it, nor will have
	Dir      bool
	Size     int64
	Modified time.Time // by the machine's time of day
}
