package guest

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/tetratelabs/wazero/sys"

	"ordeal/host"
)

// What a program asks of its process: arguments, environment, clocks, chance, and its end.

func (in *instance) args() []string { return append([]string{"/program"}, in.setup.Args...) }

func (in *instance) environ() []string {
	env := slices.DeleteFunc(slices.Clone(in.setup.Env), func(e string) bool {
		return strings.HasPrefix(e, "GOMAXPROCS=")
	})
	return append(env, "HOSTNAME="+string(in.Self()), "PWD=/", "HOME=/", "TMPDIR=/tmp")
}

// putStrings puts strings into the program's memory as C has them, and the addresses of each.
func (in *instance) putStrings(list []string, addresses, at uint32) errno {
	for i, s := range list {
		b := in.bytes(at, uint32(len(s)+1))
		if b == nil {
			return eFault
		}
		copy(b, s)
		b[len(s)] = 0
		if no := in.put32(addresses+4*uint32(i), at); no != 0 {
			return no
		}
		at += uint32(len(s) + 1)
	}
	return 0
}

func (in *instance) putSizes(list []string, count, size uint32) errno {
	n := 0
	for _, s := range list {
		n += len(s) + 1
	}
	return max(in.put32(count, uint32(len(list))), in.put32(size, uint32(n)))
}

func argsGet(in *instance, a args) errno      { return in.putStrings(in.args(), a.u32(0), a.u32(1)) }
func argsSizesGet(in *instance, a args) errno { return in.putSizes(in.args(), a.u32(0), a.u32(1)) }
func environGet(in *instance, a args) errno   { return in.putStrings(in.environ(), a.u32(0), a.u32(1)) }
func environSizesGet(in *instance, a args) errno {
	return in.putSizes(in.environ(), a.u32(0), a.u32(1))
}

// monotonicBegin is added to the machine's clock: a program takes one that shows 0 for broken.
const monotonicBegin = 1_000_000_000

const clockMonotonic = 1

func clockTimeGet(in *instance, a args) errno {
	now := in.kernel.Spend(clockCost)
	if a.u32(0) == clockMonotonic {
		return in.put64(a.u32(2), uint64(now)+monotonicBegin)
	}
	return in.put64(a.u32(2), uint64(in.kernel.Wall().UnixNano()))
}

func clockResGet(in *instance, a args) errno { return in.put64(a.u32(1), 1) }

func randomGet(in *instance, a args) errno {
	b := in.bytes(a.u32(0), a.u32(1))
	for len(b) >= 8 {
		binary.LittleEndian.PutUint64(b, in.chance.Uint64())
		b = b[8:]
	}
	for i := range b {
		b[i] = byte(in.chance.Uint32())
	}
	return 0
}

func schedYield(in *instance, _ args) errno {
	in.kernel.Spend(callCost)
	return 0
}

func procExit(_ *instance, a args) errno { panic(sys.NewExitError(a.u32(0))) }

// addresses of machines: those of each letter have a network of their own.
const ownNetwork = 10 << 24

// addressOf is a machine's address of IP version 4: 10.0.0.3 is that of n3, 10.0.1.3 that of c3.
func addressOf(m host.Addr) uint32 {
	letters := strings.TrimRight(string(m), "0123456789")
	number := uint32(0)
	_, _ = fmt.Sscanf(string(m[len(letters):]), "%d", &number)
	network, known := networks[letters]
	if !known || number > 254 {
		return 0
	}
	return ownNetwork | network<<8 | number
}

// networks are those of the machines that a trial has: servers, clients, and those that look at the service in the end.
var networks = map[string]uint32{"n": 0, "c": 1, "probe": 2, "drain": 3}

// machineAt is the machine of an address; "" for none.
func (in *instance) machineAt(ip uint32) host.Addr {
	if ip>>24 == 127 || ip == addressOf(in.Self()) {
		return in.Self()
	}
	for _, letters := range []string{"n", "c", "probe", "drain"} {
		if ip>>8 == (ownNetwork|networks[letters]<<8)>>8 && ip&255 > 0 {
			return host.Addr(fmt.Sprintf("%s%d", letters, ip&255))
		}
	}
	return ""
}

func dotted(ip uint32) string {
	return fmt.Sprintf("%d.%d.%d.%d", ip>>24, ip>>16&255, ip>>8&255, ip&255)
}

// fixed is a file that a machine has besides its disk's, and that can only be read.
func (in *instance) fixed(path string) (text string, ok bool) {
	switch path {
	case "etc/hosts":
		text = "127.0.0.1 localhost\n"
		for _, m := range append(slices.Clone(in.setup.Hosts), in.Self()) {
			text += dotted(addressOf(m)) + " " + string(m) + "\n"
		}
	case "etc/resolv.conf":
		text = "options timeout:1 attempts:1\n"
	case "etc/nsswitch.conf":
		text = "hosts: files dns\n"
	case "dev/null":
	default:
		return "", false
	}
	return text, true
}
