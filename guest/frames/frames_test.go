package frames_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"ordeal/guest/frames"
	"ordeal/host"
	"ordeal/sim"
)

// echo answers each frame with itself in upper case, "bye" by closing, and notes what it hears.
type echo struct{ heard *[]string }

func (e echo) note(text string)                     { *e.heard = append(*e.heard, text) }
func (e echo) Receive(host.Addr, []byte)            {}
func (e echo) Wake()                                {}
func (e echo) Accept(c host.Conn)                   { e.note("accept " + strings.Split(c.Peer(), ":")[0]) }
func (e echo) Closed(host.Conn)                     { e.note("closed") }
func (e echo) Settle()                              { e.note("settle") }
func (e echo) boot(host.Host) (host.Program, error) { return e, nil }

func (e echo) Frame(c host.Conn, payload []byte) {
	e.note(fmt.Sprintf("frame %d", len(payload)))
	c.Send([]byte(strings.ToUpper(string(payload))))
	if string(payload) == "bye" {
		c.Close()
	}
}

// talk has a process write bytes to the port, in pieces of n, and read until the stream ends or nothing comes for long.
func talk(t *testing.T, text []byte, n int) (heard []string, answer []byte, end error) {
	t.Helper()
	w := sim.New(1, sim.Config{})
	defer w.Close()
	w.AddMachine("n1", frames.Serve(echo{&heard}.boot, 7, 100_000))
	w.Spawn("c1", func(p host.Process) {
		signal := p.NewSignal()
		stream, err := p.(host.Kerneled).Kernel().Sockets().Connect("n1", 7, signal.Set)
		if err != nil {
			t.Error(err)
			return
		}
		buffer := make([]byte, 1000)
		for {
			if len(text) > 0 {
				var wrote int
				if wrote, err = stream.Write(text[:min(n, len(text))]); err == nil {
					text = text[wrote:]
					p.Sleep(time.Millisecond)
				}
			}
			got, err := stream.Read(buffer)
			answer = append(answer, buffer[:got]...)
			if err != nil && !errors.Is(err, host.ErrWait) {
				end = err
				return
			}
			if err != nil && (len(text) == 0 || !stream.Writable()) && !signal.Wait(5*time.Second) {
				stream.Close()
				return
			}
		}
	})
	w.RunUntil(time.Minute)
	for _, f := range w.Failures() {
		t.Error(f)
	}
	return heard, answer, end
}

func framed(texts ...string) (b []byte) {
	for _, text := range texts {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(text))), text...)
	}
	return b
}

// TestFramesComeWhole: however the bytes are cut, and also where an answer wants more room than there is at once.
func TestFramesComeWhole(t *testing.T) {
	long := strings.Repeat("abc", 30_000)
	for _, n := range []int{3, 50_000} {
		texts := []string{"one", "", "two", "bye"}
		if n > 100 {
			texts = []string{long, long, "bye"}
		}
		heard, answer, end := talk(t, framed(texts...), n)
		var answers []string
		for _, text := range texts {
			answers = append(answers, strings.ToUpper(text))
		}
		if want := string(framed(answers...)); string(answer) != want || !errors.Is(end, io.EOF) {
			t.Errorf("in pieces of %d: %d bytes, and not %d, then %v; heard %v", n, len(answer), len(want), end, heard)
		}
		if heard[0] != "accept c1" || heard[len(heard)-1] != "settle" {
			t.Errorf("heard %v", heard)
		}
	}
}

// TestALengthThatIsNone ends the stream, and so does a client that goes.
func TestALengthThatIsNone(t *testing.T) {
	for _, text := range []string{"\xff\xff\xff\xff", "\x7f\x00\x00\x00", "\x00\x00\x00\x05half"} {
		heard, answer, _ := talk(t, []byte(text), 100)
		all := strings.Join(heard, ",")
		if len(answer) > 0 || !strings.Contains(all, "closed") || strings.Contains(all, "frame") {
			t.Errorf("%q: answered %q, heard %s", text, answer, all)
		}
	}
}
