package nemesis

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ordeal/host"
)

// castOf is n servers in the order of their names, led by n1, and some clients.
func castOf(n, clients int) *cast {
	return &cast{
		world:       newFake(nil, n, clients),
		servers:     addrs("n", n),
		clients:     addrs("c", clients),
		clientOrder: addrs("c", clients),
		leader:      "n1",
		order:       addrs("n", n),
	}
}

// sees draws who hears whom as one row a machine: "n1 hears n2 n3".
func sees(c *cast, ways []Way) string {
	var rows []string
	for _, to := range append(slices.Clone(c.servers), c.clients...) {
		var from []host.Addr
		for _, a := range c.servers {
			if a != to && !slices.Contains(ways, Way{a, to}) {
				from = append(from, a)
			}
		}
		rows = append(rows, strings.TrimSpace(fmt.Sprintf("%s: %s", to, list(from))))
	}
	return strings.Join(rows, ", ")
}

func TestShapesCutExactly(t *testing.T) {
	for _, test := range []struct {
		partition string
		servers   int
		picture   string
		hears     string
	}{
		{"halves", 5, "n1 n2 | n3 n4 n5", "n1: n2, n2: n1, n3: n4 n5, n4: n3 n5, n5: n3 n4"},
		{"halves", 2, "n1 | n2", "n1:, n2:"},
		{"bridge", 5, "n1 n2 (n3) n4 n5", "n1: n2 n3, n2: n1 n3, n3: n1 n2 n4 n5, n4: n3 n5, n5: n3 n4"},
		{"bridge", 3, "n1 (n2) n3", "n1: n2, n2: n1 n3, n3: n2"},
		{"ring", 5, "ring of n1 n2 n3 n4 n5", "n1: n2 n5, n2: n1 n3, n3: n2 n4, n4: n3 n5, n5: n1 n4"},
		{"ring", 4, "ring of n1 n2 n3 n4", "n1: n2 n4, n2: n1 n3, n3: n2 n4, n4: n1 n3"},
		{"ring", 6, "ring of n1 n2 n3 n4 n5 n6",
			"n1: n2 n4 n6, n2: n1 n3 n5, n3: n2 n4 n6, n4: n1 n3 n5, n5: n2 n4 n6, n6: n1 n3 n5"},
		{"shatter", 3, "n1 | n2 | n3", "n1:, n2:, n3:"},
		{"isolate leader", 3, "n1 | n2 n3", "n1:, n2: n3, n3: n2"},
		{"isolate minority", 5, "n1 n2 | n3 n4 n5", "n1: n2, n2: n1, n3: n4 n5, n4: n3 n5, n5: n3 n4"},
		{"isolate minority-without-leader", 5, "n2 n3 | n1 n4 n5", "n1: n4 n5, n2: n3, n3: n2, n4: n1 n5, n5: n1 n4"},
		{"isolate n3,follower", 4, "n2 n3 | n1 n4", "n1: n4, n2: n3, n3: n2, n4: n1"},
		{"one-way-in n2", 3, "lost: n1 n3 > n2", "n1: n2 n3, n2:, n3: n1 n2"},
		{"one-way-out n2", 3, "lost: n2 > n1 n3", "n1: n3, n2: n1 n3, n3: n1"},
	} {
		f := mustParse(t, "at 0s for 1s partition "+test.partition)[0].Fault
		c := castOf(test.servers, 0)
		ways, picture, reason := c.cuts(f, nil)
		if got := sees(c, ways); got != test.hears || picture != test.picture || reason != "" {
			t.Errorf("%s of %d: %q, %q, %q", test.partition, test.servers, picture, got, reason)
		}
		if !slices.IsSortedFunc(ways, compareWay) {
			t.Errorf("%s: %v are not sorted", test.partition, ways)
		}
	}
}

func TestRingGivesEverybodyAMajorityOfItsOwn(t *testing.T) {
	for n := 4; n <= 12; n++ {
		c := castOf(n, 0)
		ways, _, reason := c.cuts(Fault{Kind: Partition, Shape: Ring}, nil)
		if reason != "" || len(ways) == 0 {
			t.Fatalf("of %d: %v, %q", n, ways, reason)
		}
		var views []string
		for i := range n {
			var view []host.Addr
			for j := range n {
				a, b := c.order[i], c.order[j]
				cut := slices.Contains(ways, Way{a, b})
				if cut != slices.Contains(ways, Way{b, a}) {
					t.Errorf("of %d: only one direction between %s and %s", n, a, b)
				}
				if !cut {
					view = append(view, b)
				}
			}
			if 2*len(view) <= n {
				t.Errorf("of %d: %s sees only %v", n, c.order[i], view)
			}
			views = append(views, list(view))
		}
		slices.Sort(views)
		if len(slices.Compact(views)) != n {
			t.Errorf("of %d: two machines see the same", n)
		}
	}
}

