package oshost

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"time"

	"ordeal/host"
)

// defaultMaxFrame is the largest frame of a client in bytes: the protocol's usual 1 MiB − 1, and room for headers.
const defaultMaxFrame = 1_048_575 + 1024

// maxName is the longest name of a machine or cluster in bytes: the handshake has one byte for it.
const maxName = 255

// Config says what a machine is called and where it finds what it needs.
type Config struct {
	// Self is the machine's name.
	Self host.Addr
	// Cluster names the machines that belong together; it may be empty. Peers of another cluster are refused, so
	// that two clusters on the same ports by mistake do not mix.
	Cluster string
	// DataDir is the machine's disk. It is made if there is none, and no other machine may use it meanwhile.
	DataDir string
	// ClientListen is where clients connect, as host:port; port 0 takes any. With "" there is no client port.
	ClientListen string
	// SecureListen is where clients connect over TLS, as ClientListen, and TLS the server's side of it. Whether a
	// client must show a certificate is TLS's to say; what it proves by one is the connection's host.Identified.
	SecureListen string
	TLS          *tls.Config
	// PeerTLS is spoken between machines if it is not nil, by the one that calls and the one that is called.
	PeerTLS *tls.Config
	// PeerListen is where other machines connect, as ClientListen.
	PeerListen string
	// Peers are the other machines and their peer addresses, as host:port. Messages to others are dropped, unless the
	// program says where they are (host.Router); messages from others in the cluster are handed over.
	Peers map[host.Addr]string
	// MaxFrame is the largest frame in bytes that a client may send; 0 is DefaultMaxFrame.
	MaxFrame int
	// MaxConnsPerAddr is how many connections clients may have from one address; 0 is no limit.
	MaxConnsPerAddr int
	// Patience is how long a new connection may take for its first bytes, if the program answers words (host.Texter);
	// 0 is 10 s. A program that does not hears of a connection at once.
	Patience time.Duration
	// LeaveMax is how long Close waits for a program that makes ready for its end (host.Leaver); 0 is 5 s.
	LeaveMax time.Duration
	// Logger is nil for slog.Default.
	Logger *slog.Logger
	// Seed decides Host.Rand; 0 draws a seed from the operating system.
	Seed uint64
}

func (c Config) withDefaults() (Config, error) {
	if c.DataDir == "" {
		return c, errors.New("a machine needs a data directory")
	}
	if c.SecureListen != "" && c.TLS == nil {
		return c, errors.New("a port for TLS needs certificates")
	}
	for name := range c.Peers {
		if name == c.Self {
			return c, fmt.Errorf("%s is named among its own peers", name)
		}
		if err := checkName(name); err != nil {
			return c, err
		}
	}
	if len(c.Cluster) > maxName {
		return c, fmt.Errorf("the cluster's name is longer than %d bytes", maxName)
	}
	if c.MaxFrame == 0 {
		c.MaxFrame = defaultMaxFrame
	}
	if c.Patience == 0 {
		c.Patience = defaultPatience
	}
	if c.LeaveMax == 0 {
		c.LeaveMax = defaultLeaveMax
	}
	c.Logger = loggerFor(c.Logger, c.Self)
	return c, checkName(c.Self)
}

func checkName(name host.Addr) error {
	if name == "" || len(name) > maxName {
		return fmt.Errorf("%q is no name for a machine: it needs 1 to %d bytes", name, maxName)
	}
	return nil
}

func loggerFor(l *slog.Logger, self host.Addr) *slog.Logger {
	if l == nil {
		l = slog.Default()
	}
	return l.With("host", string(self))
}

// newRand makes a stream of chance from a seed, or from the operating system's own when the seed is 0.
func newRand(seed uint64) *mathrand.Rand {
	var key [32]byte
	if seed == 0 {
		rand.Read(key[:])
	} else {
		binary.LittleEndian.PutUint64(key[:], seed)
	}
	return mathrand.New(mathrand.NewChaCha8(key))
}
