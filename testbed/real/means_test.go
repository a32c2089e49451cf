package real

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/testbed/real/loop"
)

var (
	routerMeans = Means{network: formRouter, noClock: "there is no clock", asks: ofMembership}
	etcdMeans   = Means{network: formRouter, noClock: "there is no clock", asks: ofEtcd}
)

func TestWhatRealProcessesCanBeDone(t *testing.T) {
	for step, want := range map[string]string{
		"at 2s for 3s kill leader":                                "",
		"at 2s for 3s crash minority":                             "",
		"at 2s for 3s partition isolate leader":                   "",
		"at 2s for 3s delay 50ms jitter 10ms all":                 "",
		"at 2s for 3s clog client":                                "",
		"at 2s for 500ms pause n1,n3":                             "",
		"at 2s for 500ms pause client":                            "clients of a real cluster are no processes of their own",
		"at 2s for 500ms pause c2":                                "clients of a real cluster are no processes of their own",
		"at 2s for 3s kill leader-appended":                       "is a role that real servers don't tell",
		"at 2s for 3s slow-disk follower 50ms":                    "",
		"at 2s for 3s crash-in-sync leader":                       "",
		"at 2s promote observer":                                  "",
		"at 2s jump n3 -2s":                                       "", // it is skipped
		"at 2s add":                                               "",
		"at 2s transfer follower":                                 "neither ZooKeeper's protocol nor ours has a request",
		"at 0s for 3s lose-message 120":                           "lose-message can't be done",
		"at 2s for 3s crash {leads_A}A":                           "nothing can wait for it",
		"at 2s for 3s stop leader":                                "",
		"at 2s for 3s swizzle all":                                "",
		"at 2s for 3s snapshot all every 100ms":                   "snapshot can't be done",
		"at 2s for 3s corrupt 5% all":                             "",
		"at 2s for 3s partition one-way-out majority-with-leader": "",
	} {
		plan, err := nemesis.ParsePlan("plan", []byte(step))
		if err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		if got := routerMeans.unfit(plan[0].Fault); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", step, got, want)
		}
	}
}

// TestWhatEtcdCanBeAskedFor is another thing.
func TestWhatEtcdCanBeAskedFor(t *testing.T) {
	for step, want := range map[string]string{
		"at 2s transfer follower": "", "at 2s replace leader": "", "at 2s promote observer": "",
		"at 2s demote follower": "etcd makes no learner of a member that votes",
	} {
		plan, err := nemesis.ParsePlan("plan", []byte(step))
		if err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		if got := etcdMeans.unfit(plan[0].Fault); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", step, got, want)
		}
	}
}

func TestPlansAreOfWhatCanBeDone(t *testing.T) {
	kinds := map[nemesis.Kind]bool{}
	for seed := range uint64(300) {
		plan, err := routerMeans.Plan([]string{"swarm"}, seed, 3, 30*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range plan {
			if why := routerMeans.unfit(s.Fault); why != "" {
				t.Errorf("seed %d: %s: %s", seed, s, why)
			}
			kinds[s.Fault.Kind] = true
		}
	}
	for _, k := range routerMeans.kinds() {
		if !kinds[k] && !k.Merciless() {
			t.Errorf("no plan has %s, which can be done", k)
		}
	}
	if plan, err := routerMeans.Plan([]string{"clock"}, 1, 3, 30*time.Second); err == nil {
		t.Errorf("a plan of what can't be done: %v", plan)
	}
	if plan, err := routerMeans.Plan([]string{"none"}, 1, 3, 30*time.Second); err != nil || plan != nil {
		t.Errorf("no faults: %v, %v", plan, err)
	}
}

// TestWhatIsMissingIsSaid names what a machine lacks that a fault needs.
func TestWhatIsMissingIsSaid(t *testing.T) {
	ours, err := Named("ours")
	if err != nil {
		t.Fatal(err)
	}
	poor := Means{network: formProxy, noDisk: "there is no FUSE"}
	poor.asks, poor.noReconf = requests(formProxy, ours)
	for step, want := range map[string]string{
		"at 2s for 3s loss 5% all":             "carries connections: it needs --network router",
		"at 2s for 3s slow-disk follower 50ms": "slow-disk needs disks that lose what was not synced: there is no FUSE",
		"at 2s replace leader":                 "no replace: on the network proxy no two servers reach a third",
		"at 2s for 3s crash leader":            "",
		"at 2s for 3s partition halves":        "",
	} {
		plan, err := nemesis.ParsePlan("plan", []byte(step))
		if err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		if got := poor.unfit(plan[0].Fault); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", step, got, want)
		}
	}
}

