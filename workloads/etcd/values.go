package etcd

import (
	"ordeal/cluster/etcdwire"
)

// RequestValue is a request as histories have it: its name and its arguments. ok is false for a request that histories
// do not have.
func RequestValue(m etcdwire.Message) (f string, args []any, ok bool) {
	switch r := m.(type) {
	case *etcdwire.RangeRequest:
		return "range", rangeArgs(r), true
	case *etcdwire.PutRequest:
		return "put", []any{string(r.Key), string(r.Value), r.Lease,
			flags(r.PrevKV, "p", r.IgnoreValue, "v", r.IgnoreLease, "l")}, true
	case *etcdwire.DeleteRangeRequest:
		return "delete", []any{string(r.Key), string(r.RangeEnd), flags(r.PrevKV, "p")}, true
	case *etcdwire.TxnRequest:
		return "txn", txnArgs(r), true
	case *etcdwire.CompactionRequest:
		return "compact", []any{r.Revision}, true
	case *etcdwire.LeaseGrantRequest:
		return "grant", []any{r.ID, r.TTL}, true
	case *etcdwire.LeaseRevokeRequest:
		return "revoke", []any{r.ID}, true
	case *etcdwire.AlarmRequest:
		if kind := alarmKinds[r.Alarm]; kind != "" && r.Action != etcdwire.AlarmGet {
			return alarmActions[r.Action], []any{int64(r.MemberID), kind}, true
		}
		return "", nil, false
	case *etcdwire.MemberChange:
		return memberChangeValue(r)
	}
	return userRequestValue(m)
}

var alarmKinds = map[etcdwire.AlarmType]string{
	etcdwire.AlarmNoSpace: "nospace", etcdwire.AlarmCorrupt: "corrupt",
}

var alarmActions = map[etcdwire.AlarmAction]string{
	etcdwire.AlarmActivate: "alarm-raise", etcdwire.AlarmDeactivate: "alarm-end",
}

func userRequestValue(m etcdwire.Message) (f string, args []any, ok bool) {
	switch r := m.(type) {
	case *etcdwire.AuthEnableRequest:
		return "auth-enable", []any{}, true
	case *etcdwire.AuthDisableRequest:
		return "auth-disable", []any{}, true
	case *etcdwire.AuthUserAddRequest:
		return "user-add", []any{r.Name}, true
	case *etcdwire.AuthUserDeleteRequest:
		return "user-delete", []any{r.Name}, true
	case *etcdwire.AuthUserChangePasswordRequest:
		return "user-password", []any{r.Name}, true
	case *etcdwire.AuthUserGrantRoleRequest:
		return "user-grant", []any{r.User, r.Role}, true
	case *etcdwire.AuthUserRevokeRoleRequest:
		return "user-revoke", []any{r.Name, r.Role}, true
	case *etcdwire.AuthRoleAddRequest:
		return "role-add", []any{r.Name}, true
	case *etcdwire.AuthRoleDeleteRequest:
		return "role-delete", []any{r.Role}, true
	case *etcdwire.AuthRoleGrantPermissionRequest:
		return "role-grant", []any{r.Name, permissions[r.Perm.Type], string(r.Perm.Key), string(r.Perm.RangeEnd)}, true
	case *etcdwire.AuthRoleRevokePermissionRequest:
		return "role-revoke", []any{r.Role, string(r.Key), string(r.RangeEnd)}, true
	}
	return "", nil, false
}

var permissions = map[etcdwire.PermissionType]string{
	etcdwire.PermRead: "read", etcdwire.PermWrite: "write", etcdwire.PermReadWrite: "readwrite",
}

// flags joins the letters of the options that are set.
func flags(pairs ...any) (letters string) {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i].(bool) {
			letters += pairs[i+1].(string)
		}
	}
	return letters
}

var targets = [...]string{"key", "version", "create", "mod", "value"}

func rangeArgs(r *etcdwire.RangeRequest) []any {
	order := [...]string{"", "+", "-"}[r.SortOrder]
	if order != "" || r.SortTarget != etcdwire.SortByKey {
		order += targets[r.SortTarget]
	}
	var bounds any
	if r.MinModRevision != 0 || r.MaxModRevision != 0 || r.MinCreateRevision != 0 || r.MaxCreateRevision != 0 {
		bounds = []any{r.MinModRevision, r.MaxModRevision, r.MinCreateRevision, r.MaxCreateRevision}
	}
	return []any{string(r.Key), string(r.RangeEnd), r.Revision, r.Limit, order,
		flags(r.KeysOnly, "k", r.CountOnly, "c", r.Serializable, "s"), bounds}
}