func TestClientsAndPartitions(t *testing.T) {
	homes := []int{0, 2} // c1 with n1, c2 with n3
	for _, test := range []struct{ partition, hears string }{
		{"isolate leader", "n1:, n2: n3, n3: n2, c1: n1 n2 n3, c2: n1 n2 n3"},
		{"isolate leader with-clients", "n1:, n2: n3, n3: n2, c1: n1, c2: n2 n3"},
		{"isolate clients", "n1: n2 n3, n2: n1 n3, n3: n1 n2, c1:, c2:"},
		{"isolate c2", "n1: n2 n3, n2: n1 n3, n3: n1 n2, c1: n1 n2 n3, c2:"},
		{"isolate leader,c2", "n1:, n2: n3, n3: n2, c1: n1 n2 n3, c2: n1"},
		{"bridge with-clients", "n1: n2, n2: n1 n3, n3: n2, c1: n1 n2, c2: n2 n3"},
		{"one-way-in leader with-clients", "n1:, n2: n1 n3, n3: n1 n2, c1: n1, c2: n1 n2 n3"},
		{"one-way-in clients", "n1: n2 n3, n2: n1 n3, n3: n1 n2, c1:, c2:"},
	} {
		f := mustParse(t, "at 0s for 1s partition "+test.partition)[0].Fault
		c := castOf(3, 2)
		ways, _, reason := c.cuts(f, homes)
		if got := sees(c, ways); got != test.hears || reason != "" {
			t.Errorf("%s: %q, %q", test.partition, got, reason)
		}
	}
}

func TestLinksOfPacketFaults(t *testing.T) {
	for _, test := range []struct{ fault, ways string }{
		{"clog n1", "[n1>n2 n1>n3 n2>n1 n3>n1]"},
		{"loss 20% all", "[n1>n2 n1>n3 n2>n1 n2>n3 n3>n1 n3>n2]"},
		{"clog clients", "[c1>n1 c1>n2 c1>n3 n1>c1 n2>c1 n3>c1]"},
		{"clog n1 with-clients", "[c1>n1 n1>c1 n1>n2 n1>n3 n2>n1 n3>n1]"},
	} {
		f := mustParse(t, "at 0s for 1s "+test.fault)[0].Fault
		ways, _, reason := castOf(3, 1).links(f)
		if got := fmt.Sprint(ways); got != test.ways || reason != "" {
			t.Errorf("%s: %s, %q", test.fault, got, reason)
		}
	}
}

func TestTargetsResolve(t *testing.T) {
	for _, test := range []struct {
		target  Target
		servers int
		want    string
	}{
		{"leader", 5, "n1"}, {"follower", 5, "n2"}, {"followers", 3, "n2 n3"}, {"one", 5, "n1"}, {"all", 3, "n1 n2 n3"},
		{"minority", 5, "n1 n2"}, {"minority", 4, "n1"}, {"minority", 2, "would need 3 machines, has 2"},
		{"majority", 5, "n1 n2 n3"}, {"majority", 4, "n1 n2 n3"}, {"majority", 1, "n1"},
		{"minority-with-leader", 7, "n1 n2 n3"}, {"majority-with-leader", 3, "n1 n2"},
		{"minority-without-leader", 5, "n2 n3"}, {"follower", 1, "would need 2 machines, has 1"},
		{"n10,n2", 11, "n2 n10"}, {"leader,n1", 3, "n1"}, {"n9", 3, "there is no machine n9"},
		{"clients", 3, "there are no clients"},
	} {
		machines, reason := castOf(test.servers, 0).resolve(test.target)
		if got := list(machines) + reason; got != test.want {
			t.Errorf("%s of %d: %q", test.target, test.servers, got)
		}
	}
	leaderless := castOf(3, 0)
	leaderless.leader = ""
	for target, want := range map[Target]string{"leader": "no leader known", "followers": "no leader known",
		"minority-with-leader": "no leader known", "follower": "n1"} {
		machines, reason := leaderless.resolve(target)
		if got := list(machines) + reason; got != want {
			t.Errorf("%s without a leader: %q", target, got)
		}
	}
}
