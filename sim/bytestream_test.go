package sim_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"ordeal/host"
	"ordeal/sim"
)

// connected is a stream from n1 to n2, and the end that n2 has.
func connected(t *testing.T, k *kernels) (near, far host.Stream) {
	t.Helper()
	l, err := k.list["n2"].Sockets().Listen(80, func() {})
	if err != nil {
		t.Fatal(err)
	}
	near, err = k.list["n1"].Sockets().Connect("n2", 80, func() {})
	if err != nil {
		t.Fatal(err)
	}
	k.Wait("a stream", func() bool { return near.Opened() == nil && l.Waiting() })
	if far, err = l.Accept(func() {}); err != nil {
		t.Fatal(err)
	}
	return near, far
}

// endOf is what reading a stream comes to, and how long it takes.
func endOf(k *kernels, s host.Stream) (err error, after time.Duration) {
	from := k.w.Now()
	k.Wait("the end of a stream", func() bool {
		_, err = s.Read(make([]byte, 100))
		return err != nil && !errors.Is(err, host.ErrWait)
	})
	return err, k.w.Now() - from
}

// pass lets time pass.
func (k *kernels) pass(d time.Duration) { k.w.RunUntil(k.w.Now() + d) }

func TestStreamsOfMachinesThatGoDown(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(k *kernels, near, far host.Stream)
		want    error
		from    time.Duration
		to      time.Duration
	}{
		"its program is killed": {func(k *kernels, near, far host.Stream) { _ = k.w.Kill("n2") }, io.EOF, 0, time.Second},
		"its program is killed, and had not read all": {func(k *kernels, near, far host.Stream) {
			_, _ = near.Write([]byte("!"))
			k.pass(time.Second)
			_ = k.w.Kill("n2")
		}, host.ErrReset, 0, time.Second},
		"it loses power for good, and is written to": {func(k *kernels, near, far host.Stream) {
			k.Crash("n2")
			_, _ = near.Write([]byte("!"))
		}, host.ErrTimeout, 8 * time.Second, 20 * time.Second},
		"it loses power for good": {func(k *kernels, near, far host.Stream) { k.Crash("n2") }, host.ErrTimeout,
			2 * time.Minute, 3 * time.Minute},
		"it loses power and is back when it is written to": {func(k *kernels, near, far host.Stream) {
			k.Crash("n2")
			k.boot("n2")
			_, _ = near.Write([]byte("!"))
		}, host.ErrReset, 0, time.Second},
		"it loses power and is back, and is not written to": {func(k *kernels, near, far host.Stream) {
			k.Crash("n2")
			k.boot("n2")
		}, host.ErrReset, 14 * time.Second, 16 * time.Second},
		"a cut lasts, and something is under way": {func(k *kernels, near, far host.Stream) {
			_ = k.w.Cut("n1", "n2")
			_, _ = near.Write([]byte("!"))
		}, host.ErrTimeout, 7 * time.Second, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKernels(t, 1)
			near, far := connected(t, k)
			c.happens(k, near, far)
			if err, after := endOf(k, near); !errors.Is(err, c.want) || after < c.from || after > c.to {
				t.Errorf("it ends after %v: %v", after, err)
			}
		})
	}
}

func TestStreamsToMachinesThatAreDown(t *testing.T) {
	for _, power := range []bool{false, true} {
		k := newKernels(t, 1)
		want := host.ErrRefused
		if power {
			want = host.ErrTimeout
			k.Crash("n2")
		} else if err := k.w.Kill("n2"); err != nil {
			t.Fatal(err)
		}
		near, err := k.list["n1"].Sockets().Connect("n2", 80, func() {})
		if err != nil {
			t.Fatal(err)
		}
		k.Wait("an answer", func() bool { return !errors.Is(near.Opened(), host.ErrWait) })
		if !errors.Is(near.Opened(), want) {
			t.Errorf("with power lost %v: %v", power, near.Opened())
		}
	}
}

