package recipes

import (
	"fmt"
	"strconv"
	"time"

	"ordeal/cluster/client"
	"ordeal/host"
)

// Numbers gives out numbers that are all different: in windows, each of which one client reserves and then gives out
// without asking the service, as Leaf's segments and databases' sequences are. A client that ends takes the rest of its
// window along.
//
// Guaranteed: no number is given out twice, whatever happens to clients, sessions and clocks; those of one Numbers
// grow. Not guaranteed: that none is left out; and that a number of one client is greater than those that another was
// given before.
type Numbers struct {
	cell   cell
	window int64
	// next is the next number of the window, and end the first that is not in it.
	next, end int64
}

// NewNumbers makes a client that reserves windows of so many numbers at path, and begins with a new one. It panics if
// these are fewer than 1. The znode is made when it is needed; the first number is 1.
func NewNumbers(p host.Process, c *client.Client, path string, window int64) *Numbers {
	if window < 1 {
		panic("recipes: a window has at least one number")
	}
	return &Numbers{cell: cell{p: p, c: c, path: path}, window: window, next: 1, end: 1}
}

// Next is a number that was not given out before. Only the first of a window asks the service. After an error none was
// given out; a window of which it is not known whether it was reserved is left out.
func (n *Numbers) Next(timeout time.Duration) (int64, error) {
	if n.next == n.end {
		if err := n.reserve(Deadline(n.cell.p, timeout)); err != nil {
			return 0, err
		}
	}
	n.next++
	return n.next - 1, nil
}

// reserve makes a window the client's own.
func (n *Numbers) reserve(until time.Duration) error {
	var first, reserved int64
	change := func(now content) (content, error) {
		last, err := now.number()
		if err != nil {
			return now, err
		}
		if reserved = last + n.window; reserved < last {
			return now, fmt.Errorf("recipes: no numbers are left behind %d", last)
		}
		first, now.value = last+1, strconv.AppendInt(nil, reserved, 10)
		return now, nil
	}
	_, err := n.cell.change(until, change)
	if err == nil {
		n.next, n.end = first, reserved+1
	}
	return err
}