func TestDescriptions(t *testing.T) {
	const good = "name: x\ncommand: [server, '{{.Dir}}']\nport: 1\n"
	if p, err := parse([]byte(good)); err != nil || p.Ready != readyDefault {
		t.Errorf("%+v, %v", p, err)
	}
	for text, want := range map[string]string{
		"":                                 "EOF",
		"name: x\nport: 1\n":               "command is missing",
		"command: [x]\nport: 1\n":          "name is missing",
		"name: x\ncommand: [x]\n":          "port is 0",
		good + "leader: whoever\n":         "leader is",
		good + "clock: sundial\n":          "clock is",
		good + "logs: theirs\n":            "logs is",
		good + "like: theirs\n":            "like is",
		good + "find: [flies]\n":           "find has",
		good + "color: red\n":              "color",
		good + "ready: -1s\n":              "longer than nothing",
		good + "version: ['{{.Colour}}']":  "Colour",
		good + "files: {a: '{{range}}'}\n": "range",
		"name: x\ncommand: y\nport: 1\n":   "line 2",
	} {
		if _, err := parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	for name := range builtIn {
		if p, err := Named(name); err != nil || p.Name != name {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
	like, err := parse([]byte("name: other\nlike: zookeeper\nfind: [ZOOKEEPER-4466]\nstop: 3s\n"))
	if err != nil || like.Name != "other" || like.Stop != 3*time.Second || like.Port != 2181 || len(like.Find) != 1 {
		t.Errorf("%+v, %v", like, err)
	}
	if _, err := Named("consul"); err == nil || !strings.Contains(err.Error(), "neither ours nor zookeeper nor etcd") {
		t.Errorf("a cluster that nothing describes: %v", err)
	}
}

func TestTheLoopKeepsOrder(t *testing.T) {
	begun := time.Now()
	l := loop.New(func() time.Duration { return time.Since(begun) })
	var got []int
	done := make(chan struct{})
	l.Do(func() {
		at := l.Now() + 20*time.Millisecond
		l.At(at+time.Millisecond, func() { got = append(got, 3); close(done) })
		l.At(at, func() { got = append(got, 1) })
		l.At(at, func() { got = append(got, 2) })
		l.At(at+time.Hour, func() { got = append(got, 4) })
	})
	<-done
	if l.End(); !slices.Equal(got, []int{1, 2, 3}) || l.Do(func() {}) {
		t.Errorf("%v", got)
	}
}

func TestWhoLeads(t *testing.T) {
	now := time.Duration(0)
	l := &leaders{cluster: &cluster{product: &Product{}}, now: func() time.Duration { now++; return now }}
	if _, led := l.leader(); led {
		t.Error("one leads before any was asked")
	}
	l.note(addrs("n1"))
	l.note(addrs("n1", "n2")) // the old one has not noticed yet
	if leader, _ := l.leader(); leader != "n2" {
		t.Errorf("%s leads, and n2 has said so last", leader)
	}
	l.note(nil)
	if leader, led := l.leader(); led || len(l.spans) != 2 || l.spans[0].To < 0 || l.spans[1].To < 0 {
		t.Errorf("%s leads, %+v", leader, l.spans)
	}
}

func addrs(names ...host.Addr) []host.Addr { return names }
