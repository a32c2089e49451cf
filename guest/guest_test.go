package guest_test

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/guest"
	"ordeal/guest/build"
	"ordeal/host"
	"ordeal/sim"
)

// probe is the program of testdata.
func probe(t *testing.T) *guest.Program {
	t.Helper()
	file, err := build.Compile("./testdata/probe", build.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := guest.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// world is one in which machines run the probe.
type world struct {
	*sim.World
	lines map[host.Addr][]string
	text  strings.Builder // all lines, each with its time and machine
}

// boot makes a world of machines that run the probe.
func boot(
	t *testing.T, p *guest.Program, seed uint64, how guest.Schedule, machines []host.Addr, args ...string,
) *world {
	t.Helper()
	w := &world{World: sim.New(seed, sim.Config{}), lines: map[host.Addr][]string{}}
	t.Cleanup(w.Close)
	for _, m := range machines {
		w.AddMachine(m, p.Boot(guest.Setup{Hosts: machines, Args: args, Schedule: how, Output: func(line string) {
			w.lines[m] = append(w.lines[m], line)
			fmt.Fprintln(&w.text, w.Now(), m, line)
		}}))
	}
	return w
}

// well fails the test if a machine has failed or stopped.
func (w *world) well(t *testing.T) {
	t.Helper()
	for _, f := range w.Failures() {
		t.Errorf("%v\n%s", f, f.Stack)
	}
	for _, s := range w.Stops() {
		t.Errorf("%s stopped: %v", s.Machine, s.Reason)
	}
}

var (
	one   = []host.Addr{"n1"}
	three = []host.Addr{"n1", "n2", "n3"}
)

// TestProbe is all that there is to try of guests, in parts: the program is loaded once.
func TestProbe(t *testing.T) {
	p := probe(t)
	for name, test := range map[string]func(t *testing.T, p *guest.Program){
		"machines that talk": testTalk, "as on a real machine": testReal, "the same twice": testSame,
		"orders of goroutines": testOrders, "ends": testEnds, "spinning takes time": testSpin,
		"computing is seen": testCompute, "disks that lie": testLies, "what is not there": testRefused,
	} {
		t.Run(name, func(t *testing.T) { test(t, p) })
	}
}

// testTalk crashes one of three machines, isolates another and slows its clock.
func testTalk(t *testing.T, p *guest.Program) {
	play := func() *world {
		w := boot(t, p, 1, guest.ByChance, three, "talk", "n1,n2,n3")
		w.RunUntil(3 * time.Second)
		if err := errors.Join(w.Crash("n2"), w.SetDrift("n3", -500_000)); err != nil {
			t.Fatal(err)
		}
		w.RunUntil(4 * time.Second)
		if err := errors.Join(w.Restart("n2"), w.Cut("n1", "n3"), w.Cut("n3", "n1")); err != nil {
			t.Fatal(err)
		}
		w.RunUntil(24 * time.Second)
		return w
	}
	w := play()
	w.well(t)
	for _, want := range []string{
		"n2 start 0", "n2 start 1", "n1 hello n1 from 10.0.0.2:8000", "n3 datagram n1 10.0.0.1:9000",
		"connection reset", "n1 dial dial tcp 10.0.0.3:8000: ",
	} {
		if !strings.Contains(strings.ToLower(w.text.String()), want) {
			t.Errorf("no line has %q:\n%s", want, w.text.String())
		}
	}
	count := func(m host.Addr, text string) (n int) {
		for _, line := range w.lines[m] {
			if strings.Contains(line, text) {
				n++
			}
		}
		return n
	}
	if fast, slow := count("n2", "datagram n2"), count("n2", "datagram n3"); fast < 20 || slow < 8 || slow > 15 {
		t.Errorf("of a machine with a slow clock %d datagrams came, and of one with a right clock %d", slow, fast)
	}
	again := play()
	if w.text.String() != again.text.String() || w.TraceHash() != again.TraceHash() {
		t.Error("the same seed has another run")
	}
}

// testReal runs the same program on this machine.
func testReal(t *testing.T, p *guest.Program) {
	w := boot(t, p, 3, guest.ByChance, one, "sockets")
	w.RunUntil(time.Minute)
	var stderr bytes.Buffer
	cmd := exec.Command("go", "run", "./testdata/probe", "sockets")
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	real, simulated := strings.Split(strings.TrimSpace(string(out)), "\n"), w.lines["n1"]
	for i := range max(len(real), len(simulated)) {
		switch {
		case i >= len(real):
			t.Errorf("only as a guest: %s", simulated[i])
		case i >= len(simulated):
			t.Errorf("missing as a guest: %s", real[i])
		case real[i] != simulated[i]:
			t.Errorf("%q is %q as a guest", real[i], simulated[i])
		}
	}
	for _, f := range w.Failures() {
		t.Errorf("%v\n%s", f, f.Stack)
	}
}

func testSame(t *testing.T, p *guest.Program) {
	seen := map[string]bool{}
	for _, how := range []guest.Schedule{guest.ByChance, guest.InTurn, guest.ByPriority(3)} {
		for seed := range uint64(4) {
			texts := map[string]bool{}
			for range 2 {
				w := boot(t, p, seed, how, one, "same")
				w.RunUntil(time.Minute)
				texts[fmt.Sprintf("%x %s", w.TraceHash(), w.lines["n1"])] = true
				seen[strings.Join(w.lines["n1"], "\n")] = true
			}
			if len(texts) != 1 {
				t.Errorf("seed %d, schedule %q: two runs are %v", seed, how, texts)
			}
		}
	}
	if len(seen) != 12 {
		t.Errorf("4 seeds with 3 schedules have %d different runs", len(seen))
	}
}

func testOrders(t *testing.T, p *guest.Program) {
	orders := map[guest.Schedule]map[string]bool{}
	for _, how := range []guest.Schedule{guest.ByChance, guest.InTurn, guest.ByPriority(0), guest.ByPriority(5)} {
		orders[how] = map[string]bool{}
		for seed := range uint64(3) {
			w := boot(t, p, seed, how, one, "order")
			w.RunUntil(time.Second)
			for _, line := range w.lines["n1"] {
				orders[how][line] = true
			}
		}
	}
	if n := len(orders[guest.InTurn]); n > 3 {
		t.Errorf("goroutines that run in turn have %d orders", n)
	}
	for _, how := range []guest.Schedule{guest.ByChance, guest.ByPriority(0), guest.ByPriority(5)} {
		if n := len(orders[how]); n < 20 {
			t.Errorf("schedule %q has only %d orders", how, n)
		}
	}
}

// testEnds has the program end in every way that there is, each of which shows as itself.
func testEnds(t *testing.T, p *guest.Program) {
	for arg, want := range map[string]string{
		"panic": "panic: assignment to entry in nil map", "deadlock": "fatal error: all goroutines are asleep",
		"memory": "fatal error: ", "output": "has written more than 16 MiB",
		"exit":   "ended with code 3: no configuration",
		"return": "ended with code 0",
		"many":   "after 16380 sockets: listen udp :0: bind: Too many open files",
	} {
		w := boot(t, p, 1, guest.ByChance, one, arg)
		w.RunUntil(10 * time.Second)
		got := ""
		for _, f := range w.Failures() {
			got = f.Message
			if places := f.Places(); arg == "panic" && (len(places) < 4 || !strings.HasPrefix(places[0], "main.deep")) {
				t.Errorf("the panic was at %q, of\n%s", places, f.Stack)
			}
		}
		for _, s := range w.Stops() {
			got = s.Reason.Error()
		}
		if !strings.Contains(got, want) || w.Up("n1") {
			t.Errorf("%s: %q, and not %q; up: %v", arg, got, want, w.Up("n1"))
		}
	}
}

// testSpin has a program that looks at the clock again and again until it shows enough.
func testSpin(t *testing.T, p *guest.Program) {
	w := boot(t, p, 1, guest.ByChance, one, "spin")
	w.RunUntil(time.Second)
	if len(w.lines["n1"]) != 1 {
		t.Errorf("the program is not done: %v", w.Stops())
	}
}

// testRefused has a program ask for what there is not: it is told so where it asks.
func testRefused(t *testing.T, p *guest.Program) {
	w := boot(t, p, 1, guest.ByChance, one, "refused")
	w.RunUntil(time.Second)
	want := []string{
		"exec: fork/exec /bin/true: Not implemented on wasip1", "lock: Not supported", "map: Not supported",
		"link: link file other: Not supported", "symlink: symlink file other: Not supported",
	}
	if got := w.lines["n1"]; !slices.Equal(got, want) {
		t.Errorf("it is told %q, and not %q: %v", got, want, w.Failures())
	}
}

// testCompute has a program compute for a while, and nothing else: from outside it is seen which one does.
func testCompute(t *testing.T, p *guest.Program) {
	w := boot(t, p, 1, guest.ByChance, one, "compute")
	over := make(chan bool)
	go func() {
		w.RunUntil(time.Second)
		close(over)
	}()
	said := ""
	for said == "" {
		select {
		case <-over:
			t.Fatalf("the program was not seen to compute: %v", w.lines["n1"])
		default:
			said = guest.Busy()
		}
	}
	if <-over; said != "the program of n1 runs, and has asked its machine for nothing" || guest.Busy() != "" {
		t.Errorf("it was said that %q; now it is %q", said, guest.Busy())
	}
	if len(w.lines["n1"]) != 1 {
		t.Errorf("the program is not done: %v, %v", w.Stops(), w.Failures())
	}
}

// testLies crashes machines whose disks do not do what they promise: what was durable is there, but for the lie.
func testLies(t *testing.T, p *guest.Program) {
	for _, lie := range append(guest.Lies(), "") {
		lost := 0
		for seed := range uint64(12) {
			var lines []string
			w := sim.New(seed, sim.Config{})
			w.AddMachine("n1", p.Boot(guest.Setup{Args: []string{"durable"}, Lie: lie, Output: func(line string) {
				lines = append(lines, line)
			}}))
			w.RunUntil(10 * time.Second)
			if err := errors.Join(w.Crash("n1"), w.Restart("n1")); err != nil {
				t.Fatal(err)
			}
			w.RunUntil(20 * time.Second)
			w.Close()
			if len(lines) != 4 || lines[1] != "done" {
				t.Fatalf("%q: %q", lie, lines)
			}
			if lines[2] != "found one false" && lines[2] != "found two false" {
				lost++
			}
		}
		if (lost > 0) != (lie != "") {
			t.Errorf("%q: of 12 crashes %d lost what was durable", lie, lost)
		}
	}
}
