package cluster

import (
	"ordeal/cluster/etcdwire"
	"ordeal/cluster/kv"
)

// serve serves the one request of a call; size is that of its bytes.
func (c *EtcdCall) serve(who kv.Who, request etcdwire.Message, size int) {
	switch r := request.(type) {
	case *etcdwire.RangeRequest:
		c.readAs(who, bendLinear(!r.Serializable), func(who kv.Who) {
			if c.head.Method == etcdwire.MethodRangeStream {
				c.rangeStream(who, r)
				return
			}
			c.ranged(who, r)
		})
	case *etcdwire.TxnRequest:
		if reads, serializable := readOnly(r); reads {
			c.readAs(who, !bendReadTxn(serializable), func(who kv.Who) { c.readTxn(who, r) })
			return
		}
		c.write(who, r, size)
	case *etcdwire.PutRequest, *etcdwire.DeleteRangeRequest:
		c.write(who, r, size)
	case *etcdwire.CompactionRequest:
		c.administer(who, func() { c.write(who, r, size) })
	case *etcdwire.LeaseGrantRequest, *etcdwire.LeaseRevokeRequest, *etcdwire.LeaseTimeToLiveRequest,
		*etcdwire.LeaseLeasesRequest:
		c.serveLease(who, request, size)
	default:
		c.serveOther(who, request, size)
	}
}

// check says what is wrong with a request whatever the state is.
func (c *EtcdCall) check(request etcdwire.Message) etcdwire.Status {
	switch r := request.(type) {
	case *etcdwire.RangeRequest:
		if c.head.Method == etcdwire.MethodRangeStream {
			return checkStream(r)
		}
		return kv.CheckRange(r)
	case *etcdwire.PutRequest:
		return kv.CheckPut(r)
	case *etcdwire.DeleteRangeRequest:
		return kv.CheckDeleteRange(r)
	case *etcdwire.TxnRequest:
		return kv.CheckTxn(r, c.n.config.Etcd.TxnOpsMax)
	case *etcdwire.MemberAddRequest:
		var status etcdwire.Status
		r.PeerURLs, status = peerURLs(r.PeerURLs)
		return status
	}
	return etcdwire.Status{}
}

// readOnly says whether a transaction only reads, and whether all of its reads may be of this server's state.
func readOnly(r *etcdwire.TxnRequest) (reads, serializable bool) {
	serializable = true
	for _, ops := range [][]etcdwire.RequestOp{r.Success, r.Failure} {
		for i := range ops {
			if ops[i].Range == nil {
				return false, false
			}
			serializable = serializable && ops[i].Range.Serializable
		}
	}
	return true, serializable
}

func (c *EtcdCall) ranged(who kv.Who, r *etcdwire.RangeRequest) {
	store := c.n.keys()
	status := store.MayRead(who, r.Key, r.RangeEnd)
	if status.Code == etcdwire.OK {
		var response *etcdwire.RangeResponse
		if response, status = store.Range(r); status.Code == etcdwire.OK {
			c.n.fill(&response.Header)
			c.answer(response)
			return
		}
	}
	c.fail(status)
}

func (c *EtcdCall) readTxn(who kv.Who, r *etcdwire.TxnRequest) {
	store := c.n.keys()
	status := store.MayTxn(who, r)
	if status.Code == etcdwire.OK {
		var response *etcdwire.TxnResponse
		if response, status = store.ReadTxn(r); status.Code == etcdwire.OK {
			c.n.fill(&response.Header)
			c.answer(response)
			return
		}
	}
	c.fail(status)
}

// readAs is read, for what users may not see alike. Who asks is found out anew when all was applied that was waited
// for: users may not have counted before.
func (c *EtcdCall) readAs(who kv.Who, linearizable bool, then func(who kv.Who)) {
	if !linearizable {
		then(who)
		return
	}
	c.read(true, func() { c.authorized(then) })
}

// read goes on with then: at once, or when this server has applied all that was committed by now.
func (c *EtcdCall) read(linearizable bool, then func()) {
	if !linearizable {
		then()
		return
	}
	c.wait(call{}, then)
	c.n.syncs.fresh = true
}

// awaitEntry goes on with then: at once, or when this server has applied an entry.
func (c *EtcdCall) awaitEntry(index uint64, then func()) {
	if c.n.state.index >= index {
		then()
		return
	}
	c.wait(call{index: index, confirmed: true}, then)
}

// wait puts a call among the reads that wait.
func (c *EtcdCall) wait(cl call, then func()) {
	cl.since = c.n.host.Clock().Now()
	c.n.syncs.waiting = append(c.n.syncs.waiting, &waitingSync{etcd: c, then: then, call: &cl})
}

// administer goes on with then if who asks is root.
func (c *EtcdCall) administer(who kv.Who, then func()) {
	if status := c.n.keys().MayAdminister(who); status.Code != etcdwire.OK {
		c.fail(status)
		return
	}
	then()
}

