package kv

import (
	"encoding/binary"
	"fmt"

	"ordeal/cluster/etcdwire"
)

// Entry is one entry of the log for the store.
type Entry struct {
	// User and AuthRevision say who asks, and as of which users and roles that was found out: "" and 0 for no one.
	User         string
	AuthRevision uint64
	// Service says that it comes from the service itself, which may do everything.
	Service bool
	// Request is what is asked for: see requests.
	Request etcdwire.Message
}

// Mark is the first byte of every entry. No transaction of the tree begins with it.
const Mark = 'k'

// kind is the number of a kind of request in an entry.
type kind byte

const (
	kindPut kind = iota + 1
	kindDeleteRange
	kindTxn
	kindCompact
	kindLeaseGrant
	kindLeaseRevoke
	kindLeaseCheckpoint
	kindAlarm
	kindAuthEnable
	kindAuthDisable
	kindAuthenticate
	kindUserAdd
	kindUserDelete
	kindUserChangePassword
	kindUserGrantRole
	kindUserRevokeRole
	kindRoleAdd
	kindRoleDelete
	kindRoleGrantPermission
	kindRoleRevokePermission
	kindMember
	kindMemberChange
)

// requests makes an empty request of a kind.
func requestOf(k kind) etcdwire.Message {
	switch k {
	case kindPut:
		return &etcdwire.PutRequest{}
	case kindDeleteRange:
		return &etcdwire.DeleteRangeRequest{}
	case kindTxn:
		return &etcdwire.TxnRequest{}
	case kindCompact:
		return &etcdwire.CompactionRequest{}
	case kindLeaseGrant:
		return &etcdwire.LeaseGrantRequest{}
	case kindLeaseRevoke:
		return &etcdwire.LeaseRevokeRequest{}
	case kindLeaseCheckpoint:
		return &etcdwire.LeaseCheckpointRequest{}
	case kindAlarm:
		return &etcdwire.AlarmRequest{}
	case kindAuthEnable:
		return &etcdwire.AuthEnableRequest{}
	case kindAuthDisable:
		return &etcdwire.AuthDisableRequest{}
	case kindAuthenticate:
		return &etcdwire.AuthenticateRequest{}
	case kindMember:
		return &etcdwire.Member{}
	case kindMemberChange:
		return &etcdwire.MemberChange{}
	}
	return userRequestOf(k)
}

func userRequestOf(k kind) etcdwire.Message {
	switch k {
	case kindUserAdd:
		return &etcdwire.AuthUserAddRequest{}
	case kindUserDelete:
		return &etcdwire.AuthUserDeleteRequest{}
	case kindUserChangePassword:
		return &etcdwire.AuthUserChangePasswordRequest{}
	case kindUserGrantRole:
		return &etcdwire.AuthUserGrantRoleRequest{}
	case kindUserRevokeRole:
		return &etcdwire.AuthUserRevokeRoleRequest{}
	case kindRoleAdd:
		return &etcdwire.AuthRoleAddRequest{}
	case kindRoleDelete:
		return &etcdwire.AuthRoleDeleteRequest{}
	case kindRoleGrantPermission:
		return &etcdwire.AuthRoleGrantPermissionRequest{}
	case kindRoleRevokePermission:
		return &etcdwire.AuthRoleRevokePermissionRequest{}
	}
	return nil
}

// kindOf is the kind of a request; 0 for one that can't be in the log.
func kindOf(m etcdwire.Message) kind {
	switch m.(type) {
	case *etcdwire.PutRequest:
		return kindPut
	case *etcdwire.DeleteRangeRequest:
		return kindDeleteRange
	case *etcdwire.TxnRequest:
		return kindTxn
	case *etcdwire.CompactionRequest:
		return kindCompact
	case *etcdwire.LeaseGrantRequest:
		return kindLeaseGrant
	case *etcdwire.LeaseRevokeRequest:
		return kindLeaseRevoke
	case *etcdwire.LeaseCheckpointRequest:
		return kindLeaseCheckpoint
	case *etcdwire.AlarmRequest:
		return kindAlarm
	case *etcdwire.AuthEnableRequest:
		return kindAuthEnable
	case *etcdwire.AuthDisableRequest:
		return kindAuthDisable
	case *etcdwire.AuthenticateRequest:
		return kindAuthenticate
	case *etcdwire.Member:
		return kindMember
	case *etcdwire.MemberChange:
		return kindMemberChange
	}
	return userKindOf(m)
}