// TestStreamsUnderFaults: whatever is wrong with the link, what is read is a beginning of what was written, and all of
// it unless the stream broke.
func TestStreamsUnderFaults(t *testing.T) {
	broken := 0
	for seed := range uint64(40) {
		k := newKernels(t, seed)
		near, far := connected(t, k)
		fault := sim.LinkFault{
			LossPPM: 200_000, Jitter: 20 * time.Millisecond, DuplicatePPM: 100_000, ReorderPPM: 100_000,
			CorruptPPM: uint32(seed%4) * 5000, BytesPerSecond: 200_000,
		}
		if err := errors.Join(k.w.SetLink("n1", "n2", fault), k.w.SetLink("n2", "n1", fault)); err != nil {
			t.Fatal(err)
		}
		var sent, got []byte
		var readErr, writeErr error
		k.Wait("the end", func() bool {
			for len(sent) < 300_000 && writeErr == nil && near.Writable() {
				piece := bytes.Repeat([]byte{byte(len(sent) >> 8), byte(len(sent))}, 3000)
				n, err := near.Write(piece)
				if sent = append(sent, piece[:n]...); err != nil {
					writeErr = err
				}
				if len(sent) >= 300_000 {
					_ = near.CloseWrite()
				}
			}
			for readErr == nil && far.Readable() {
				b := make([]byte, 4000)
				n, err := far.Read(b)
				got, readErr = append(got, b[:n]...), err
			}
			return readErr != nil
		})
		if !bytes.HasPrefix(sent, got) {
			t.Fatalf("seed %d: the %d bytes that were read are not those that were written", seed, len(got))
		}
		if errors.Is(readErr, io.EOF) != (len(got) == len(sent) && writeErr == nil) {
			t.Errorf("seed %d: %d of %d bytes were read: %v, %v", seed, len(got), len(sent), readErr, writeErr)
		}
		if !errors.Is(readErr, io.EOF) {
			broken++
		}
	}
	if broken == 0 || broken == 40 {
		t.Errorf("%d of 40 streams broke", broken)
	}
}

// TestPausedMachinesTakeBytes: the system of a machine whose software stands still takes what there is room for, and no
// more.
func TestPausedMachinesTakeBytes(t *testing.T) {
	k := newKernels(t, 1)
	near, far := connected(t, k)
	if err := k.w.Pause("n2"); err != nil {
		t.Fatal(err)
	}
	sent := 0
	for range 100 {
		n, _ := near.Write(make([]byte, 10_000))
		sent += n
		k.pass(10 * time.Millisecond)
	}
	if sent < 10_000 || sent > 1<<17 || near.Writable() {
		t.Errorf("%d bytes were taken", sent)
	}
	if err := k.w.Resume("n2"); err != nil {
		t.Fatal(err)
	}
	got := 0
	k.Wait("all of it", func() bool {
		for far.Readable() {
			n, _ := far.Read(make([]byte, 10_000))
			got += n
		}
		return got == sent
	})
}

// TestSocketsCostTime: who sends much is busy with it, and a clock that is read after that shows it.
func TestSocketsCostTime(t *testing.T) {
	k := newKernels(t, 1)
	before := k.list["n1"].Spend(0)
	if after := k.list["n1"].Spend(time.Millisecond); after != before+time.Millisecond {
		t.Errorf("a millisecond took %v", after-before)
	}
}

// TestSplitWrites: what one call writes comes in pieces at times, and the pieces are those that the seed has.
func TestSplitWrites(t *testing.T) {
	pieces := func() (sizes string, split int) {
		k := newKernels(t, 7)
		near, far := connected(t, k)
		for range 200 {
			_, _ = near.Write(make([]byte, 100))
			for got := 0; got < 100; {
				k.w.Step()
				n, _ := far.Read(make([]byte, 1000))
				if got += n; n > 0 && n < 100 {
					split++
				}
				sizes += fmt.Sprint(n, " ")
			}
		}
		return sizes, split
	}
	first, split := pieces()
	again, _ := pieces()
	if first != again || split < 5 || split > 60 {
		t.Errorf("%d pieces were parts; the same twice: %v", split, first == again)
	}
}

// TestPacketsUnderFaults: of datagrams some are lost, some come twice, and some wrong.
func TestPacketsUnderFaults(t *testing.T) {
	k := newKernels(t, 1)
	a, err := k.list["n1"].Sockets().Bind(53, func() {})
	b, errB := k.list["n2"].Sockets().Bind(53, func() {})
	fault := sim.LinkFault{LossPPM: 100_000, DuplicatePPM: 100_000}
	if err := errors.Join(err, errB, k.w.SetLink("n1", "n2", fault)); err != nil {
		t.Fatal(err)
	}
	got := map[byte]int{}
	for i := range byte(200) {
		_ = a.Send("n2", 53, []byte{i})
		k.pass(50 * time.Millisecond)
		for {
			_, _, data, err := b.Receive()
			if err != nil {
				break
			}
			got[data[0]]++
		}
	}
	twice := 0
	for _, n := range got {
		twice += n - 1
	}
	if len(got) < 150 || len(got) > 195 || twice < 5 {
		t.Errorf("%d of 200 came, and %d twice", len(got), twice)
	}
}
