package oshost_test

import (
	"encoding/binary"
	"testing"

	"ordeal/host"
)

// TestPause has a program leave a connection unread: little of what its client sends comes while all of another's does,
// and the rest afterwards.
func TestPause(t *testing.T) {
	const frames = 1000
	var paused host.Conn
	got, shut, done := map[host.Conn]int{}, make(chan struct{}), make(chan struct{}, 2)
	m := start(t, alone(t), func(host.Host) (host.Program, error) {
		return &calls{frame: func(c host.Conn, _ []byte) {
			if paused == nil {
				paused = c
				c.(host.Pauser).Pause(true)
				close(shut)
			}
			if got[c]++; got[c] == frames {
				done <- struct{}{}
			}
		}}, nil
	})
	for range 2 {
		nc := dial(t, m.ClientAddr())
		defer nc.Close()
		for i := range frames {
			nc.Write(binary.BigEndian.AppendUint32(nil, 0))
			if i == 0 {
				await(t, "the first frame", shut)
			}
		}
	}
	await(t, "the frames of one connection", done)
	m.Do(func(host.Program) {
		if n := got[paused]; n == 0 || n > 3 {
			t.Errorf("of %d frames %d came from a connection that is not read", frames, n)
		}
		paused.(host.Pauser).Pause(false)
	})
	await(t, "the rest of the frames", done)
	m.Do(func(host.Program) { paused.(host.Pauser).Pause(true) })
	m.Kill() // a reader that waits does not hold up the end
}
