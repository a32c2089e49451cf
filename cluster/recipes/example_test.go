package recipes_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
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

// onAServer starts a real server and does something as its client.
func onAServer(do func(p host.Process, c *client.Client)) {
	e := new(example)
	defer e.end()
	addr := servertest.Start(e).Addrs()[0]
	p := oshost.StartProcess(oshost.ProcessConfig{
		Self: "example", Servers: map[host.Addr]string{"server": addr}, Logger: slog.New(slog.DiscardHandler),
	}, func(p host.Process) {
		c := client.New(p, client.Config{Servers: []host.Addr{"server"}})
		do(p, c)
		c.Close()
	})
	<-p.Done()
}

// patience is how long an example waits for one operation.
const patience = 10 * time.Second

func ExampleCounter() {
	onAServer(func(p host.Process, c *client.Client) {
		orders := recipes.NewCounter(p, c, "/orders")
		orders.Add(2, patience)
		sum, outcome, err := orders.Add(3, patience)
		fmt.Println(sum, outcome, err)
	})
	// Output: 5 done <nil>
}

func ExampleValue() {
	onAServer(func(p host.Process, c *client.Client) {
		limit := recipes.NewValue(p, c, "/limit")
		version, _, _ := limit.Set([]byte("100 a second"), patience)
		_, outcome, err := limit.SetIf([]byte("200 a second"), version-1, patience)
		fmt.Println(outcome, err)
		limit.Refresh(0)
		kept, _ := limit.Cached()
		fmt.Printf("%s, version %d, less than a second old: %v\n", kept.Bytes, kept.Version,
			p.Now()-kept.AsOf < time.Second)
	})
	// Output:
	// no effect the service answered BadVersion
	// 100 a second, version 1, less than a second old: true
}
