package zone_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/naming"
	"ordeal/cluster/recipes/zone"
	"ordeal/host"
	"ordeal/host/oshost"
	"ordeal/server/servertest"
)

// example is what servertest needs of a test, in an example.
type example struct {
	folder  string
	cleanup []func()
}

func (*example) Helper()            {}
func (e *example) Cleanup(f func()) { e.cleanup = append(e.cleanup, f) }
func (e *example) TempDir() string {
	e.folder, _ = os.MkdirTemp("", "example")
	return filepath.Join(e.folder, "data")
}

func (*example) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

func (e *example) end() {
	for _, f := range e.cleanup {
		f()
	}
	os.RemoveAll(e.folder)
}

func ExampleView_Answer() {
	e := new(example)
	defer e.end()
	addr := host.Addr(servertest.Start(e).Addrs()[0])
	p := oshost.StartProcess(oshost.ProcessConfig{Self: "example", Logger: slog.New(slog.DiscardHandler)},
		func(p host.Process) {
			c := client.New(p, client.Config{Servers: []host.Addr{addr}, SessionTimeout: 4 * time.Second})
			defer c.Close()
			orders := naming.Instance{ID: "web-1", Address: "10.0.0.1:8080", Weight: 5}
			naming.NewName(p, c, "/services/orders").Register(orders, 10*time.Second)

			svc := zone.Zone{Origin: "svc.example.", Path: "/services", TTL: time.Minute, Negative: time.Second}
			source := zone.NewSource(p, c, 3*time.Second, svc)
			source.Follow(0)
			a := source.View().Answer(zone.Question{Name: "orders.svc.example.", Type: zone.SRV}, p.Now(), 0)
			for _, r := range a.Records {
				fmt.Println(r.Target, r.Port, r.Weight, "TTL at most a session's length:", r.TTL <= 4*time.Second)
			}
			a = source.View().Answer(zone.Question{Name: "order.svc.example.", Type: zone.A}, p.Now(), 0)
			fmt.Println(a.Code == zone.NXDomain)
		})
	<-p.Done()
	// Output:
	// web-1.orders.svc.example. 8080 5 TTL at most a session's length: true
	// true
}
