package tree

import (
	"fmt"

	"ordeal/cluster/wire"
)

// Txn is one entry of the log for the tree.
type Txn struct {
	// Session and Owner say who asks. The session records take the session from themselves; a CreateSession and an
	// AttachSession make Owner the session's owner.
	Session int64
	Owner   Owner
	// Xid is the client's number of its request, and 0 for the session records. Nothing depends on it: by it a
	// transaction can be told from the others of its session, as by the cxid of ZooKeeper's log.
	Xid int32
	// TimeMs is the time of day that the leader gave it, in milliseconds since 1970. Nothing is ordered by it.
	TimeMs int64
	// IDs are who the service takes the requester for: what ACLs are about.
	IDs []wire.ID
	// Settings are those of the server that the request came to.
	Settings Settings
	// Request is a create of any kind, delete, setData, setACL, multi or closeSession of package wire, or one of the
	// records below.
	Request wire.Request
}

// Settings are what a server's configuration says about the transactions that come from it. They travel with each, so
// that all replicas judge it alike, however they are configured themselves.
type Settings uint8

const (
	// ExtendedTypes permits znodes with a time to live. Without it they are Unimplemented.
	ExtendedTypes Settings = 1 << iota
	// EnforceQuota makes hard limits refuse what exceeds them: QuotaExceeded.
	EnforceQuota
	// Certificates permits ACLs of the scheme x509: ZooKeeper knows it only where clients can come over TLS. Without it
	// they are an InvalidACL.
	Certificates
	// Local says that the session is one that its server alone knows: whether it is there, and whose, is not asked, and it
	// can have no ephemerals (EphemeralOnLocalSession).
	Local
	// OneVoter permits a change of the ensemble that leaves one voter.
	OneVoter

	settingsKnown = ExtendedTypes | EnforceQuota | Certificates | Local | OneVoter
)

// CreateSession makes a session. Its ID is new, not 0, and none of the values that mark containers and times to live
// (the lowest, and those whose highest byte is 0xff): else BadArguments.
type CreateSession struct {
	ID        int64
	TimeoutMs int32
	Passwd    []byte
}

// AttachSession moves a session to another connection. If it has ended, or the password is wrong, the answer is
// SessionExpired. TimeoutMs is the session's from then on; 0 leaves it as it is.
type AttachSession struct {
	ID        int64
	Passwd    []byte
	TimeoutMs int32
}

// ExpireSession ends a session whatever its owner says. It comes from the service, never from a client.
type ExpireSession struct{ ID int64 }

// DeleteContainer removes a container, or a znode with a time to live, if it is due at the time of the transaction: see
// Reapable. It comes from the service. If the znode has children the answer is NotEmpty; if it is not due, or of
// another kind, BadVersion.
type DeleteContainer struct {
	Path        string
	NeverUsedMs int64
}

// SetConfig sets the data of wire.ConfigPath. It comes from the service, and asks no ACL. The Response is that of a
// setData.
type SetConfig struct{ Data []byte }

// Codes of the records that travel only inside the cluster. No client's operation has them.
const (
	opAttachSession wire.OpCode = -20
	opExpireSession wire.OpCode = -21
	opSetConfig     wire.OpCode = -22
)

// Op is OpCreateSession.
func (CreateSession) Op() wire.OpCode { return wire.OpCreateSession }

// Op is a code of this package's own.
func (AttachSession) Op() wire.OpCode { return opAttachSession }

// Op is a code of this package's own.
func (ExpireSession) Op() wire.OpCode { return opExpireSession }

// Op is OpDeleteContainer.
func (DeleteContainer) Op() wire.OpCode { return wire.OpDeleteContainer }

// Op is a code of this package's own.
func (SetConfig) Op() wire.OpCode { return opSetConfig }

// txnVersion is that of a transaction's bytes, which begin with it and the Settings in one int. Version 1 had neither,
// nor the IDs.
const txnVersion int32 = 2