func txnArgs(r *etcdwire.TxnRequest) []any {
	compares := []any{}
	for i := range r.Compare {
		c := &r.Compare[i]
		var with any = c.Number
		switch {
		case c.Target == etcdwire.CompareValue && c.With == c.Target:
			with = string(c.Value)
		case c.Target == etcdwire.CompareValue:
			with = ""
		case c.With != c.Target:
			with = int64(0)
		}
		compares = append(compares, []any{
			[...]string{"version", "create", "mod", "value", "lease"}[c.Target], [...]string{"=", ">", "<", "!="}[c.Result],
			string(c.Key), string(c.RangeEnd), with,
		})
	}
	return []any{compares, opsArgs(r.Success), opsArgs(r.Failure)}
}

func opsArgs(ops []etcdwire.RequestOp) []any {
	list := []any{}
	for i := range ops {
		f, args, _ := RequestValue(partOf(&ops[i]))
		list = append(list, append([]any{f}, args...))
	}
	return list
}

func partOf(op *etcdwire.RequestOp) etcdwire.Message {
	switch {
	case op.Range != nil:
		return op.Range
	case op.Put != nil:
		return op.Put
	case op.DeleteRange != nil:
		return op.DeleteRange
	}
	return op.Txn
}

// ResponseValue is an answer as histories have it. It panics for one that no request of a history has.
func ResponseValue(m etcdwire.Message) any {
	switch r := m.(type) {
	case *etcdwire.RangeResponse:
		return []any{revisionOf(r.Header), r.Count, r.More, kvs(r.KVs)}
	case *etcdwire.PutResponse:
		return []any{revisionOf(r.Header), kvOrNil(r.PrevKV)}
	case *etcdwire.DeleteRangeResponse:
		return []any{revisionOf(r.Header), r.Deleted, kvs(r.PrevKVs)}
	case *etcdwire.TxnResponse:
		parts := make([]any, 0, len(r.Responses))
		for i := range r.Responses {
			parts = append(parts, ResponseValue(answerOf(&r.Responses[i])))
		}
		return []any{revisionOf(r.Header), r.Succeeded, parts}
	case *etcdwire.CompactionResponse:
		return []any{revisionOf(r.Header)}
	case *etcdwire.LeaseGrantResponse:
		return []any{revisionOf(r.Header), r.ID, r.TTL}
	case *etcdwire.LeaseRevokeResponse:
		return []any{revisionOf(r.Header)}
	case *etcdwire.LeaseKeepAliveResponse:
		return []any{revisionOf(r.Header), r.ID, r.TTL}
	case *etcdwire.LeaseTimeToLiveResponse:
		keys := []any{}
		for _, key := range r.Keys {
			keys = append(keys, string(key))
		}
		return []any{revisionOf(r.Header), r.ID, r.TTL, r.GrantedTTL, keys}
	case *etcdwire.LeaseLeasesResponse:
		ids := []any{}
		for _, l := range r.Leases {
			ids = append(ids, l.ID)
		}
		return []any{revisionOf(r.Header), ids}
	case *etcdwire.HashKVResponse:
		return []any{revisionOf(r.Header), r.HashRevision, r.CompactRevision, int64(r.Hash)}
	case *etcdwire.AuthHeaderResponse:
		return []any{revisionOf(r.Header)}
	case *etcdwire.AlarmResponse:
		list := []any{}
		for _, a := range r.Alarms {
			list = append(list, []any{int64(a.MemberID), alarmKinds[a.Alarm]})
		}
		return []any{revisionOf(r.Header), list}
	case *etcdwire.MemberListResponse:
		return []any{revisionOf(r.Header), membersValue(r.Members)}
	case *etcdwire.MemberAddResponse:
		return []any{revisionOf(r.Header), int64(r.Member.ID), membersValue(r.Members)}
	}
	panic("etcd: an answer that no request has")
}

func answerOf(op *etcdwire.ResponseOp) etcdwire.Message {
	switch {
	case op.Range != nil:
		return op.Range
	case op.Put != nil:
		return op.Put
	case op.DeleteRange != nil:
		return op.DeleteRange
	case op.Txn != nil:
		return op.Txn
	}
	return &etcdwire.CompactionResponse{} // an answer that is none: no request is answered so
}

func revisionOf(h *etcdwire.ResponseHeader) int64 {
	if h == nil {
		return 0
	}
	return h.Revision
}

func kv(p *etcdwire.KeyValue) []any {
	return []any{string(p.Key), string(p.Value), p.CreateRevision, p.ModRevision, p.Version, p.Lease}
}

func kvOrNil(p *etcdwire.KeyValue) any {
	if p == nil {
		return nil
	}
	return kv(p)
}

func kvs(list []etcdwire.KeyValue) []any {
	out := make([]any, len(list))
	for i := range list {
		out[i] = kv(&list[i])
	}
	return out
}

// EventValue is what a watch is told, as histories have it.
func EventValue(e *etcdwire.Event) []any {
	kind := "put"
	if e.Type == etcdwire.EventDelete {
		kind = "delete"
	}
	k := e.KV
	if k == nil {
		k = &etcdwire.KeyValue{}
	}
	return []any{kind, string(k.Key), string(k.Value), k.CreateRevision, k.ModRevision, k.Version, k.Lease,
		kvOrNil(e.PrevKV)}
}
