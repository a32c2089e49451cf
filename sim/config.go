package sim

import (
	"log/slog"
	"time"
)

// Config holds what things cost in a world. In every field zero means the default, and a negative value means none.
type Config struct {
	CPU     CPU
	Network Network
	Disk    Disk
	// Log takes what programs and processes log, with virtual time and the machine; nil turns logging off.
	Log slog.Handler
	// Order says which of the events of one instant comes first.
	Order Order
	// Branch says from when on the chance is another one.
	Branch Branch
	// InstantEvents is how many events may happen at one instant before the world takes it for an endless loop, halts
	// and records a Failure. Default 1,000,000.
	InstantEvents int
}

// CPU is the time that a machine needs to handle one input, by kind.
type CPU struct {
	Message time.Duration // a message from another machine; default 15µs
	Frame   time.Duration // a frame of a connection; default 15µs
	Connect time.Duration // a connection that opens or ends; default 20µs
	Wake    time.Duration // the alarm; default 5µs
	Done    time.Duration // a disk job that is done; default 5µs
	Boot    time.Duration // starting the program; default 5ms
	Send    time.Duration // each message or frame that leaves; default 3µs
	PerKiB  time.Duration // each KiB of payload, in or out; default 500ns
}

// Network is what a link between two machines is like when no fault is on it.
type Network struct {
	Latency        time.Duration // the least time on the way; default 150µs
	LatencyTail    time.Duration // mean of an exponential tail upon that; default 50µs
	BytesPerSecond int64         // what one machine can send; default 125,000,000
	Queue          int           // datagrams of one link that may be under way; default 8192
	ConnQueue      int           // frames of one direction of a connection that may be under way; default 8192
	Retransmit     time.Duration // the first wait before a lost piece of a connection is sent again; default 200ms
	DialTimeout    time.Duration // a dial without an answer ends after this; default 2s
	// StallTimeout is how long a connection with something under way lives across a cut. Default 8s.
	StallTimeout time.Duration
}

// Disk is what a machine's disk costs.
type Disk struct {
	Sync           time.Duration // the least time of a sync; default 800µs
	SyncTail       time.Duration // mean of an exponential tail upon that; default 200µs
	Step           time.Duration // any other step; default 10µs
	BytesPerSecond int64         // writing, and reading at boot; default 400,000,000
}

func (c Config) filled() Config {
	fill(&c.CPU.Message, 15*time.Microsecond)
	fill(&c.CPU.Frame, 15*time.Microsecond)
	fill(&c.CPU.Connect, 20*time.Microsecond)
	fill(&c.CPU.Wake, 5*time.Microsecond)
	fill(&c.CPU.Done, 5*time.Microsecond)
	fill(&c.CPU.Boot, 5*time.Millisecond)
	fill(&c.CPU.Send, 3*time.Microsecond)
	fill(&c.CPU.PerKiB, 500*time.Nanosecond)
	fill(&c.Network.Latency, 150*time.Microsecond)
	fill(&c.Network.LatencyTail, 50*time.Microsecond)
	fill(&c.Network.BytesPerSecond, 125_000_000)
	fill(&c.Network.Queue, 8192)
	fill(&c.Network.ConnQueue, 8192)
	fill(&c.Network.Retransmit, 200*time.Millisecond)
	fill(&c.Network.DialTimeout, 2*time.Second)
	fill(&c.Network.StallTimeout, 8*time.Second)
	fill(&c.Disk.Sync, 800*time.Microsecond)
	fill(&c.Disk.SyncTail, 200*time.Microsecond)
	fill(&c.Disk.Step, 10*time.Microsecond)
	fill(&c.Disk.BytesPerSecond, 400_000_000)
	fill(&c.InstantEvents, 1_000_000)
	return c
}

func fill[T ~int | ~int64](field *T, preset T) {
	if *field == 0 {
		*field = preset
	}
	*field = max(*field, 0)
}

// transfer is the time that n bytes take at a rate; a rate of 0 is no limit.
func transfer(n int, bytesPerSecond int64) time.Duration {
	if bytesPerSecond == 0 {
		return 0
	}
	return time.Duration(int64(n) * int64(time.Second) / bytesPerSecond)
}
