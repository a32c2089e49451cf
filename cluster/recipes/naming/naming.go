// Package naming is instances behind a name: where they are, how much they can bear, and whether they are well; who
// looks for them keeps a view, and picks one for each request. It is written over groups (recipes.Group), whose
// guarantees are its own: an instance shows only while its session lives, views never go back, and a new session never
// takes an old one's registration for its own.
package naming

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/host"
)

// Instance is one of those behind a name.
type Instance struct {
	// ID tells it from the others behind the name, over restarts: of two registrations with one ID the newer counts.
	ID string
	// Address is where it is reached, as HOST:PORT.
	Address string
	// Weight says how much it can bear beside the others, 0 to WeightMax; nothing is sent to one of weight 0.
	Weight int
	// Load is what it says that it bears at present, by a measure of its own.
	Load int64
	// Down says that it lives and should not be asked.
	Down bool
	// Lease is how long its session lasts without contact, in whole milliseconds, as it said when it registered: the
	// longest that it can show when it has died. 0 says that it is not known.
	Lease time.Duration
}

// WeightMax is the greatest weight.
const WeightMax = 1000

// Check says what is wrong with an instance.
func (i Instance) Check() error {
	host, port, ok := cutLast(i.Address, ":")
	n, err := strconv.ParseUint(port, 10, 16)
	switch {
	case i.ID == "" || strings.ContainsAny(i.ID, "\n\r"):
		return fmt.Errorf("naming: the ID %q is empty, or has more than one line", i.ID)
	case !ok || host == "" || err != nil || n == 0 || strings.ContainsAny(i.Address, " \n\r\t"):
		return fmt.Errorf("naming: the address %q of %s is not HOST:PORT", i.Address, i.ID)
	case i.Lease < 0:
		return fmt.Errorf("naming: the lease %v of %s is less than nothing", i.Lease, i.ID)
	case i.Weight < 0 || i.Weight > WeightMax:
		return fmt.Errorf("naming: the weight %d of %s is not from 0 to %d", i.Weight, i.ID, WeightMax)
	}
	return nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	at := strings.LastIndex(s, sep)
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+len(sep):], true
}

// version begins what an instance's znode holds.
const version = "instance/1"

// Encode is what an instance's znode holds: lines of text.
func (i Instance) Encode() []byte {
	return fmt.Appendf(nil, "%s\n%s\n%s\n%d %d %v %d\n", version, i.ID, i.Address, i.Weight, i.Load, i.Down,
		i.Lease.Milliseconds())
}

// Decode reads what Encode wrote. The error says what is not of this package, or of another version of it.
func Decode(data []byte) (i Instance, err error) {
	lines := strings.Split(string(data), "\n")
	if len(lines) != 5 || lines[0] != version {
		return i, fmt.Errorf("naming: %.40q is no instance of this version", data)
	}
	i.ID, i.Address = lines[1], lines[2]
	var lease int64 // which instances did not always say
	n, err := fmt.Sscanf(lines[3], "%d %d %t %d", &i.Weight, &i.Load, &i.Down, &lease)
	if n < 3 || n == 3 && strings.Count(lines[3], " ") > 2 {
		return i, fmt.Errorf("naming: %.40q is no weight, load, health and lease: %v", lines[3], err)
	}
	i.Lease = time.Duration(lease) * time.Millisecond
	return i, i.Check()
}

// Name is a name, as one client sees it: as an instance behind it, or to find those that are.
type Name struct {
	c     *client.Client
	group *recipes.Group
	lease time.Duration // of the registration
	// instances are those that are well, by ID.
	instances []Instance
	view      recipes.View
}

// NewName makes a client's side of the name at path, such as "/services/orders".
func NewName(p host.Process, c *client.Client, path string) *Name {
	return &Name{c: c, group: recipes.NewGroup(p, c, path)}
}

// Register puts an instance behind the name, until Withdraw or the end of the session. After the end of the session the
// instance has to register again, by a new client. It says how long its session lasts (Lease). Outcomes are those of
// recipes.Group's Join.
func (n *Name) Register(i Instance, timeout time.Duration) (recipes.Outcome, error) {
	if err := i.Check(); err != nil {
		return recipes.NoEffect, err
	}
	if _, ok := n.c.Session(); !ok {
		if err := n.c.Sync("/"); err != nil {
			return recipes.NoEffect, err
		}
	}
	n.lease = n.c.Timeout()
	i.Lease = n.lease
	_, outcome, err := n.group.Join(i.Encode(), timeout)
	return outcome, err
}

// Update changes what is known of the registered instance: its weight, load or health. recipes.ErrLost says that it is
// registered no more.
func (n *Name) Update(i Instance, timeout time.Duration) (recipes.Outcome, error) {
	if err := i.Check(); err != nil {
		return recipes.NoEffect, err
	}
	i.Lease = n.lease
	return n.group.Update(i.Encode(), timeout)
}

// Withdraw takes the instance out.
func (n *Name) Withdraw(timeout time.Duration) (recipes.Outcome, error) {
	return n.group.Leave(timeout)
}

// Refresh waits for a change of who is there for at most timeout, and in any case asks who is. What an instance says of
// itself (Update) is read then too, but not waited for.
func (n *Name) Refresh(timeout time.Duration) error {
	err := n.group.Refresh(timeout)
	if view, ok := n.group.Cached(); ok && err == nil {
		n.view, n.instances = view, instancesOf(view)
	}
	return err
}

// Instances are those behind the name that are well, by ID, as of the last Refresh; asOf is an instant at or behind
// which this was so. Registrations of other programs, or of other versions of this one, are left out, and left alone.
func (n *Name) Instances() (list []Instance, asOf time.Duration) {
	return slices.Clone(n.instances), n.view.AsOf
}

// instancesOf are the instances in a view that are well; of one ID, the one that registered last.
func instancesOf(v recipes.View) (list []Instance) {
	newest := make(map[string]int)
	for _, m := range v.Members {
		i, err := Decode(m.Data)
		if err != nil {
			continue
		}
		if at, twice := newest[i.ID]; twice {
			list[at] = i
			continue
		}
		newest[i.ID] = len(list)
		list = append(list, i)
	}
	list = slices.DeleteFunc(list, func(i Instance) bool { return i.Down || i.Weight == 0 })
	slices.SortFunc(list, func(a, b Instance) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// ErrNone says that no instance is there that is well.
var ErrNone = errors.New("naming: no instance is there that is well")
