// Command etcdcompare sends the same requests, drawn from a seed, to two servers that speak etcd's API, and says where
// an answer differs: a code or its text, a field of a message, the events of a watch. Both servers stand alone and have
// just been started. What is each server's own (ids, terms, sizes, the time that a lease has left) is not compared. If
// etcd is of 3.7, the differences to 3.6 that it is known to have (known.go) are counted apart.
//
//	etcdcompare --ordeal 127.0.0.1:2379 --etcd 127.0.0.1:3379 --requests 200000
//	etcdcompare --etcd 127.0.0.1:3379 --record acceptance/etcdcompare/testdata/etcd.txt   # for the tests
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func main() {
	var o options
	c := &cobra.Command{
		Use: "etcdcompare", Short: "compares every answer of two servers", Args: cobra.NoArgs,
		SilenceUsage: true, SilenceErrors: true,
		RunE: func(*cobra.Command, []string) error { return o.run(os.Stdout) },
	}
	f := c.Flags()
	f.StringVar(&o.ordeal, "ordeal", "127.0.0.1:2379", "where ordeal's server listens, as host:port")
	f.StringVar(&o.etcd, "etcd", "127.0.0.1:3379", "where etcd's does")
	f.Uint64Var(&o.seed, "seed", 1, "what the requests are drawn from")
	f.IntVar(&o.requests, "requests", 20000, "how many")
	f.IntVar(&o.shown, "show", 10, "how many differences are shown in full")
	f.BoolVar(&o.auth, "auth", false, "whether users and roles are among what is drawn")
	f.StringVar(&o.record, "record", "", "a file to write etcd's answers into; nothing is compared")
	if err := c.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "etcdcompare:", err)
		os.Exit(1)
	}
}
