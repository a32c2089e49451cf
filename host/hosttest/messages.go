package hosttest

import (
	"bytes"
	"testing"

	"ordeal/host"
)

// messageSizes are what testMessageBytes sends: nothing, little, and more than a network carries in one piece.
var messageSizes = []int{0, 1, 5, 4096, 70_000, 1_200_000}

// testMessageBytes sends each size again and again until it was acknowledged, since messages may be lost.
func testMessageBytes(t *testing.T, h Harness) {
	var seen, acks journal
	h.Boot(n2, func(h host.Host) (host.Program, error) {
		return &script{receive: func(from host.Addr, payload []byte) {
			i := sizeIndex(len(payload))
			if i < 0 || !bytes.Equal(payload, pattern(i, len(payload))) {
				seen.add("%s sent %d bytes that were never written", from, len(payload))
				return
			}
			h.Send(from, []byte{byte(i)})
			if from != n1 {
				seen.add("from %s", from)
			}
		}}, nil
	})
	h.Boot(n1, func(h host.Host) (host.Program, error) {
		if h.Self() != n1 {
			seen.add("n1 is called %s", h.Self())
		}
		acked := map[int]bool{}
		sendRest := func() {
			for i, size := range messageSizes {
				if !acked[i] {
					h.Send(n2, pattern(i, size))
				}
			}
			h.Clock().SetAlarm(h.Clock().Now() + 500*ms)
		}
		sendRest()
		return &script{
			wake: sendRest,
			receive: func(from host.Addr, payload []byte) {
				if from != n2 || len(payload) != 1 {
					seen.add("%s answered with %d bytes", from, len(payload))
					return
				}
				acked[int(payload[0])] = true
				if len(acked) == len(messageSizes) {
					acks.add("all")
				}
			},
		}, nil
	})
	h.Wait("every size to arrive", acks.has("all"))
	seen.want(t, "n2")
}

func sizeIndex(size int) int {
	for i, s := range messageSizes {
		if s == size {
			return i
		}
	}
	return -1
}

// testMessageOwned keeps some of the messages and scribbles over others.
func testMessageOwned(t *testing.T, h Harness) {
	const messages = 32
	var seen journal
	h.Boot(n2, func(host.Host) (host.Program, error) {
		kept := map[byte][]byte{}
		return &script{receive: func(_ host.Addr, payload []byte) {
			i := payload[0]
			if i%2 == 1 {
				scribble(payload)
				payload = nil
			}
			kept[i] = payload
			if len(kept) < messages {
				return
			}
			for i := byte(0); i < messages; i += 2 {
				if want := numbered(i); !bytes.Equal(kept[i], want) {
					seen.add("message %d became %x", i, kept[i])
				}
			}
			seen.add("all")
		}}, nil
	})
	h.Boot(n1, func(h host.Host) (host.Program, error) {
		send := func() {
			for i := byte(0); i < messages; i++ {
				h.Send(n2, numbered(i))
			}
			h.Clock().SetAlarm(h.Clock().Now() + 200*ms)
		}
		send()
		return &script{wake: send}, nil
	})
	h.Wait("all messages", seen.has("all"))
	if got := seen.all(); got[0] != "all" {
		t.Errorf("messages share memory: %s", got[0])
	}
}

// numbered is a short payload that begins with its number.
func numbered(i byte) []byte { return append([]byte{i}, pattern(int(i), 10)...) }

// testMessageToAbsent sends to a machine that is down and to one that there never was.
func testMessageToAbsent(t *testing.T, h Harness) {
	var seen journal
	h.Boot(n1, func(h host.Host) (host.Program, error) {
		for range 100 {
			h.Send(Absent, []byte("hello"))
			h.Send(n3, []byte("hello"))
		}
		h.Clock().SetAlarm(h.Clock().Now() + 10*ms)
		return &script{
			wake:    func() { seen.add("still here") },
			receive: func(from host.Addr, _ []byte) { seen.add("a message from %s", from) },
		}, nil
	})
	h.Wait("the program to go on", seen.has("still here"))
	seen.want(t, "n1", "still here")
}
