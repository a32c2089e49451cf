package formats

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"ordeal/history"
)

// jepsenHistory is some megabytes of what Jepsen's tests of registers write.
func jepsenHistory(events int) []byte {
	var b bytes.Buffer
	rng := rand.New(rand.NewPCG(1, 2))
	for i := 0; i < events; i += 2 {
		process, now := rng.IntN(20), 1_000_000*i
		switch rng.IntN(3) {
		case 0:
			fmt.Fprintf(&b, "{:type :invoke, :f :read, :value nil, :process %d, :time %d, :index %d}\n", process, now, i)
			fmt.Fprintf(&b, "{:type :ok, :f :read, :value %d, :process %d, :time %d, :index %d}\n",
				rng.IntN(100000), process, now+9999, i+1)
		case 1:
			v := fmt.Sprintf("[%d %d]", rng.IntN(5), rng.IntN(5))
			fmt.Fprintf(&b, "{:type :invoke, :f :cas, :value %s, :process %d, :time %d, :index %d}\n", v, process, now, i)
			fmt.Fprintf(&b, "{:type :fail, :f :cas, :value %s, :process %d, :time %d, :index %d}\n", v, process, now+999, i+1)
		default:
			v := fmt.Sprintf("[[:append %d %d] [:r %d [1 2 3 %d]]]", rng.IntN(50), i, rng.IntN(50), i)
			fmt.Fprintf(&b, "{:type :invoke, :f :txn, :value %s, :process %d, :time %d, :index %d}\n", v, process, now, i)
			fmt.Fprintf(&b, "{:type :ok, :f :txn, :value %s, :process %d, :time %d, :index %d}\n", v, process, now+99, i+1)
		}
	}
	return b.Bytes()
}

// BenchmarkEDN reads EDN as a stream, in one goroutine.
func BenchmarkEDN(b *testing.B) {
	data := jepsenHistory(200_000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	before := cpu(b)
	for b.Loop() {
		f, err := Open("h", bytes.NewReader(data), "")
		if err != nil {
			b.Fatal(err)
		}
		var op history.Op
		for err == nil {
			err = f.Next(&op)
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(data))/1e6/(cpu(b)-before).Seconds(), "MB/CPU-s")
}

// cpu is the CPU time that the process has used.
func cpu(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
