package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"ordeal/cluster/etcdwire"
)

// answer is what a server said to a request.
type answer struct {
	status   etcdwire.Status
	messages []etcdwire.Message
}

// merged makes one message of a watch's events: how they are parted is a server's own affair.
func (a answer) merged() answer {
	var list []etcdwire.Message
	var last *etcdwire.WatchResponse
	for _, m := range a.messages {
		w := m.(*etcdwire.WatchResponse)
		if len(w.Events) == 0 {
			list = append(list, w)
			continue
		}
		if last == nil {
			last = &etcdwire.WatchResponse{WatchID: w.WatchID}
			list = append(list, last)
		}
		last.Events = append(last.Events, w.Events...)
	}
	return answer{a.status, list}
}

// text is an answer as it is compared: without what is a server's own.
func (a answer) text() string {
	if a.status.Code != etcdwire.OK {
		return fmt.Sprintf("code %d, %s", a.status.Code, a.status.Text)
	}
	var b strings.Builder
	for _, m := range a.messages {
		forget(m)
		fmt.Fprintf(&b, "%s ", show(m))
	}
	return strings.TrimSpace(b.String())
}

func show(m any) string {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// forget drops what is a server's own.
func forget(m etcdwire.Message) {
	if h := headerOf(m); h != nil {
		h.ClusterID, h.MemberID, h.RaftTerm = 0, 0, 0
	}
	switch r := m.(type) {
	case *etcdwire.LeaseTimeToLiveResponse:
		if r.TTL > 0 {
			r.TTL = r.GrantedTTL
		}
		slices.SortFunc(r.Keys, bytes.Compare) // etcd's are in no order
	case *etcdwire.WatchResponse:
		if r.Created && r.Header != nil {
			// How far the server was when it began the watch.
			r.Header.Revision = 0
		}
	}
}

// headerOf is the header of a message.
func headerOf(m etcdwire.Message) *etcdwire.ResponseHeader {
	switch r := m.(type) {
	case *etcdwire.RangeResponse:
		return r.Header
	case *etcdwire.PutResponse:
		return r.Header
	case *etcdwire.DeleteRangeResponse:
		return r.Header
	case *etcdwire.TxnResponse:
		return r.Header
	case *etcdwire.CompactionResponse:
		return r.Header
	case *etcdwire.WatchResponse:
		return r.Header
	case *etcdwire.LeaseGrantResponse:
		return r.Header
	case *etcdwire.LeaseRevokeResponse:
		return r.Header
	case *etcdwire.LeaseKeepAliveResponse:
		return r.Header
	case *etcdwire.LeaseTimeToLiveResponse:
		return r.Header
	case *etcdwire.LeaseLeasesResponse:
		return r.Header
	case *etcdwire.AlarmResponse:
		return r.Header
	case *etcdwire.DowngradeResponse:
		return r.Header
	case *etcdwire.HashKVResponse:
		return r.Header
	case *etcdwire.AuthHeaderResponse:
		return r.Header
	case *etcdwire.AuthStatusResponse:
		return r.Header
	case *etcdwire.AuthUserGetResponse:
		return r.Header
	case *etcdwire.AuthUserListResponse:
		return r.Header
	case *etcdwire.AuthRoleGetResponse:
		return r.Header
	}
	return nil
}
