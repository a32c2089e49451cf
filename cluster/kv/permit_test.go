package kv

import (
	"testing"

	"ordeal/cluster/etcdwire"
)

// guarded is a store with authentication on: ann may read a…c and write b, root may do everything.
func guarded(t *testing.T) *Store {
	t.Helper()
	s := New()
	for _, m := range []etcdwire.Message{
		&etcdwire.AuthUserAddRequest{Name: "root", HashedPassword: "cGFzcw=="},
		&etcdwire.AuthUserGrantRoleRequest{User: "root", Role: "root"},
		&etcdwire.AuthUserAddRequest{Name: "ann", HashedPassword: "cGFzcw=="},
		&etcdwire.AuthRoleAddRequest{Name: "some"},
		&etcdwire.AuthRoleGrantPermissionRequest{Name: "some", Perm: &etcdwire.Permission{
			Type: etcdwire.PermRead, Key: []byte("a"), RangeEnd: []byte("b"),
		}},
		&etcdwire.AuthRoleGrantPermissionRequest{Name: "some", Perm: &etcdwire.Permission{
			Type: etcdwire.PermReadWrite, Key: []byte("b"), RangeEnd: []byte("c"),
		}},
		&etcdwire.AuthUserGrantRoleRequest{User: "ann", Role: "some"},
		&etcdwire.LeaseGrantRequest{ID: 5, TTL: 60},
		&etcdwire.PutRequest{Key: []byte("a"), Lease: 5},
		&etcdwire.AuthEnableRequest{},
	} {
		if r := s.Apply(Entry{Request: m}); r.Status.Code != etcdwire.OK {
			t.Fatalf("%#v: %v", m, r.Status)
		}
	}
	return s
}

func TestPermissions(t *testing.T) {
	s := guarded(t)
	ann := Who{User: "ann", Revision: s.AuthRevision()}
	put := func(key string) *etcdwire.PutRequest { return &etcdwire.PutRequest{Key: []byte(key)} }
	inside := func(op etcdwire.RequestOp) *etcdwire.TxnRequest {
		return &etcdwire.TxnRequest{Failure: []etcdwire.RequestOp{{Txn: &etcdwire.TxnRequest{
			Success: []etcdwire.RequestOp{op},
		}}}}
	}
	for _, one := range []struct {
		what    string
		request etcdwire.Message
		who     Who
		want    etcdwire.Status
	}{
		{"no one", put("b"), Who{}, etcdwire.ErrUserEmpty},
		{"a right that is old", put("b"), Who{User: "ann", Revision: s.AuthRevision() - 1}, etcdwire.ErrAuthOldRevision},
		{"a user that is none", put("b"), Who{User: "bob", Revision: s.AuthRevision()}, etcdwire.ErrPermissionDenied},
		{"a put", put("b"), ann, etcdwire.Status{}},
		{"a put of what may be read only", put("a"), ann, etcdwire.ErrPermissionDenied},
		{"a put with the lease of a key that may not be written", &etcdwire.PutRequest{Key: []byte("b"), Lease: 5}, ann,
			etcdwire.ErrPermissionDenied},
		{"the end of that lease", &etcdwire.LeaseRevokeRequest{ID: 5}, ann, etcdwire.ErrPermissionDenied},
		{"a deletion beyond", &etcdwire.DeleteRangeRequest{Key: []byte("b"), RangeEnd: []byte("d")}, ann,
			etcdwire.ErrPermissionDenied},
		{"a deletion of all behind", &etcdwire.DeleteRangeRequest{Key: []byte("b"), RangeEnd: []byte{0}}, ann,
			etcdwire.ErrPermissionDenied},
		{"a deletion", &etcdwire.DeleteRangeRequest{Key: []byte("b"), RangeEnd: []byte("c")}, ann, etcdwire.Status{}},
		{"a put deep inside", inside(etcdwire.RequestOp{Put: put("a")}), ann, etcdwire.ErrPermissionDenied},
		{"a read deep inside", inside(etcdwire.RequestOp{Range: &etcdwire.RangeRequest{Key: []byte("z")}}), ann,
			etcdwire.ErrPermissionDenied},
		{"a comparison", &etcdwire.TxnRequest{Compare: []etcdwire.Compare{{Key: []byte("z")}}}, ann,
			etcdwire.ErrPermissionDenied},
		{"users", &etcdwire.AuthUserAddRequest{Name: "eve", HashedPassword: "eA=="}, ann, etcdwire.ErrPermissionDenied},
		{"root's own end", &etcdwire.AuthUserDeleteRequest{Name: "root"}, Who{User: "root"}, etcdwire.ErrInvalidAuthMgmt},
	} {
		r := s.Apply(Entry{User: one.who.User, AuthRevision: one.who.Revision, Request: one.request})
		if r.Status != one.want {
			t.Errorf("%s: %v, and not %v", one.what, r.Status, one.want)
		}
	}
	for _, one := range []struct {
		key, end string
		want     etcdwire.Status
	}{
		{"a", "c", etcdwire.Status{}}, {"a", "", etcdwire.Status{}}, {"a", "d", etcdwire.ErrPermissionDenied},
		{"a", "\x00", etcdwire.ErrPermissionDenied}, {"b", "a", etcdwire.Status{}}, {"x", "a", etcdwire.ErrPermissionDenied},
		{"", "b", etcdwire.ErrPermissionDenied},
	} {
		if got := s.MayRead(ann, []byte(one.key), []byte(one.end)); got != one.want {
			t.Errorf("%q to %q: %v, and not %v", one.key, one.end, got, one.want)
		}
	}
	if r := s.Apply(Entry{Service: true, Request: &etcdwire.LeaseRevokeRequest{ID: 5}}); r.Status.Code != etcdwire.OK {
		t.Errorf("the service may not end a lease: %v", r.Status)
	}
	reload(t, s)
}

func TestAlarms(t *testing.T) {
	s := New()
	raise := func(action etcdwire.AlarmAction, kind etcdwire.AlarmType) {
		s.Apply(Entry{Request: &etcdwire.AlarmRequest{Action: action, MemberID: 2, Alarm: kind}})
	}
	put := &etcdwire.PutRequest{Key: []byte("k")}
	puts := &etcdwire.TxnRequest{Success: []etcdwire.RequestOp{{Put: put}}}
	remove := &etcdwire.DeleteRangeRequest{Key: []byte("k")}
	raise(etcdwire.AlarmActivate, etcdwire.AlarmNoSpace)
	for request, want := range map[etcdwire.Message]etcdwire.Status{
		put: etcdwire.ErrNoSpace, puts: etcdwire.ErrNoSpace, remove: {}, &etcdwire.TxnRequest{}: {},
		&etcdwire.LeaseGrantRequest{ID: 1}: etcdwire.ErrNoSpace,
	} {
		if r := s.Apply(Entry{Request: request}); r.Status != want {
			t.Errorf("without space: %#v is answered %v", request, r.Status)
		}
	}
	raise(etcdwire.AlarmActivate, etcdwire.AlarmCorrupt)
	if r := s.Apply(Entry{Request: remove}); r.Status != errCorrupt {
		t.Errorf("a corrupt state: %v", r.Status)
	}
	reload(t, s)
	raise(etcdwire.AlarmDeactivate, etcdwire.AlarmNoSpace)
	raise(etcdwire.AlarmDeactivate, etcdwire.AlarmCorrupt)
	if r := s.Apply(Entry{Request: put}); r.Status.Code != etcdwire.OK || len(s.Alarms(etcdwire.AlarmNone)) > 0 {
		t.Errorf("behind the alarms: %v", r.Status)
	}
}
