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
		var want []job
		for i := range 3*pieceLength + 7 {
			one := job{from: time.Duration((i + chance.IntN(farthest)) / 2), bytes: int32(i)}
			p.add(one)
			want = append(want, one)
		}
		slices.SortStableFunc(want, func(a, b job) int { return int(a.from - b.from) })
		p.sortBy(func(j *job) time.Duration { return j.from })
		i := 0
		for j := range p.each() {
			if *j != want[i] {
				t.Fatalf("out of order by up to %d: %+v at place %d, wanted %+v", farthest, *j, i, want[i])
			}
			i++
		}
		if i != len(want) || i != p.len() {
			t.Errorf("%d of %d are left, and it says %d", i, len(want), p.len())
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
			traffic.Sent(time.Duration(i), fmt.Sprint("n", i%2), "n3", "append", payloads[i], false)
		}
		want := make([]time.Duration, messages)
		for i, which := range chance.Perm(messages) {
			if want[which] = -1; which%3 >= lost {
				want[which] = time.Second + time.Duration(i)
				traffic.Arrived(want[which], fmt.Sprint("n", which%2), "n3", payloads[which])
			}
		}
		traffic.Arrived(time.Hour, "n1", "n3", make([]byte, 8))
		for i := range messages {
			if got := traffic.messages.at(i).arrived; got != want[i] {
				t.Errorf("message %d arrived at %d, wanted %d", i, got, want[i])
			}
		}
	}
}
