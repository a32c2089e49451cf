package router

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
)

// card is a network card of a test: what is sent to it is in in, and what it sends is put into out.
type card struct{ in, out chan []byte }

func newCard() *card { return &card{make(chan []byte, 10_000), make(chan []byte)} }

func (c *card) Read(b []byte) (int, error) {
	packet, open := <-c.out
	if !open {
		return 0, io.EOF
	}
	return copy(b, packet), nil
}

func (c *card) Write(b []byte) (int, error) {
	c.in <- append([]byte(nil), b...)
	return len(b), nil
}

func (c *card) Close() error { close(c.out); return nil }

func address(n byte) netip.Addr { return netip.AddrFrom4([4]byte{10, 77, 0, n}) }

// packet is one with a number, of so many bytes.
func packet(to byte, number uint32, bytes int) []byte {
	p := make([]byte, bytes)
	p[0] = 0x45
	binary.BigEndian.PutUint16(p[2:], uint16(bytes))
	copy(p[16:], address(to).AsSlice())
	binary.BigEndian.PutUint32(p[20:], number)
	return p
}

func numberOf(p []byte) uint32 { return binary.BigEndian.Uint32(p[20:]) }

// pair is a router with two machines.
func pair(t *testing.T) (r *Router, n1, n2 *card) {
	t.Helper()
	r = New(func(w nemesis.Way) *rand.Rand { return rand.New(rand.NewPCG(1, uint64(len(w.From)))) })
	n1, n2 = newCard(), newCard()
	for i, c := range []*card{n1, n2} {
		if err := r.Attach(host.Addr([]string{"n1", "n2"}[i]), address(byte(i+1)), c); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(r.Close)
	return r, n1, n2
}

// send sends so many packets from n1 to n2.
func send(n1 *card, count int) {
	for i := range count {
		n1.out <- packet(2, uint32(i), 60)
	}
	n1.out <- packet(3, 0, 60) // to none: all before have been taken when this is
}

// arrived are the numbers of the packets that came, until none has for a while.
func arrived(n2 *card) (numbers []uint32) {
	for {
		select {
		case p := <-n2.in:
			numbers = append(numbers, numberOf(p))
		case <-time.After(300 * time.Millisecond):
			return numbers
		}
	}
}

func inOrder(numbers []uint32) bool {
	for i := 1; i < len(numbers); i++ {
		if numbers[i] < numbers[i-1] {
			return false
		}
	}
	return true
}

// worse sets one quality after the other.
func worse(links ...nemesis.Link) func(r *Router) {
	return func(r *Router) {
		for _, l := range links {
			r.Set("n1", "n2", l)
		}
	}
}

func TestLinks(t *testing.T) {
	const count = 1000
	for name, c := range map[string]struct {
		set      func(r *Router)
		min, max int // packets that come
		ordered  bool
	}{
		"sound":      {func(*Router) {}, count, count, true},
		"cut":        {func(r *Router) { r.Cut("n1", "n2") }, 0, 0, true},
		"mended":     {func(r *Router) { r.Cut("n1", "n2"); r.Mend("n1", "n2") }, count, count, true},
		"the other":  {func(r *Router) { r.Cut("n2", "n1") }, count, count, true},
		"loses":      {func(r *Router) { r.Set("n1", "n2", nemesis.Link{LossPPM: 200_000}) }, 700, 900, true},
		"doubles":    {func(r *Router) { r.Set("n1", "n2", nemesis.Link{DuplicatePPM: 200_000}) }, 1100, 1300, true},
		"reorders":   {func(r *Router) { r.Set("n1", "n2", nemesis.Link{ReorderPPM: 200_000}) }, count, count, false},
		"late":       {worse(nemesis.Link{Delay: 50 * time.Millisecond}), count, count, true},
		"corrupts":   {func(r *Router) { r.Set("n1", "n2", nemesis.Link{CorruptPPM: million}) }, count, count, true},
		"jitters":    {worse(nemesis.Link{Jitter: 20 * time.Millisecond}), count, count, true},
		"clogged":    {func(r *Router) { r.Clog("n1", "n2") }, 0, 0, true},
		"well again": {worse(nemesis.Link{LossPPM: million}, nemesis.Link{}), count, count, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, n1, n2 := pair(t)
			c.set(r)
			send(n1, count)
			got := arrived(n2)
			if len(got) < c.min || len(got) > c.max || inOrder(got) != c.ordered {
				t.Errorf("%d packets came, want %d to %d; in order: %v", len(got), c.min, c.max, inOrder(got))
			}
		})
	}
}

func TestWhatIsCloggedComesInTheEnd(t *testing.T) {
	r, n1, n2 := pair(t)
	r.Clog("n1", "n2")
	send(n1, 100)
	if got := arrived(n2); len(got) != 0 {
		t.Fatalf("%d packets came through a link that is clogged", len(got))
	}
	r.Unclog("n1", "n2")
	send(n1, 1)
	if got := arrived(n2); len(got) != 101 || !inOrder(got[:100]) {
		t.Errorf("%d packets came, in order: %v", len(got), inOrder(got))
	}
}

func TestASlowLinkTakesItsTime(t *testing.T) {
	r, n1, n2 := pair(t)
	r.Set("n1", "n2", nemesis.Link{BytesPerSecond: 30_000})
	begun := time.Now()
	send(n1, 100)                                             // 6,000 bytes
	const least = 200*time.Millisecond + 299*time.Millisecond // that arrived waits in the end
	if got := arrived(n2); len(got) != 100 || time.Since(begun) < least {
		t.Errorf("%d packets in %v", len(got), time.Since(begun))
	}
}

func TestCorruptPacketsDiffer(t *testing.T) {
	r, n1, n2 := pair(t)
	r.Set("n1", "n2", nemesis.Link{CorruptPPM: million})
	sent := packet(2, 7, 60)
	n1.out <- append([]byte(nil), sent...)
	got := <-n2.in
	wrong := 0
	for i := range got {
		for b := got[i] ^ sent[i]; b != 0; b &= b - 1 {
			wrong++
			if i < 40 {
				t.Errorf("byte %d of the headers is wrong", i)
			}
		}
	}
	if wrong != 1 {
		t.Errorf("%d bits are wrong", wrong)
	}
}

func TestWhatIsNoPacketIsLost(t *testing.T) {
	_, n1, n2 := pair(t)
	short := packet(2, 0, 60)
	binary.BigEndian.PutUint16(short[2:], 61)
	for _, bad := range [][]byte{nil, {0x45}, make([]byte, 60), {0x60, 40: 0}, short} {
		n1.out <- bad
	}
	send(n1, 1)
	if got := arrived(n2); len(got) != 1 {
		t.Errorf("%d packets came, want the one that is sound", len(got))
	}
}