// requestOverhead is about what etcd's own entry has besides a request, which its limit is for.
const requestOverhead = 16

// write sends a request on its way into the log.
func (c *EtcdCall) write(who kv.Who, request etcdwire.Message, size int) {
	n := c.n
	switch {
	case size+requestOverhead > n.config.Etcd.RequestBytesMax && !bendLarge():
		c.fail(etcdwire.ErrRequestTooLarge)
		return
	case n.crowded():
		c.fail(etcdwire.ErrTooManyRequests)
		return
	}
	if cost := kv.Cost(request); cost > 0 && bendRoom(n.keys().Size())+cost >= n.config.Etcd.QuotaBytes {
		if !n.keys().Alarm(etcdwire.AlarmNoSpace) {
			n.enter(nil, kv.Entry{Service: true, Request: &etcdwire.AlarmRequest{
				Action: etcdwire.AlarmActivate, MemberID: n.config.ID, Alarm: etcdwire.AlarmNoSpace,
			}})
		}
		c.fail(etcdwire.ErrNoSpace)
		return
	}
	n.enter(c, kv.Entry{User: who.User, AuthRevision: who.Revision, Request: request})
}

// crowded says that too much waits at this server to be applied for another request to be taken.
func (n *Node) crowded() bool { return n.outbox.bytes >= n.config.Limits.OutboxBytes }

// enter sends an entry on its way into the log, for a call or for none.
func (n *Node) enter(c *EtcdCall, e kv.Entry) {
	n.enqueue(&request{txn: kv.AppendEntry(make([]byte, 0, usualTxnBytes), e), etcd: c, conn: internal, call: &call{}})
	if c != nil {
		c.seq = n.outbox.last
	}
}

// applyKeys applies an entry about keys.
func (n *Node) applyKeys(c command, own bool) {
	e, err := kv.DecodeEntry(c.txn)
	if err != nil {
		panic("cluster: " + err.Error())
	}
	if n.state.kv == nil {
		n.state.kv = kv.New()
	}
	n.etcd.recent.note(KeysApplied{Index: n.state.index, entry: c.txn, Revision: n.state.kv.Revision()})
	if r, ok := e.Request.(*etcdwire.MemberChange); ok {
		n.applyMemberChange(c, e, r, own)
		return
	}
	result := n.applyEntryOfKeys(e)
	n.etcd.recent.made(n.state.kv.Revision())
	if !own {
		return
	}
	n.outbox.sentAt = n.ticks
	asked := n.outbox.pop(c.seq).etcd
	if asked == nil || asked.ended {
		return
	}
	if result.Status.Code != etcdwire.OK {
		asked.fail(result.Status)
		return
	}
	n.complete(result.Response, e)
	asked.answer(result.Response)
}

// applyEntryOfKeys applies an entry, and tells the watches before whoever asked for it is answered.
func (n *Node) applyEntryOfKeys(e kv.Entry) kv.Result {
	silent := bendExpired(e)
	result := n.state.kv.Apply(e)
	if result.Changed && !silent {
		n.etcd.watching.changed(n)
	}
	n.noteLease(e.Request, result)
	if r, ok := e.Request.(*etcdwire.AuthenticateRequest); ok && result.Status.Code == etcdwire.OK {
		n.giveToken(r, result.Response.(*etcdwire.AuthenticateResponse))
	}
	n.dropTokens(e.Request, result)
	return result
}

// complete fills the header of an answer to an entry.
func (n *Node) complete(m etcdwire.Message, e kv.Entry) {
	switch r := m.(type) {
	case *etcdwire.PutResponse:
		n.fill(&r.Header)
	case *etcdwire.DeleteRangeResponse:
		n.fill(&r.Header)
	case *etcdwire.TxnResponse:
		n.fill(&r.Header)
	case *etcdwire.CompactionResponse:
		n.fill(&r.Header)
	case *etcdwire.LeaseGrantResponse:
		n.fill(&r.Header)
	case *etcdwire.LeaseRevokeResponse:
		n.fill(&r.Header)
	case *etcdwire.AlarmResponse:
		n.fill(&r.Header)
	case *etcdwire.AuthHeaderResponse:
		n.fill(&r.Header)
	case *etcdwire.AuthenticateResponse:
		n.fill(&r.Header)
		n.assign(e.Request, r)
	}
}

// keysInstalled is called when a snapshot has taken the state's place: what it swallowed of this server's requests will
// never be known, and watches go on behind the revision that they were told of last.
func (n *Node) keysInstalled(swallowed uint64, told int64) {
	for _, c := range n.etcd.calls {
		if !c.ended && c.seq != 0 && c.seq <= swallowed {
			c.fail(etcdwire.ErrTimeout)
		}
	}
	clear(n.etcd.tokens) // whose of them are good still, what was swallowed said
	n.etcd.recent.skipped(n.state.index)
	n.etcd.watching.replaced(n, told)
}