// AppendTxn appends a transaction's bytes. It panics on a request that no transaction may have.
func AppendTxn(dst []byte, txn Txn) []byte {
	e := wire.NewEncoder(dst)
	e.Int32(txnVersion<<8 | int32(txn.Settings))
	e.Int64(txn.Session)
	e.Int64(int64(txn.Owner.Server))
	e.Int64(int64(txn.Owner.Incarnation))
	e.Int64(int64(txn.Owner.Conn))
	e.Int32(txn.Xid)
	e.Int64(txn.TimeMs)
	e.IDs(txn.IDs)
	op := txn.Request.Op()
	e.Int32(int32(op))
	switch r := txn.Request.(type) {
	case CreateSession:
		e.Int64(r.ID)
		e.Int32(r.TimeoutMs)
		e.Buffer(r.Passwd)
	case AttachSession:
		e.Int64(r.ID)
		e.Buffer(r.Passwd)
		e.Int32(r.TimeoutMs)
	case ExpireSession:
		e.Int64(r.ID)
	case DeleteContainer:
		e.String(r.Path)
		e.Int64(r.NeverUsedMs)
	case SetConfig:
		e.Buffer(r.Data)
	default:
		if !isWrite(op) {
			panic(fmt.Sprintf("tree: a transaction can't be a %v", op))
		}
		wire.EncodeBody(e, r)
	}
	return e.Bytes()
}

// DecodeTxn reads what AppendTxn wrote, all of it. It takes any bytes: errors wrap wire.ErrMalformed or
// wire.ErrUnknownOp.
func DecodeTxn(b []byte) (Txn, error) {
	d := wire.NewDecoder(b)
	head := d.Int32()
	if d.Err() == nil && (head>>8 != txnVersion || Settings(head)&^settingsKnown != 0) {
		return Txn{}, fmt.Errorf("a transaction: %w: it begins with %08x", wire.ErrMalformed, head)
	}
	txn := Txn{
		Settings: Settings(head),
		Session:  d.Int64(),
		Owner:    Owner{Server: uint64(d.Int64()), Incarnation: uint64(d.Int64()), Conn: uint64(d.Int64())},
		Xid:      d.Int32(),
		TimeMs:   d.Int64(),
		IDs:      d.IDs(),
	}
	op := wire.OpCode(d.Int32())
	var err error
	txn.Request, err = decodeTxnRequest(op, d)
	if err == nil {
		err = d.Err()
	}
	if err != nil {
		return Txn{}, fmt.Errorf("a transaction: %w", err)
	}
	if d.Len() > 0 {
		return Txn{}, fmt.Errorf("a transaction: %w: %d bytes are left over", wire.ErrMalformed, d.Len())
	}
	return txn, nil
}

func decodeTxnRequest(op wire.OpCode, d *wire.Decoder) (wire.Request, error) {
	switch op {
	case wire.OpCreateSession:
		return CreateSession{ID: d.Int64(), TimeoutMs: d.Int32(), Passwd: d.Buffer()}, nil
	case opAttachSession:
		return AttachSession{ID: d.Int64(), Passwd: d.Buffer(), TimeoutMs: d.Int32()}, nil
	case opExpireSession:
		return ExpireSession{ID: d.Int64()}, nil
	case wire.OpDeleteContainer:
		return DeleteContainer{Path: d.String(), NeverUsedMs: d.Int64()}, nil
	case opSetConfig:
		return SetConfig{Data: d.Buffer()}, nil
	}
	if d.Err() == nil && !isWrite(op) {
		return nil, fmt.Errorf("%w: %v", wire.ErrUnknownOp, op)
	}
	return wire.DecodeBody(op, d)
}

// isWrite says which of the clients' operations go through the log. A check alone does too, and fails there.
func isWrite(op wire.OpCode) bool {
	switch op {
	case wire.OpCreate, wire.OpCreate2, wire.OpCreateContainer, wire.OpCreateTTL, wire.OpDelete, wire.OpSetData,
		wire.OpSetACL,
		wire.OpCheck, wire.OpMulti, wire.OpCloseSession, wire.OpReconfig:
		return true
	}
	return false
}