func userKindOf(m etcdwire.Message) kind {
	switch m.(type) {
	case *etcdwire.AuthUserAddRequest:
		return kindUserAdd
	case *etcdwire.AuthUserDeleteRequest:
		return kindUserDelete
	case *etcdwire.AuthUserChangePasswordRequest:
		return kindUserChangePassword
	case *etcdwire.AuthUserGrantRoleRequest:
		return kindUserGrantRole
	case *etcdwire.AuthUserRevokeRoleRequest:
		return kindUserRevokeRole
	case *etcdwire.AuthRoleAddRequest:
		return kindRoleAdd
	case *etcdwire.AuthRoleDeleteRequest:
		return kindRoleDelete
	case *etcdwire.AuthRoleGrantPermissionRequest:
		return kindRoleGrantPermission
	case *etcdwire.AuthRoleRevokePermissionRequest:
		return kindRoleRevokePermission
	}
	return 0
}

// byService is the bit of an entry's flags that Service is.
const byService = 1

// AppendEntry appends an entry's bytes. It panics on a request that no entry may have.
func AppendEntry(dst []byte, e Entry) []byte {
	k := kindOf(e.Request)
	if k == 0 {
		panic(fmt.Sprintf("kv: an entry can't be a %T", e.Request))
	}
	var flags byte
	if e.Service {
		flags = byService
	}
	dst = append(dst, Mark, byte(k), flags)
	dst = binary.AppendUvarint(dst, e.AuthRevision)
	dst = binary.AppendUvarint(dst, uint64(len(e.User)))
	return etcdwire.Append(append(dst, e.User...), e.Request)
}

// DecodeEntry reads what AppendEntry wrote, all of it. It takes any bytes, and keeps them: errors wrap
// etcdwire.ErrMalformed.
func DecodeEntry(b []byte) (Entry, error) {
	r := reader{b: b}
	mark, k, flags := r.byte(), kind(r.byte()), r.byte()
	e := Entry{AuthRevision: r.uvarint(), User: string(r.bytes()), Service: flags == byService}
	if r.short || r.long || mark != Mark || flags > byService {
		return Entry{}, malformed("an entry begins with %x", b[:min(len(b), 8)])
	}
	if e.Request = requestOf(k); e.Request == nil {
		return Entry{}, malformed("an entry is of kind %d", k)
	}
	if err := etcdwire.Decode(r.b, e.Request); err != nil {
		return Entry{}, fmt.Errorf("an entry: %w", err)
	}
	return e, nil
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", etcdwire.ErrMalformed, fmt.Sprintf(format, args...))
}

// reader takes numbers and bytes off the front of b. Once something was missing, short stays true.
type reader struct {
	b     []byte
	short bool
	long  bool // a number had bytes of no use
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.short = true
		return 0
	}
	v := r.b[0]
	r.b = r.b[1:]
	return v
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.short, r.b = true, nil
		return 0
	}
	r.long = r.long || n > 1 && r.b[n-1] == 0
	r.b = r.b[n:]
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.short, r.b = true, nil
		return 0
	}
	r.long = r.long || n > 1 && r.b[n-1] == 0
	r.b = r.b[n:]
	return v
}

// bytes takes a length and that many bytes, without copying.
func (r *reader) bytes() []byte {
	n := r.uvarint()
	if r.short || n > uint64(len(r.b)) {
		r.short, r.b = true, nil
		return nil
	}
	v := r.b[:n:n]
	r.b = r.b[n:]
	return v
}
