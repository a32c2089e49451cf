package main

import (
	"fmt"
	"io"
	"strings"

	"ordeal/cluster/etcdwire"
)

// known is a way in which a release of etcd is known to answer otherwise than 3.6, which ordeal's answers are those of.
type known struct {
	what  string
	is    func(r request, ordeal, etcd answer) bool
	times int
}

// knownOf is how the release that a server has differs; docs/ETCD.md says the same in words.
func knownOf(version string) []known {
	if !strings.HasPrefix(version, "3.7.") {
		return nil
	}
	return []known{
		{what: "whoever asks is told whether users count", is: toldToAll},
		{what: "a range of keys without their values says lease 0", is: leasesForgotten},
		{what: "downgrades are one minor version below another version", is: downgrade},
		{what: "the lease of a put in a transaction is looked for before its key", is: leaseFirst},
	}
}

func toldToAll(r request, ordeal, etcd answer) bool {
	refused := ordeal.status == etcdwire.ErrPermissionDenied || ordeal.status == etcdwire.ErrUserEmpty
	return r.method == authService+"AuthStatus" && refused && etcd.status.Code == etcdwire.OK
}

// downgrade: one of the two refuses the version, or their answers are the same but for their own.
func downgrade(r request, ordeal, etcd answer) bool {
	if r.method != maintenance+"Downgrade" {
		return false
	}
	if ordeal.status.Code == etcdwire.OK && etcd.status.Code == etcdwire.OK {
		ours, theirs := ordeal.messages[0].(*etcdwire.DowngradeResponse), etcd.messages[0].(*etcdwire.DowngradeResponse)
		ours.Version = theirs.Version
		return ordeal.text() == etcd.text()
	}
	return ordeal.status.Code == etcdwire.OK && etcd.status == etcdwire.ErrDowngradeTarget ||
		etcd.status.Code == etcdwire.OK && ordeal.status == etcdwire.ErrDowngradeTarget
}

func leaseFirst(r request, ordeal, etcd answer) bool {
	return r.method == etcdwire.MethodTxn && ordeal.status == etcdwire.ErrKeyNotFound &&
		etcd.status == etcdwire.ErrLeaseNotFound
}

// leasesForgotten compares once more, without the leases of keys that were asked for without their values.
func leasesForgotten(r request, ordeal, etcd answer) bool {
	if len(ordeal.messages) != 1 {
		return false
	}
	switch asked := r.message.(type) {
	case *etcdwire.RangeRequest:
		forgetLeases(asked, ordeal.messages[0].(*etcdwire.RangeResponse))
	case *etcdwire.TxnRequest:
		forgetTxnLeases(asked, ordeal.messages[0].(*etcdwire.TxnResponse))
	}
	return ordeal.text() == etcd.text()
}

func forgetLeases(asked *etcdwire.RangeRequest, told *etcdwire.RangeResponse) {
	for i := range told.KVs {
		if asked.KeysOnly {
			told.KVs[i].Lease = 0
		}
	}
}

func forgetTxnLeases(asked *etcdwire.TxnRequest, told *etcdwire.TxnResponse) {
	ops := asked.Failure
	if told.Succeeded {
		ops = asked.Success
	}
	for i, op := range ops {
		switch {
		case i >= len(told.Responses):
			return
		case op.Range != nil && told.Responses[i].Range != nil:
			forgetLeases(op.Range, told.Responses[i].Range)
		case op.Txn != nil && told.Responses[i].Txn != nil:
			forgetTxnLeases(op.Txn, told.Responses[i].Txn)
		}
	}
}

// version asks a server for the release that it is.
func (s *server) version() (string, error) {
	a, err := s.ask(plain(maintenance+"Status", &etcdwire.StatusRequest{}), 0)
	if err != nil {
		return "", err
	}
	if a.status.Code != etcdwire.OK {
		return "", fmt.Errorf("%s does not say its version: %s", s.name, a.text())
	}
	return a.messages[0].(*etcdwire.StatusResponse).Version, nil
}

// note counts a difference of a release that is known, and reports whether it is one.
func note(list []known, r request, ordeal, etcd answer) bool {
	for i := range list {
		if list[i].is(r, ordeal, etcd) {
			list[i].times++
			return true
		}
	}
	return false
}

// report says how often each was seen.
func report(out io.Writer, version string, list []known) {
	for _, k := range list {
		fmt.Fprintf(out, "known of etcd %s, %d times: %s\n", version, k.times, k.what)
	}
}
