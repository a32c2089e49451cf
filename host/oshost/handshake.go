package oshost

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"ordeal/host"
)

// handshakeMagic begins every connection between machines: the protocol's name and version.
const handshakeMagic = "ordeal.1"

// beat is what the called machine sends: once when it accepts the caller, and then for as long as it is there.
const beat = 'b'

// hello is what a machine says first when it calls another: which cluster both belong to, who calls, and whom it
// means to have reached.
type hello struct {
	cluster  string
	from, to host.Addr
}

// encode is the magic, and then each name with its length in a byte before it.
func (h hello) encode() []byte {
	b := []byte(handshakeMagic)
	for _, name := range []string{h.cluster, string(h.from), string(h.to)} {
		b = append(b, byte(len(name)))
		b = append(b, name...)
	}
	return b
}

// readHello reads a hello and nothing behind it. Its memory does not depend on what it reads.
func readHello(r *bufio.Reader) (hello, error) {
	magic := make([]byte, len(handshakeMagic))
	if _, err := io.ReadFull(r, magic); err != nil {
		return hello{}, err
	}
	if string(magic) != handshakeMagic {
		return hello{}, errors.New("it does not speak this protocol")
	}
	var names [3]string
	for i := range names {
		n, err := r.ReadByte()
		if err != nil {
			return hello{}, err
		}
		name := make([]byte, n)
		if _, err := io.ReadFull(r, name); err != nil {
			return hello{}, err
		}
		names[i] = string(name)
	}
	return hello{cluster: names[0], from: host.Addr(names[1]), to: host.Addr(names[2])}, nil
}

// check says why a caller is refused, if it is.
func (h hello) check(cfg *Config) error {
	if h.cluster != cfg.Cluster {
		return fmt.Errorf("it is of cluster %q, and this is %q", h.cluster, cfg.Cluster)
	}
	if h.to != cfg.Self {
		return fmt.Errorf("it looks for %q, and this is %q", h.to, cfg.Self)
	}
	if h.from == "" || h.from == cfg.Self {
		return fmt.Errorf("it is called %q", h.from)
	}
	return nil
}
