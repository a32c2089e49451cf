package guest

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"ordeal/host"
)

// descriptor is what a program has open under a number: one of the fields is set.
type descriptor struct {
	node     host.Node // a file or a directory of the disk
	path     string
	fixed    *string // a file that is not on the disk, and can only be read
	stream   host.Stream
	listener host.Listener
	packets  host.Packets
	peer     host.Addr // of packets that go to one machine and port alone
	peerPort int
	sync     *syncing
	input    *input
	output   *lines

	offset    int64
	append    bool
	list      []host.NodeInfo // what a directory had when it was first read
	directory bool
}

// syncing is a sync that was begun.
type syncing struct {
	done bool
	err  error
}

// filesMax is how many descriptors a program may have.
const filesMax = 1 << 14

// open opens what every program has from the start.
func (in *instance) open() {
	in.output[1] = lines{in: in, take: in.setup.Output}
	in.output[2] = lines{in: in}
	in.files = []*descriptor{{input: in.stdin}, {output: &in.output[1]}, {output: &in.output[2]}, {directory: true}}
}

// newFile gives a descriptor a number.
func (in *instance) newFile(d *descriptor) (int32, errno) {
	for i := 3; i < len(in.files); i++ {
		if in.files[i] == nil {
			in.files[i] = d
			return int32(i), 0
		}
	}
	if len(in.files) >= filesMax {
		d.close()
		return 0, eMFile
	}
	in.files = append(in.files, d)
	return int32(len(in.files) - 1), 0
}

func (in *instance) file(number uint32) *descriptor {
	if int64(number) >= int64(len(in.files)) {
		return nil
	}
	return in.files[number]
}

func (d *descriptor) close() {
	switch {
	case d.stream != nil:
		d.stream.Close()
	case d.listener != nil:
		d.listener.Close()
	case d.packets != nil:
		d.packets.Close()
	}
}

func (in *instance) closeFiles() {
	for _, d := range in.files {
		if d != nil {
			d.close()
		}
	}
	in.files = nil
}

// readable and writable say whether a read or a write would not have to wait.
func (d *descriptor) readable() bool {
	switch {
	case d.stream != nil:
		return d.stream.Readable()
	case d.listener != nil:
		return d.listener.Waiting()
	case d.packets != nil:
		return d.packets.Waiting()
	case d.sync != nil:
		return d.sync.done
	case d.input != nil:
		return len(d.input.text) > 0 || d.input.closed
	}
	return true
}

func (d *descriptor) writable() bool { return d.stream == nil || d.stream.Writable() }

// read and write are those of descriptors that have no places: streams, input and output.
func (d *descriptor) read(b []byte) (int, error) {
	switch {
	case d.stream != nil:
		n, err := d.stream.Read(b)
		if err == io.EOF {
			err = nil
		}
		return n, err
	case d.packets != nil:
		_, _, got, err := d.packets.Receive()
		return copy(b, got), err
	case d.input != nil:
		return d.input.read(b)
	}
	return 0, errBad
}

func (d *descriptor) write(b []byte) (int, error) {
	switch {
	case d.stream != nil:
		return d.stream.Write(b)
	case d.packets != nil && d.peer != "":
		return len(b), d.packets.Send(d.peer, d.peerPort, b)
	case d.output != nil:
		d.output.write(b)
		return len(b), nil
	}
	return 0, errBad
}

// errBad is of what a descriptor can't do.
var errBad = fmt.Errorf("the descriptor is of another kind")

// input is what a program reads from its standard input.
type input struct {
	text   []byte
	closed bool
}

func (i *input) read(b []byte) (int, error) {
	if len(i.text) == 0 && !i.closed {
		return 0, host.ErrWait
	}
	n := copy(b, i.text)
	i.text = i.text[n:]
	return n, nil
}

// lines is what a program writes, by lines.
type lines struct {
	in   *instance
	take func(line string)
	part strings.Builder
	last []string // the last lines, unless they are taken
	all  int
}

const (
	// lastLines is how many of the last lines are kept.
	lastLines = 400
	// lineMax is how long a line is at most: a longer one is cut in two.
	lineMax = 64 << 10
	// outputMax is how much a program may write in one life.
	outputMax = 16 << 20
)

// write takes a piece.
func (l *lines) write(b []byte) {
	if l.all += len(b); l.all > outputMax {
		panic(Crash{Message: fmt.Sprintf("the program has written more than %d MiB", outputMax>>20)})
	}
	for len(b) > 0 {
		end := bytes.IndexByte(b, '\n')
		whole := end >= 0
		if !whole {
			end = len(b)
		}
		l.part.Write(b[:end])
		if b = b[min(end+1, len(b)):]; whole || l.part.Len() >= lineMax {
			l.flush()
		}
	}
}

// flush ends the line that was begun.
func (l *lines) flush() {
	if l.part.Len() == 0 {
		return
	}
	line := l.part.String()
	l.part.Reset()
	if l.take != nil {
		l.take(line)
		return
	}
	if l.last = append(l.last, line); len(l.last) > lastLines {
		l.last = l.last[len(l.last)-lastLines/2:]
	}
}
