// Package files finds and opens files that hold histories: files of any length that may still grow, standard input, and
// folders.
package files

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Input is a file, or standard input, that is read from its beginning to its end.
type Input struct {
	// Name is what errors call it.
	Name string
	src  io.Reader
	file *os.File // nil for what is no file
	// size is how long the file is, as far as is known; read is how much of it is.
	size, read int64
	// last is the byte that was read last.
	last byte
	bar  *progressbar.ProgressBar
	// spool is what was laid aside.
	spool *os.File
}

// Size is how long the file is, as far as is known; 0 for what is no file.
func (i *Input) Size() int64 { return i.size }

// Open opens a file, or in for the name "-". On a terminal a bar on errOut shows how far it is read.
func Open(name string, in io.Reader, errOut io.Writer) (*Input, error) {
	if name == "-" {
		return &Input{Name: "standard input", src: in}, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a folder", name)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	i := &Input{Name: name, src: file}
	if info.Mode().IsRegular() {
		i.file, i.size = file, info.Size()
	}
	if out, ok := errOut.(*os.File); ok && i.size > barFrom && term.IsTerminal(int(out.Fd())) {
		i.bar = progressbar.NewOptions64(i.size, progressbar.OptionSetWriter(errOut), progressbar.OptionShowBytes(true),
			progressbar.OptionSetDescription("reads "+name), progressbar.OptionSetWidth(20),
			progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
	}
	return i, nil
}

const (
	// barFrom is how many bytes a file has at least if a bar is worth it.
	barFrom = 1 << 23
	// still is how long a file that grew while it was read has to be as it is before it counts as whole.
	still = time.Second
	// look is how often that is looked at.
	look = 50 * time.Millisecond
)

// Read reads on. A file that grows meanwhile ends when it has stopped growing.
func (i *Input) Read(p []byte) (int, error) {
	n, err := i.src.Read(p)
	for waited := time.Duration(0); n == 0 && err == io.EOF && i.growing() && waited < still; waited += look {
		time.Sleep(look)
		n, err = i.src.Read(p)
	}
	if i.read += int64(n); n > 0 {
		i.last = p[n-1]
	}
	if i.bar != nil {
		_ = i.bar.Set64(min(i.read, i.size)) // a bar that can't be drawn is no reason to stop
	}
	return n, err
}

// ReadAt reads somewhere in a file. Of what is none, it can't.
func (i *Input) ReadAt(p []byte, at int64) (int, error) {
	if i.file == nil {
		return 0, fmt.Errorf("%s is no file", i.Name)
	}
	n, err := i.file.ReadAt(p, at)
	if i.bar != nil {
		_ = i.bar.Set64(min(at+int64(n), i.size))
	}
	return n, err
}

// Spool lays all of src aside on a disk, until Close: see formats.Open.
func (i *Input) Spool(src io.Reader) (io.ReaderAt, int64, error) {
	spool, err := os.CreateTemp("", "ordeal-spool-")
	if err != nil {
		return nil, 0, err
	}
	i.spool = spool
	if err := os.Remove(spool.Name()); err != nil { // it is there for as long as it is open
		return nil, 0, err
	}
	size, err := io.Copy(spool, src)
	return spool, size, err
}

// growing tells whether another program writes the file: more was read than it had when it was opened, or it ends where
// no text does, and was written to just now.
func (i *Input) growing() bool {
	if i.file == nil || i.read > i.size {
		return i.file != nil
	}
	if i.read == 0 || strings.IndexByte("\n])}", i.last) >= 0 {
		return false
	}
	info, err := i.file.Stat()
	return err == nil && time.Since(info.ModTime()) < still
}

// Close closes the file and takes the bar away.
func (i *Input) Close() {
	if i.bar != nil {
		_ = i.bar.Finish()
	}
	if i.spool != nil {
		i.spool.Close()
	}
	if c, ok := i.src.(*os.File); ok && i.Name != "standard input" {
		c.Close()
	}
}
