package build

import "embed"

//go:embed go1.26
var files embed.FS

// overlays are the supported minor versions of Go, and what is laid over the standard library of each.
var overlays = map[string]overlay{"1.26": go126}

// go126 is for Go 1.26. Each patch says in which file of the standard library which text makes way for which.
var go126 = overlay{
	added: map[string]string{
		"runtime/ordeal_wasip1.go":       "go1.26/runtime.go.txt",
		"internal/poll/ordeal_wasip1.go": "go1.26/poll.go.txt",
		"net/ordeal_wasip1.go":           "go1.26/net.go.txt",
		"syscall/ordeal_wasip1.go":       "go1.26/syscall.go.txt",
	},
	patches: []patch{
		// A goroutine that waits for signals would have the scheduler turn round and round, and the network never
		// polled.
		{"runtime/lock_wasip1.go", 1, `		if sched_yield() != 0 {
			throw("sched_yield failed")
		}
		Gosched()
`, `		if ns < 0 {
			timeSleep(1 << 55)
			continue
		}
		if sched_yield() != 0 {
			throw("sched_yield failed")
		}
		Gosched()
`},
		// Who becomes able to run gets a place in the queue.
		{"runtime/proc.go", 1, `		pp.runq[t%uint32(len(pp.runq))].set(gp)
		atomic.StoreRel(&pp.runqtail, t+1) // store-release, makes the item available for consumption
		return
`, `		pp.runq[t%uint32(len(pp.runq))].set(gp)
		ordealPlace(pp, h, t)
		atomic.StoreRel(&pp.runqtail, t+1) // store-release, makes the item available for consumption
		return
`},
		// A sync blocks its goroutine alone.
		{"internal/poll/fd_fsync_posix.go", 1, " || solaris || wasip1\n", " || solaris\n"},
		// Sockets are those of the machine.
		{"net/net_fake.go", 1, `	if raddr != nil && ctrlCtxFn != nil {
		return nil, os.NewSyscallError("socket", syscall.ENOTSUP)
	}
`, `	if fd, err, ok := ordealSocket(ctx, net, family, sotype, laddr, raddr, ctrlCtxFn); ok {
		return fd, err
	}
	if raddr != nil && ctrlCtxFn != nil {
		return nil, os.NewSyscallError("socket", syscall.ENOTSUP)
	}
`},
		{"net/fd_fake.go", 1, `		netfd.Close()
		return nil, err
	}
	return netfd, nil
`, `		netfd.Close()
		return nil, err
	}
	netfd.ordealAccepted(fd)
	return netfd, nil
`},
		// What is asked of sockets and makes no difference here succeeds.
		{"net/sockopt_fake.go", 4, "syscall.ENOPROTOOPT", "nil"},
		{"net/sockopt_fake.go", 1, `import "syscall"
`, ""},
		{"net/tcpsockopt_stub.go", 4, "syscall.ENOPROTOOPT", "nil"},
		{"net/tcpsockopt_stub.go", 1, `	"syscall"
`, ""},
		{"net/interface_stub.go", 1, `func interfaceTable(ifindex int) ([]Interface, error) {
	return nil, nil
`, `func interfaceTable(ifindex int) ([]Interface, error) {
	return ordealInterface(ifindex)
`},
		{"net/interface_stub.go", 1, `func interfaceAddrTable(ifi *Interface) ([]Addr, error) {
	return nil, nil
`, `func interfaceAddrTable(ifi *Interface) ([]Addr, error) {
	return ordealInterfaceAddrs(ifi)
`},
		// A machine's name is what its environment says.
		{"syscall/syscall_wasip1.go", 1, `		return "wasip1", nil
`, `		if name, ok := Getenv("HOSTNAME"); ok {
			return name, nil
		}
		return "wasip1", nil
`},
	},
}
