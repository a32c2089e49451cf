package ordeal

import (
	"crypto/rand"
	"io"
	mathrand "math/rand/v2"
)

// seedEntropy makes crypto/rand a stream that the seed decides, and returns what undoes it.
//
// go.etcd.io/raft/v3 draws its election jitter from crypto/rand.Reader and offers no other way in; it is the only place
// where a trial would hear of the real machine. A world is alone in its process while it runs, so the one variable is
// its own. The real server never comes here: its jitter stays random.
func seedEntropy(stream *mathrand.Rand) (restore func()) {
	was := rand.Reader
	rand.Reader = entropy{stream}
	return func() { rand.Reader = was }
}

type entropy struct{ stream *mathrand.Rand }

var _ io.Reader = entropy{}

func (e entropy) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e.stream.Uint32())
	}
	return len(p), nil
}
