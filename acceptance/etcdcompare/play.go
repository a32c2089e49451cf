package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"

	"ordeal/cluster/etcdwire"
)

// options are the flags.
type options struct {
	ordeal, etcd    string
	seed            uint64
	requests, shown int
	auth            bool
	record          string
}

func (o options) run(out io.Writer) error {
	etcd, err := dial("etcd", o.etcd)
	if err != nil {
		return err
	}
	if o.record != "" {
		return o.write(etcd)
	}
	ordeal, err := dial("ordeal", o.ordeal)
	if err != nil {
		return err
	}
	version, err := etcd.version()
	if err != nil {
		return err
	}
	release := knownOf(version)
	d := newDrawer(o.seed)
	d.auth = o.auth
	differences := 0
	for i := range o.requests {
		r := d.next()
		want, err := etcd.ask(r, d.revision)
		if err != nil {
			return fmt.Errorf("request %d, %s: etcd: %w", i, r.method, err)
		}
		got, err := ordeal.ask(r, d.revision)
		if err != nil {
			return fmt.Errorf("request %d, %s %s: ordeal: %w", i, r.method, show(r.message), err)
		}
		if g, w := got.text(), want.text(); g != w && !note(release, r, got, want) {
			if differences++; differences <= o.shown {
				fmt.Fprintf(out, "request %d: %s %s\n  ordeal %s\n  etcd   %s\n", i, r.method, show(r.message), g, w)
			}
		}
		d.learn(r, want)
	}
	report(out, version, release)
	fmt.Fprintf(out, "%d requests, %d differences\n", o.requests, differences)
	if differences > 0 {
		return fmt.Errorf("%d of %d answers differ", differences, o.requests)
	}
	return nil
}

// learn notes how far the store is.
func (d *drawer) learn(r request, a answer) {
	if a.status.Code != etcdwire.OK {
		return
	}
	if c, ok := r.message.(*etcdwire.CompactionRequest); ok {
		d.compacted = c.Revision
	}
	for _, m := range a.messages {
		if h := headerOf(m); h != nil {
			d.revision = max(d.revision, h.Revision)
		}
	}
	d.follow(r, a)
}

// write records what etcd answers: a line each for the method, the request's bytes in hex, and the answer.
func (o options) write(etcd *server) error {
	d := newDrawer(o.seed)
	d.auth = o.auth
	var b strings.Builder
	for i := range o.requests {
		r := d.next()
		request := hex.EncodeToString(etcdwire.Append(nil, r.message))
		a, err := etcd.ask(r, d.revision)
		if err != nil {
			return fmt.Errorf("request %d, %s: %w", i, r.method, err)
		}
		d.learn(r, a)
		fmt.Fprintf(&b, "%s\n%s\n%s\n", r.method, request, a.text())
	}
	return os.WriteFile(o.record, []byte(b.String()), 0o600)
}
