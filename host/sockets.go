package host

// Sockets are the byte streams and datagrams of a machine. Each machine has ports of its own, from 1 to 65535, of which
// streams and datagrams know nothing of each other's.
type Sockets interface {
	// Listen opens a port to streams; port 0 is a free one. ready is called when one may be there to be accepted.
	Listen(port int, ready func()) (Listener, error)
	// Connect opens a stream to a port of a machine, this one perhaps. It returns at once; ready is called when anything
	// about the stream may have changed.
	Connect(to Addr, port int, ready func()) (Stream, error)
	// Bind opens a port to datagrams; port 0 is a free one. ready is called when one has come.
	Bind(port int, ready func()) (Packets, error)
}

// Listener is a port that is open to streams.
type Listener interface {
	Port() int
	// Accept takes the next stream, or is ErrWait. ready is that stream's.
	Accept(ready func()) (Stream, error)
	// Waiting says whether there is one to be accepted.
	Waiting() bool
	// Close closes the port. Streams that were not accepted are reset.
	Close()
}

// Stream is one end of a connection that carries bytes, in order, either way. What one call writes may come in several
// pieces, and what several write in one.
type Stream interface {
	// Opened is nil once the stream stands, ErrWait until then, and else why it never will.
	Opened() error
	// Read takes at least one byte of those that have come. It is io.EOF behind the last one if the other end writes no
	// more, ErrWait if there is nothing yet, and ErrReset or ErrTimeout if the stream is broken.
	Read(b []byte) (n int, err error)
	// Write gives bytes to be sent, as many as there is room for, or is ErrWait if there is none. A broken stream is
	// ErrReset or ErrTimeout, one after CloseWrite ErrShut. That bytes were taken does not say that they arrive.
	Write(b []byte) (n int, err error)
	// Readable and Writable say whether Read and Write would be something else than ErrWait.
	Readable() bool
	Writable() bool
	// CloseWrite tells the other end that no more is written, behind what was.
	CloseWrite() error
	// Close ends the stream for this end. What was written still goes out, unless something that came was not read: then
	// the other end hears of a reset.
	Close()
	// Port is this end's port, Peer the machine and port of the other.
	Port() int
	Peer() (Addr, int)
}

// Packets is a port that is open to datagrams. Of what is sent any may be lost, late, or come twice.
type Packets interface {
	Port() int
	// Send gives a datagram of at most PacketMax bytes to the network. It never waits.
	Send(to Addr, port int, b []byte) error
	// Receive takes the oldest of the datagrams that have come, or is ErrWait. What comes and finds too many unread is
	// lost.
	Receive() (from Addr, port int, b []byte, err error)
	Waiting() bool
	Close()
}

// PacketMax is how many bytes a datagram has at most.
const PacketMax = 65507
