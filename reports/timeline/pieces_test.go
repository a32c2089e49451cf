package timeline

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestPiecesAreSortedByTime: what is nearly sorted and what is not, and those of one instant stay as they are.
func TestPiecesAreSortedByTime(t *testing.T) {
	for _, farthest := range []int{1, 4, 50, 3 * pieceLength} {
		chance := rand.New(rand.NewPCG(1, uint64(farthest)))
		var p pieces[job]
		var want []stamped[job]
		for i := range 3*pieceLength + 7 {
			one := stamped[job]{time.Duration((i + chance.IntN(farthest)) / 2), job{bytes: int32(i)}}
			if place := p.add(one.at, one.one); place != i {
				t.Errorf("element %d is at place %d", i, place)
			}
			want = append(want, one)
		}
		slices.SortStableFunc(want, func(a, b stamped[job]) int { return int(a.at - b.at) })
		p.sort()
		for i := range want {
			if j := p.at(i); *j != want[i] {
				t.Fatalf("out of order by up to %d: %+v at place %d, wanted %+v", farthest, *j, i, want[i])
			}
		}
		if len(want) != p.len() {
			t.Errorf("of %d it says there are %d", len(want), p.len())
		}
	}
}

// TestMessagesArriveInAnyOrder: each is found however many left after it, those that are lost are in no one's way, and
// what never left does not arrive.
func TestMessagesArriveInAnyOrder(t *testing.T) {
	const messages = 4 * lookedThrough
	chance := rand.New(rand.NewPCG(1, 2))
	for lost := range 3 {
		var traffic Traffic
		payloads := make([][]byte, messages)
		for i := range payloads {
			payloads[i] = make([]byte, 8)
			if !traffic.Knows(i % 2) {
				traffic.Link(i%2, fmt.Sprint("n", i%2), "n3")
			}
			traffic.Sent(i%2, time.Duration(i), "append", payloads[i], false)
		}
		want := make([]time.Duration, messages)
		for i, which := range chance.Perm(messages) {
			if want[which] = -1; which%3 >= lost {
				want[which] = time.Second + time.Duration(i)
				traffic.Arrived(which%2, want[which], payloads[which])
			}
		}
		traffic.Arrived(1, time.Hour, make([]byte, 8))
		traffic.Arrived(7, time.Hour, make([]byte, 8))
		for i := range messages {
			if got := traffic.messages.at(i).one.arrived; got != want[i] {
				t.Errorf("message %d arrived at %d, wanted %d", i, got, want[i])
			}
		}
	}
}
