package server

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/zoocfg"
	"ordeal/host"
	"ordeal/host/oshost"
)

// TestOldDataIsOpened starts a server on what servers of earlier builds have written.
func TestOldDataIsOpened(t *testing.T) {
	builds, err := filepath.Glob("testdata/old/*/*.log")
	if err != nil || len(builds) == 0 {
		t.Fatalf("there is no old data: %v", err)
	}
	for _, build := range builds {
		build = filepath.Dir(build)
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(build)); err != nil {
			t.Fatal(err)
		}
		address, err := oshost.FreeAddr()
		if err != nil {
			t.Fatal(err)
		}
		s, err := Start(zoocfg.Config{DataDir: dir, ClientAddr: address, TickTime: ensembleTick, Standalone: true}, 1, nil)
		if err != nil {
			t.Fatalf("%s: %v", build, err)
		}
		var errs []error
		p := oshost.StartProcess(oshost.ProcessConfig{Self: "reader", Servers: map[host.Addr]string{"n1": address}},
			func(p host.Process) {
				c := client.New(p, client.Config{Servers: []host.Addr{"n1"}, SessionTimeout: 10 * time.Second})
				for i := 1; i <= 3; i++ {
					data, _, err := c.Get(fmt.Sprintf("/old%d", i), nil)
					if err == nil && string(data) != fmt.Sprintf("v%d", i) {
						err = fmt.Errorf("/old%d has %q", i, data)
					}
					errs = append(errs, err)
				}
				_ = c.Close()
			})
		<-p.Done()
		s.Close()
		for _, err := range errs {
			if err != nil {
				t.Errorf("%s: %v", build, err)
			}
		}
	}
}
